"""A hand on the tablet, enrolled and with a village on it; the office that sees what came."""

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, ViewportSize, expect

from tests.browser.line import Line

VILLAGE = "431024111001"
# In the old street of the demo's village.
HERE: Geolocation = {"latitude": 25.6003, "longitude": 112.4066, "accuracy": 8}
PHONE = {"width": 390, "height": 844}
UPRIGHT = {"width": 800, "height": 1280}
TABLET = {"width": 1280, "height": 800}


# The API as the office page's own session reaches it.
CALL = """async ([url, body]) => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : {};
  return (await fetch(url, options)).json();
}"""


class Office:
    """Somebody at a desk, signed in."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = self.page.evaluate(CALL, [f"/api/v1{path}", body])
        return answer

    def code(self, person: str = "worker") -> str:
        return str(self.call("/devices/codes", {"person": person})["code"])

    def device(self, name: str) -> dict[str, Any]:
        found = [one for one in self.call("/devices")["devices"] if one["name"] == name]
        return found[0]

    def incidents(self, words: str) -> list[dict[str, Any]]:
        """Open incidents whose text holds these words."""
        rows: list[dict[str, Any]] = self.call(f"/incidents?q={words}&limit=100")["incidents"]
        return rows


def tablet(browser: Browser, *, size: dict[str, int] = PHONE, **more: Any) -> BrowserContext:
    context = browser.new_context(
        viewport=ViewportSize(width=size["width"], height=size["height"]),
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        geolocation=HERE,
        permissions=["geolocation"],
        **more,
    )
    context.set_default_timeout(15_000)
    return context


def ready(page: Page) -> None:
    page.wait_for_selector("#page[data-ready]")


def prefer(page: Page, wishes: dict[str, Any]) -> None:
    """Open the page as somebody likes it: `hand`, `large`, `language`."""
    if not wishes:
        return
    page.evaluate("(kept) => localStorage.setItem('gis-grid.field', JSON.stringify(kept))", wishes)
    page.reload()
    ready(page)


def enrol(page: Page, line: Line, code: str) -> None:
    """Scan the code, which the page does by its address."""
    page.goto(f"{line.url}/field/#enrol={code}")
    ready(page)
    expect(page.locator("#pin")).to_be_visible()
    expect(page.locator("#welcome")).to_have_count(0)


def take_along(page: Page, village: str = VILLAGE) -> None:
    page.locator("[data-line=empty] button").click()
    page.locator(f"#areas [data-code='{village}']").click()
    page.locator("#take").click()
    expect(page.locator(f"[data-pack='{village}']")).to_be_visible()
    page.locator("#sheet-close").click()
    controlled(page)


def controlled(page: Page) -> None:
    """The service worker has everything: from now on the page opens without a connection."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def report(page: Page, words: str = "", *, category: int = 0) -> None:
    """An incident in three taps; words are an extra."""
    page.locator("#pin").click()
    page.locator("#categories .choice-button").nth(category).click()
    if words:
        page.locator("#sheet textarea").first.fill(words)
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()


def until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that no page shows."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def states(page: Page) -> list[str]:
    """States of the outbox's records, newest first."""
    place(page, "outbox")
    expect(page.locator("#outbox-rows")).to_be_visible()
    page.wait_for_timeout(300)
    return page.locator("#outbox-rows .record[data-id]").evaluate_all(
        "(rows) => rows.map((row) => row.dataset.state)"
    )


def place(page: Page, name: str) -> None:
    """Go to a place of the bar; a sheet that lies over it is put away first."""
    page.evaluate("() => document.querySelector('#sheet-close')?.click()")
    page.locator(f"[data-place={name}]").click()


def picture(name: str = "p.jpg") -> dict[str, Any]:
    """A photo as an input takes it: 900 × 600, coloured noise, so that it has some weight."""
    sheet = Image.effect_noise((900, 600), 80).convert("RGB")
    content = BytesIO()
    sheet.save(content, "JPEG", quality=92)
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}
