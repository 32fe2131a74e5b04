"""The browser of the machine itself: nothing is downloaded for tests."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser import field
from tests.browser.line import Line, line_to
from tests.browser.site import PASSWORD, running

DESK = {"width": 1440, "height": 900}
TABLET = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium as Debian installs it (`bin/test` says where); root cannot have its sandbox."""
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        # A microphone that hums: machines that test have none.
        "args": ["--no-sandbox", "--use-fake-device-for-media-stream"],
    }


@pytest.fixture(scope="session")
def site(base_url: str) -> Iterator[str]:
    """Address of the product with the demo town; `--base-url` names one that runs already."""
    if base_url:
        yield base_url.rstrip("/")
        return
    with running(str(settings.DATABASE_OWNER_URL)) as url:
        yield url


class Trouble(list[str]):
    """What a page should never do: errors, refusals by the content policy, foreign requests."""

    def watch(self, page: Page, site: str) -> None:
        page.on("pageerror", lambda error: self.append(f"error: {error}"))
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("request", lambda request: self._asked(request.url, site))

    def forgive(self, status: int | str) -> None:
        """Drop what the browser itself writes about a refusal that the test asked for."""
        sign = f"a status of {status}" if isinstance(status, int) else status
        self[:] = [line for line in self if sign not in line]

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" or "Content Security Policy" in text:
            self.append(f"{kind}: {text}")

    def _asked(self, url: str, site: str) -> None:
        if not url.startswith((f"{site}/", "data:", "blob:")):
            self.append(f"foreign request: {url}")


class OpenMap:
    """`open_map("leader", hash="", size=DESK, touch=False, language="zh-hans")` → page."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser, self.site = browser, site
        self.contexts: list[BrowserContext] = []
        self.trouble = Trouble()

    def __call__(
        self,
        user: str,
        *,
        hash: str = "",  # noqa: A002 what it is called in an address
        **options: Any,
    ) -> Page:
        page = self.signed_in(user, f"/{hash}", **options)
        settled(page)
        return page

    def signed_in(
        self,
        user: str,
        path: str,
        *,
        size: dict[str, int] = DESK,
        touch: bool = False,
        language: str = "zh-hans",
        **more: Any,
    ) -> Page:
        """Any page, by the sign-in that it leads to."""
        context = self.browser.new_context(
            viewport=ViewportSize(width=size["width"], height=size["height"]),
            has_touch=touch,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **more,
        )
        self.contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": self.site}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        self.trouble.watch(page, self.site)
        page.goto(f"{self.site}{path}")
        page.fill("[name=username]", user)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: urlsplit(url).path == urlsplit(path).path)
        return page

    def forgive(self, status: int | str) -> None:
        """Drop what the browser itself wrote about a refusal that the test asked for."""
        self.trouble.forgive(status)


@pytest.fixture
def open_map(browser: Browser, site: str) -> Iterator[OpenMap]:
    """Opens the map for a person of the demo town.

    At the end of the test no page may have had an error or asked another host.
    """
    opened = OpenMap(browser, site)
    yield opened
    for context in opened.contexts:
        context.close()
    assert opened.trouble == []


def settled(page: Page) -> None:
    """Wait until all that is in sight has come and has been drawn."""
    page.wait_for_selector("#map[data-settled='true']")


@pytest.fixture
def line(site: str) -> Iterator[Line]:
    """A line to the server that can be cut."""
    with line_to(site) as made:
        yield made


@pytest.fixture
def office(open_map: OpenMap) -> field.Office:
    """At the page of tablets: a map would be drawn for nothing."""
    return field.Office(open_map.signed_in("county", "/devices/"))


class OpenField:
    """`open_field(size=PHONE, take=True)` → the page on an enrolled tablet, a village on it."""

    def __init__(self, browser: Browser, line: Line, office: field.Office) -> None:
        self.browser, self.line, self.office = browser, line, office
        self.contexts: list[BrowserContext] = []
        self.trouble = Trouble()
        # A cut line is what these tests are about; the browser writes of it.
        self.forgiven: list[int | str] = ["net::ERR_"]

    def __call__(self, *, person: str = "worker", take: bool = True, **options: Any) -> Page:
        page = self.blank(**options)
        field.enrol(page, self.line, self.office.code(person))
        if take:
            field.take_along(page)
        return page

    def blank(self, **options: Any) -> Page:
        """A tablet that knows nobody."""
        context = field.tablet(self.browser, **options)
        self.contexts.append(context)
        context.on("page", lambda page: self.trouble.watch(page, self.line.url))
        return context.new_page()

    def forgive(self, status: int | str) -> None:
        """Take what the browser writes about a refusal that the test asks for as no trouble."""
        self.forgiven.append(status)


@pytest.fixture
def open_field(browser: Browser, line: Line, office: field.Office) -> Iterator[OpenField]:
    """Opens the page for the field; no page may have had an error or asked another host."""
    opened = OpenField(browser, line, office)
    yield opened
    for context in opened.contexts:
        context.close()
    for status in opened.forgiven:
        opened.trouble.forgive(status)
    assert opened.trouble == []
