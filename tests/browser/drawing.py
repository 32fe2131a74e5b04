"""A hand on the drawing page: plans made, places of the map found as pixels."""

import datetime as dt
import math
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from tests.browser.conftest import settled

TOWN = "431024111000"
TILE = 256
# Longer than what a page takes for the second tap of a double one.
PAUSE_MS = 420

Feature = dict[str, Any]
Place = tuple[float, float]


def today() -> str:
    return dt.datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


def call(page: Page, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The API as the page's own session reaches it."""
    answer: dict[str, Any] = page.evaluate(
        """async ([url, body]) => {
          const token = document.querySelector("meta[name=csrf-token]").content;
          const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
          const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : {};
          return (await fetch(url, options)).json();
        }""",
        [url, body],
    )
    return answer


def new_plan(page: Page, title: str, area: str = TOWN) -> int:
    made = call(
        page,
        "/api/v1/plans",
        {"title": title, "area_code": area, "reason": "人口增加", "effective_on": today()},
    )
    return int(made["id"])


def grids_of(page: Page, plan: int) -> dict[str, Feature]:
    features = call(page, f"/api/v1/plans/{plan}/geojson")["features"]
    return {feature["properties"]["code"]: feature for feature in features}


def ring_of(feature: Feature) -> list[Place]:
    """The outer ring without its last point."""
    return [(x, y) for x, y in feature["geometry"]["coordinates"][0][0][:-1]]


def frame_of(feature: Feature) -> tuple[float, float, float, float]:
    xs, ys = zip(*ring_of(feature), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def middle_of(feature: Feature) -> Place:
    west, south, east, north = frame_of(feature)
    return (west + east) / 2, (south + north) / 2


def shared_vertex(a: Feature, b: Feature) -> Place:
    """A point in the middle of the border between two grids."""
    common = [place for place in ring_of(a) if place in set(ring_of(b))]
    return common[len(common) // 2]


def open_plan(page: Page, site: str, plan: int, at: Place, zoom: int = 16) -> None:
    page.goto("about:blank")
    page.goto(f"{site}/plans/{plan}/#{zoom}/{at[1]:.5f}/{at[0]:.5f}")
    settled(page)


def pixel(page: Page, place: Place) -> tuple[float, float]:
    """Where a place lies in the window."""
    zoom, lat, lng = (float(part) for part in page.evaluate("location.hash.slice(1)").split("/"))
    box = page.locator("#map").bounding_box()
    assert box
    x, y = _world(place, zoom)
    middle_x, middle_y = _world((lng, lat), zoom)
    return (
        box["x"] + box["width"] / 2 + x - middle_x,
        box["y"] + box["height"] / 2 + y - middle_y,
    )


def _world(place: Place, zoom: float) -> Place:
    side = TILE * 2**zoom
    sin = math.sin(math.radians(place[1]))
    across = (place[0] + 180) / 360 * side
    return across, (0.5 - math.log((1 + sin) / (1 - sin)) / (4 * math.pi)) * side


def across(feature: Feature) -> list[Place]:
    """A line from north to south through the middle of a grid, beyond its borders."""
    west, south, east, north = frame_of(feature)
    middle, beyond = (west + east) / 2, (north - south) * 0.1
    return [(middle, north + beyond), (middle, south - beyond)]


def tap_line(page: Page, line: list[Place], *, touch: bool = False) -> None:
    """Tap the points of a line, slowly enough that no two are a double tap."""
    for place in line:
        x, y = pixel(page, place)
        if touch:
            page.touchscreen.tap(x, y)
        else:
            page.mouse.click(x, y)
        page.wait_for_timeout(PAUSE_MS)


def done(page: Page, plan: int, count: int) -> dict[str, Any]:
    """Wait until the plan has so many steps; the plan."""
    for _ in range(100):
        found = call(page, f"/api/v1/plans/{plan}")
        if found["revision"] >= count:
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"plan {plan} is at {found['revision']}, not at {count}")
