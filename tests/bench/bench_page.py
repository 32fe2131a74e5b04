"""The map page with the whole demo town in view, on a processor slowed down four times.

Measured in Chromium: from navigation to the first complete drawing of the map, frames while
it is dragged and zoomed, and the long tasks (over 50 ms) of the page's main thread.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.bench.figures import Figure, absolute
from tests.browser.site import PASSWORD, running

NEEDS_COUNTY = False
ROUNDS = 5
SLOWED = 4
# The whole town: 8,200 households, 61 grids.
TOWN = "#14/25.6000/112.4200?panel=0"
OBSERVE = """
window.longTasks = [];
new PerformanceObserver((list) => {
  window.longTasks.push(...list.getEntries().map(({ duration }) => duration));
}).observe({ type: "longtask", buffered: true });
"""
FRAMES = """(ms) => new Promise((resolve) => {
  const frames = [];
  const start = performance.now();
  let last = start;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    if (now - start < ms) requestAnimationFrame(step);
    else resolve(frames.slice(1));
  };
  requestAnimationFrame(step);
})"""


@dataclass
class Visit:
    """What one visit took; times in milliseconds."""

    first_paint: float
    usable: float
    opening_tasks: list[float]
    drag_frames: list[float]
    drag_tasks: list[float]
    zoom: float
    zoom_tasks: list[float]


def slowest(frames: list[float]) -> float:
    """The 95th percentile of the times between frames."""
    return sorted(frames)[int(len(frames) * 0.95)]


def _tasks(page: Page) -> list[float]:
    found: list[float] = page.evaluate("window.longTasks.splice(0)")
    return found


def _settle(page: Page) -> None:
    page.wait_for_selector("#map[data-settled='true']", timeout=60_000)


def _visit(page: Page, cdp: CDPSession, url: str) -> Visit:
    page.goto("about:blank")
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.goto(url, wait_until="commit")
    _settle(page)
    usable = page.evaluate("performance.now()")
    paint: Any = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    )
    opening = _tasks(page)
    page.mouse.move(700, 500)
    page.mouse.down()
    frames = page.evaluate_handle(f"({FRAMES})(1200).then((f) => window.frames_ = f), null")
    for step in range(1, 31):
        page.mouse.move(700 - step * 12, 500 - step * 6)
    page.mouse.up()
    # Not `wait_for_function`: it evaluates text, which the page forbids.
    while (measured := page.evaluate("window.frames_ ?? null")) is None:
        page.wait_for_timeout(50)
    drag_frames: list[float] = measured
    frames.dispose()
    _settle(page)
    drag = _tasks(page)
    began = page.evaluate("performance.now()")
    page.locator("#zoom-in").click()
    page.wait_for_selector("#map[data-settled='false']")
    _settle(page)
    zoom = page.evaluate("performance.now()") - began
    return Visit(paint, usable, opening, drag_frames, drag, zoom, _tasks(page))


def run() -> Iterator[Figure]:
    with running(str(settings.DATABASE_OWNER_URL)) as site:
        visits = measured(site)
    yield from figures(visits)


def measured(site: str) -> list[Visit]:
    """Visits of a running site; the first, with cold caches of the server, is not kept."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(OBSERVE)
        page.goto(f"{site}/sign-in/")
        page.fill("[name=username]", "town")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{site}/")
        cdp = page.context.new_cdp_session(page)
        visits = [_visit(page, cdp, f"{site}/{TOWN}") for _ in range(ROUNDS + 1)]
        browser.close()
    return visits[1:]


def figures(visits: list[Visit]) -> Iterator[Figure]:
    def figure(
        name: str, values: list[float], unit: str = "ms", limit: float | None = None
    ) -> Figure:
        return absolute(f"page {SLOWED}x slowed: {name}", values, unit=unit, at_most=limit)

    yield figure("first contentful paint", [v.first_paint for v in visits], limit=1500)
    yield figure("map drawn and settled", [v.usable for v in visits], limit=4000)
    yield figure("long tasks while opening, in all", [sum(v.opening_tasks) for v in visits])
    longest = [max(v.opening_tasks, default=0.0) for v in visits]
    yield figure("longest task while opening", longest)
    yield figure(
        "drag, 95th percentile of frames", [slowest(v.drag_frames) for v in visits], limit=50
    )
    yield figure(
        "longest task of a drag", [max(v.drag_tasks, default=0.0) for v in visits], limit=100
    )
    yield figure("zoom by one, settled", [v.zoom for v in visits], limit=2000)
    yield figure(
        "longest task of a zoom", [max(v.zoom_tasks, default=0.0) for v in visits], limit=150
    )
