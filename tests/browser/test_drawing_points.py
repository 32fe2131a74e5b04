"""A point that two grids share, dragged: both follow, and so do the counts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TABLET, OpenMap
from tests.browser.drawing import (
    Place,
    call,
    done,
    grids_of,
    new_plan,
    open_plan,
    pixel,
    ring_of,
    shared_vertex,
)

pytestmark = pytest.mark.browser

GRIDS = ("431024111001001", "431024111001002")


def _opened(page: Page, site: str, title: str) -> tuple[int, Place]:
    plan = new_plan(page, title)
    grids = grids_of(page, plan)
    vertex = shared_vertex(*(grids[code] for code in GRIDS))
    open_plan(page, site, plan, vertex, zoom=17)
    return plan, vertex


def _followed(page: Page, plan: int, vertex: Place) -> None:
    """Both grids have left the old place and meet at the same new ones."""
    a, b = (set(ring_of(grids_of(page, plan)[code])) for code in GRIDS)
    assert vertex not in a
    assert vertex not in b
    assert len(a & b) >= 2


def test_a_shared_point_moves_both_grids_and_the_counts(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan, vertex = _opened(page, site, "移动界点")
    page.keyboard.press("b")
    x, y = pixel(page, vertex)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(x + step * 3, y - step * 2)
    # While the button is still down: counted on the page, not asked of the server.
    expect(page.locator("#statistics tr")).to_have_count(2)
    expect(page.locator("#statistics .is-live")).to_have_count(2)
    assert call(page, f"/api/v1/plans/{plan}")["revision"] == 0
    live = page.locator("#statistics .is-after").all_inner_texts()
    page.mouse.up()
    done(page, plan, 1)
    _followed(page, plan, vertex)
    expect(page.locator("#statistics .is-live")).to_have_count(0)
    assert page.locator("#statistics .is-after").all_inner_texts() == live


def test_a_finger_drags_a_point(open_map: OpenMap, site: str) -> None:
    page = open_map("town", size=TABLET, touch=True)
    plan, vertex = _opened(page, site, "手指移点")
    page.locator("[data-tool=points]").tap()
    x, y = pixel(page, vertex)
    cdp = page.context.new_cdp_session(page)

    def finger(kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": at[0], "y": at[1]} for at in points]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    finger("touchStart", (x, y))
    for step in range(1, 10):
        finger("touchMove", (x + step * 4, y - step * 3))
    finger("touchEnd")
    done(page, plan, 1)
    _followed(page, plan, vertex)


def test_a_point_is_added_between_two_and_taken_out_again(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "加点")
    grids = grids_of(page, plan)
    rings = [ring_of(grids[code]) for code in GRIDS]
    edges = [
        (a, b)
        for a, b in zip(rings[0], rings[0][1:], strict=False)
        if a in rings[1] and b in rings[1]
    ]
    a, b = max(edges, key=lambda edge: abs(edge[0][0] - edge[1][0]) + abs(edge[0][1] - edge[1][1]))
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    open_plan(page, site, plan, middle, zoom=18)
    page.keyboard.press("b")
    x, y = pixel(page, middle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.keyboard.down("Alt")
    for step in range(1, 8):
        page.mouse.move(x + step * 4, y + step * 4)
    page.mouse.up()
    page.keyboard.up("Alt")
    done(page, plan, 1)
    after = ring_of(grids_of(page, plan)[GRIDS[0]])
    added = next(place for place in after if place not in rings[0])
    page.wait_for_timeout(300)
    page.mouse.click(*pixel(page, added))
    expect(page.locator("#tool-remove")).to_be_visible()
    page.keyboard.press("Delete")
    done(page, plan, 2)
    assert sorted(ring_of(grids_of(page, plan)[GRIDS[0]])) == sorted(rings[0])
