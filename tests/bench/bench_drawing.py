"""Dragging a point that two grids share, on a sheet of 400 grids, on a processor slowed four times.

The page and its server are the product's own; the draft's grids (66 vertices each) and households
(120 a grid) are a corner of the figures' county, handed to the page in place of the demo town's.
Measured in Chromium, between animation frames, while the button is down and the mouse moves.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from playwright.sync_api import Page, Route, sync_playwright

from tests.bench import county
from tests.bench.bench_page import FRAMES, OBSERVE, SLOWED, slowest
from tests.bench.figures import Figure, absolute
from tests.browser.drawing import new_plan, open_plan, pixel
from tests.browser.site import PASSWORD, running

NEEDS_COUNTY = False
ROUNDS = 5
SIDE = 20
HOUSEHOLDS_A_GRID = 120
DRAG_MS = 3000
MOVES = 150
FRAME_MS = 17.0


def run() -> Iterator[Figure]:
    with running(str(settings.DATABASE_OWNER_URL)) as site:
        rounds = list(_drags(site))
    name = f"drag of a shared point at {SIDE * SIDE} grids, {SLOWED}x slowed"
    slow = [slowest(frames) for frames, _tasks, _load in rounds]
    yield absolute(f"{name}: 95th percentile of frames", slow, unit="ms", at_most=FRAME_MS)
    rates = [1000 * len(frames) / sum(frames) for frames, _tasks, _load in rounds]
    yield absolute(f"{name}: frames", rates, unit="1/s")
    tasks = [max(tasks, default=0.0) for _frames, tasks, _load in rounds]
    yield absolute(f"{name}: longest task", tasks, unit="ms")
    loads = [load for _frames, _tasks, load in rounds]
    yield absolute(f"{SIDE * SIDE} grids loaded and drawn, {SLOWED}x slowed", loads, unit="ms")


def _sheet() -> tuple[dict[str, Any], dict[str, Any], tuple[float, float]]:
    """The corner as the API tells it: grids, households, and a point that two grids share."""
    cells = [
        cell
        for cell in county.crooked_cells(np.random.default_rng(20240501))
        if cell.column < SIDE and cell.row < SIDE
    ]
    features = [
        {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(cell.shape),
            "properties": {
                "code": cell.code,
                "name": f"格{cell.code[-3:]}",
                "kind": "small",
                "village": cell.code[:12],
                "village_name": f"村{cell.code[9:12]}",
                "state": "same",
                "locked": False,
                "why": "",
            },
        }
        for cell in cells
    ]
    middle = next(cell for cell in cells if (cell.column, cell.row) == (SIDE // 2, SIDE // 2))
    beside = next(cell for cell in cells if (cell.column, cell.row) == (SIDE // 2 + 1, SIDE // 2))
    common = _vertices(middle) & _vertices(beside)
    vertex = sorted(common, key=lambda place: place[1])[len(common) // 2]
    return {"type": "FeatureCollection", "features": features}, _points(cells), vertex


def _vertices(cell: county.Cell) -> set[tuple[float, float]]:
    return set(cell.shape.geoms[0].exterior.coords)


def _points(cells: list[county.Cell]) -> dict[str, Any]:
    rng = np.random.default_rng(7)
    places = [
        np.array(cell.shape.centroid.coords[0])
        + rng.uniform(-0.45, 0.45, (HOUSEHOLDS_A_GRID, 2)) * [county.WIDTH, county.HEIGHT]
        for cell in cells
    ]
    xy = np.round(np.concatenate(places), 7)
    count = len(xy)
    codes = [cell.code for cell in cells for _ in range(HOUSEHOLDS_A_GRID)]
    households = {
        "id": list(range(count)),
        "code": [str(number) for number in range(count)],
        "lon": xy[:, 0].tolist(),
        "lat": xy[:, 1].tolist(),
        "people": [4] * count,
        "grid": codes,
        "manual": [False] * count,
        "mask": [0] * count,
    }
    return {"households": households, "tags": [], "setting": {"households_a_grid": [50, 300]}}


def _drags(site: str) -> Iterator[tuple[list[float], list[float], float]]:
    grids, points, vertex = _sheet()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(OBSERVE)
        # Leaving with a step that has not been sent is asked about; each round does.
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{site}/sign-in/")
        page.fill("[name=username]", "town")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{site}/")
        plan = new_plan(page, "量度")
        grids["plan"] = {"id": plan, "revision": 0, "status": "draft"}
        for name, body in (("geojson", grids), ("points", points)):
            _serve(page, f"**/api/v1/plans/{plan}/{name}", json.dumps(body))
        # What the drag would send is not the figure here.
        page.route("**/operations", lambda route: route.abort())
        cdp = page.context.new_cdp_session(page)
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        for number in range(ROUNDS + 1):
            found = _drag(page, site, plan, vertex)
            if number:
                yield found
        browser.close()


def _serve(page: Page, url: str, text: str) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=text, content_type="application/json")

    page.route(url, answer)


def _drag(
    page: Page, site: str, plan: int, vertex: tuple[float, float]
) -> tuple[list[float], list[float], float]:

    page.evaluate("localStorage.clear()")
    open_plan(page, site, plan, vertex, zoom=15)
    load: float = page.evaluate("performance.now()")
    page.keyboard.press("b")
    x, y = pixel(page, vertex)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y)
    page.wait_for_timeout(300)
    page.evaluate("window.longTasks.splice(0)")
    page.evaluate(
        f"window.frames_ = null; ({FRAMES})({DRAG_MS}).then((f) => window.frames_ = f); 0"
    )
    for step in range(MOVES):
        page.mouse.move(x + 8 + step % 50, y + step // 3)
        page.wait_for_timeout(DRAG_MS / MOVES / 2)
    # Not `wait_for_function`: it evaluates text, which the page forbids.
    while (measured := page.evaluate("window.frames_")) is None:
        page.wait_for_timeout(50)
    frames: list[float] = measured
    tasks: list[float] = page.evaluate("window.longTasks.splice(0)")
    assert page.locator("#statistics .is-live").count() == 2, "the drag counts"
    page.mouse.up()
    return frames, tasks, load
