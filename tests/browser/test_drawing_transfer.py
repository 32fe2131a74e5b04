"""Houses circled and handed over, into another village; neighbours merged by two taps."""

import math

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenMap
from tests.browser.drawing import (
    PAUSE_MS,
    Feature,
    Place,
    call,
    done,
    grids_of,
    middle_of,
    new_plan,
    open_plan,
    pixel,
    ring_of,
)

pytestmark = pytest.mark.browser

GRID = "431024111001001"


def _nearest_house_to_a_village_border(
    page: Page, plan: int, grids: dict[str, Feature]
) -> tuple[Place, Place]:
    """The house of the grid that lies nearest to a point of another village's border; both."""
    borders = [
        place
        for code, feature in grids.items()
        if code[:12] != GRID[:12]
        for place in set(ring_of(feature)) & set(ring_of(grids[GRID]))
    ]
    columns = call(page, f"/api/v1/plans/{plan}/points")["households"]
    houses = [
        (x, y)
        for x, y, code in zip(columns["lon"], columns["lat"], columns["grid"], strict=True)
        if code == GRID
    ]
    return min(
        ((house, border) for house in houses for border in borders),
        key=lambda pair: math.dist(*pair),
    )


def _circle(page: Page, house: tuple[float, float], border: tuple[float, float]) -> None:
    """A loop around a house that reaches well over a border."""
    (hx, hy), (bx, by) = house, border
    length = math.dist(house, border)
    ux, uy = (bx - hx) / length, (by - hy) / length
    back, over, side = 25, length + 45, 30
    corners = [(-back, -side), (over, -side), (over, side), (-back, side)]
    places = [(hx + a * ux - s * uy, hy + a * uy + s * ux) for a, s in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in (*places[1:], places[0]):
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def test_a_lasso_hands_houses_to_another_village(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "跨村移交")
    grids = grids_of(page, plan)
    house, border = _nearest_house_to_a_village_border(page, plan, grids)
    open_plan(page, site, plan, house, zoom=17)
    page.keyboard.press("t")
    _circle(page, pixel(page, house), pixel(page, border))
    expect(page.locator("#proposal-body .move").first).to_contain_text("户 从 新街片 到")
    taker = page.locator("#proposal-choice").input_value()
    assert taker[:12] != GRID[:12]
    page.locator("#proposal-do").click()
    done(page, plan, 1)
    diff = call(page, f"/api/v1/plans/{plan}/diff")
    assert any(move["from"] == GRID and move["to"] == taker for move in diff["moves"])
    # Before it is submitted the list says who moves.
    page.get_by_role("tab", name="检查").click()
    expect(page.locator("#moves .move").first).to_contain_text("户 从 新街片 到")
    page.locator("[data-step=submit]").click()
    expect(page.locator("#step-moves .move").first).to_be_visible()


def test_two_taps_merge_and_the_name_is_asked(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "合并")
    grids = grids_of(page, plan)
    other = "431024111001002"
    open_plan(page, site, plan, middle_of(grids[GRID]), zoom=15)
    page.keyboard.press("m")
    for code in (GRID, other):
        page.mouse.click(*pixel(page, middle_of(grids[code])))
        page.wait_for_timeout(PAUSE_MS)
    choice = page.locator("#proposal-choice")
    expect(choice.locator("option")).to_have_count(2)
    choice.select_option(GRID)
    expect(page.locator("#proposal-do")).to_be_enabled()
    page.locator("#proposal-do").click()
    done(page, plan, 1)
    after = grids_of(page, plan)
    assert other not in after
    assert after[GRID]["properties"]["name"] == grids[GRID]["properties"]["name"]


def test_a_whole_grid_goes_to_another_village(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "整体划转")
    grids = grids_of(page, plan)
    open_plan(page, site, plan, middle_of(grids[GRID]), zoom=15)
    page.mouse.click(*pixel(page, middle_of(grids[GRID])))
    expect(page.locator("#chosen-title")).to_have_text(grids[GRID]["properties"]["name"])
    neighbour = next(
        feature["properties"]["village"]
        for code, feature in grids.items()
        if code[:12] != GRID[:12] and len(set(ring_of(feature)) & set(ring_of(grids[GRID]))) > 1
    )
    page.locator("#chosen-form [name=village]").select_option(neighbour)
    page.locator("#chosen-form").get_by_role("button", name="保存").click()
    page.locator("#proposal-do").click()
    done(page, plan, 1)
    new = [code for code in grids_of(page, plan) if code not in grids]
    assert [code[:12] for code in new] == [neighbour]
