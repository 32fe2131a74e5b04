"""The page for the field on a processor slowed down four times, with no server within reach.

Measured in Chromium: from navigation to a page that can be used (grids, position, every button),
and until all of the demo town stands on the map, by marks that the page sets; and what the page
holds in memory with 2,000 records and 500 photos in its outbox.
"""

import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.bench.figures import Figure, absolute
from tests.browser.field import TABLET, Office, controlled, place, ready, tablet
from tests.browser.site import PASSWORD, running

NEEDS_COUNTY = False
ROUNDS = 5
SLOWED = 4
RECORDS, PHOTOS = 2_000, 500
FEW = 20
# A photo as it is sent after it was made smaller.
PHOTO_BYTES = 300_000
TOWN_HOUSEHOLDS = 8_000
# By the page's own modules and over its own database, as its forms do it.
FILL = """async ([records, photos, bytes]) => {
  const from = (name) => import(`/static/js/offline/${name}.js`);
  const [{ openStore }, { Vault }, { Outbox }] =
    await Promise.all(["store", "vault", "outbox"].map(from));
  const store = await openStore();
  const outbox = new Outbox({ store, vault: await Vault.open(store) });
  const photo = new Uint8Array(bytes);
  for (let n = 0; n < records; n += 1) {
    const values = { category: "drain", what: `第${n}处`, place: [112.4066, 25.6003] };
    const id = await outbox.draft("incident", "create", { values });
    if (n < photos) {
      crypto.getRandomValues(photo.subarray(0, 65536));
      photo.set([0xff, 0xd8, n & 255, n >> 8]);
      await outbox.addPhoto(id, photo, { name: "p.jpg", type: "image/jpeg" });
    }
    await outbox.seal(id);
  }
}"""


def run() -> Iterator[Figure]:
    with running(str(settings.DATABASE_OWNER_URL)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        desk = browser.new_page()
        desk.goto(f"{site}/sign-in/")
        desk.fill("[name=username]", "office")
        desk.fill("[name=password]", PASSWORD)
        desk.press("[name=password]", "Enter")
        desk.wait_for_url(f"{site}/")
        context = tablet(browser, size=TABLET)
        page = context.new_page()
        _take_the_town(page, site, Office(desk).code("surveyor"))
        context.set_offline(True)
        starts = [_start(context, site) for _ in range(ROUNDS + 1)][1:]
        name = f"field {SLOWED}x slowed: cold start offline, the town taken along"
        yield absolute(name, [ready for ready, _ in starts], unit="ms", at_most=2000)
        yield absolute(f"{name}, all of it drawn", [drawn for _, drawn in starts], unit="ms")
        few = _memory(context, site, FEW, 0)
        many = _memory(context, site, RECORDS - FEW, PHOTOS)
        yield absolute(f"field: memory of the page, {FEW} records", [few], unit="MB", at_most=None)
        yield absolute(
            f"field: memory of the page, {RECORDS} records and {PHOTOS} photos, more than that",
            [many - few],
            unit="MB",
            at_most=20,
        )
        browser.close()


def _take_the_town(page: Page, site: str, code: str) -> None:
    page.goto(f"{site}/field/#enrol={code}")
    ready(page)
    page.locator("[data-line=empty] button").click()
    page.locator("#areas [data-code]").first.wait_for()
    for village in page.locator("#areas .area > [data-code]").all():
        village.click()
    page.locator("#take").click()
    page.locator("[data-pack]").first.wait_for(timeout=120_000)
    page.locator("#sheet-close").click()
    controlled(page)


def _start(context: BrowserContext, site: str) -> tuple[float, float]:
    """Milliseconds from a new page's navigation until it is ready, and until all is drawn."""
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.goto(f"{site}/field/", wait_until="commit")
    page.wait_for_function("() => performance.getEntriesByName('drawn').length > 0")
    ready, drawn = (
        float(page.evaluate(f"performance.getEntriesByName('{name}')[0].startTime"))
        for name in ("ready", "drawn")
    )
    page.close()
    return ready, drawn


def _memory(context: BrowserContext, site: str, records: int, photos: int) -> float:
    """MB in use with so many records more, after the outbox was looked at."""
    page = context.new_page()
    page.goto(f"{site}/field/")
    ready(page)
    page.evaluate(FILL, [records, photos, PHOTO_BYTES])
    page.close()
    page = context.new_page()
    page.goto(f"{site}/field/")
    ready(page)
    place(page, "outbox")
    page.locator("#outbox-rows .record").first.wait_for()
    cdp = context.new_cdp_session(page)
    cdp.send("HeapProfiler.enable")
    cdp.send("HeapProfiler.collectGarbage")
    used: Any = page.evaluate("performance.memory.usedJSHeapSize")
    page.close()
    return float(used) / 2**20
