"""Splitting a grid by a line, and taking it back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TABLET, OpenMap
from tests.browser.drawing import (
    across,
    done,
    grids_of,
    middle_of,
    new_plan,
    open_plan,
    tap_line,
)

pytestmark = pytest.mark.browser

GRID = "431024111001001"


def _states(page: Page, plan: int) -> set[str]:
    grids = grids_of(page, plan).values()
    return {grid["properties"]["code"] for grid in grids if grid["properties"]["state"] == "new"}


def test_a_line_splits_a_grid_and_undo_makes_it_whole(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "划线拆分")
    before = grids_of(page, plan)
    open_plan(page, site, plan, middle_of(before[GRID]))
    page.keyboard.press("c")
    tap_line(page, across(before[GRID]))
    page.keyboard.press("Enter")
    # What it comes to is shown before it is done: nothing is written yet.
    expect(page.locator("#proposal-body tbody tr")).to_have_count(2)
    expect(page.locator("#proposal-body .move")).to_contain_text("户 从")
    assert grids_of(page, plan) == before
    page.keyboard.press("Enter")
    done(page, plan, 1)
    assert len(_states(page, plan)) == 1
    rows = page.locator("#statistics tr")
    expect(rows).to_have_count(2)
    expect(page.locator("#statistics .is-live")).to_have_count(0)
    counts = [
        text.split(" / ")[0] for text in page.locator("#statistics .is-after").all_inner_texts()
    ]
    was = page.locator("#statistics td.is-number").first.inner_text().split(" / ")[0]
    assert sum(int(count) for count in counts) == int(was)

    page.keyboard.press("Control+z")
    done(page, plan, 2)
    expect(rows).to_have_count(0)
    assert grids_of(page, plan) == before
    page.get_by_role("tab", name="记录").click()
    expect(page.locator("#history .is-undone")).to_have_count(1)
    page.locator("#history .step-act").click()
    done(page, plan, 3)
    assert len(_states(page, plan)) == 1


def test_a_finger_splits_too(open_map: OpenMap, site: str) -> None:
    page = open_map("town", size=TABLET, touch=True)
    plan = new_plan(page, "手指拆分")
    grid = grids_of(page, plan)[GRID]
    open_plan(page, site, plan, middle_of(grid))
    page.locator("[data-tool=split]").tap()
    tap_line(page, across(grid), touch=True)
    page.locator("#tool-finish").tap()
    page.locator("#proposal-do").tap()
    done(page, plan, 1)
    assert len(_states(page, plan)) == 1


def test_a_line_that_ends_inside_is_refused_beside_the_tool_and_on_the_map(
    open_map: OpenMap, site: str
) -> None:
    page = open_map("town")
    plan = new_plan(page, "划不开")
    grid = grids_of(page, plan)[GRID]
    (x, north), (_, south) = across(grid)
    open_plan(page, site, plan, middle_of(grid))
    page.keyboard.press("c")
    tap_line(page, [(x, north), (x, north + (south - north) * 0.4)])
    before = page.locator(".leaflet-sheet-pane canvas").screenshot()
    page.keyboard.press("Enter")
    expect(page.locator("#strip.is-error")).to_be_visible()
    expect(page.locator("#proposal")).to_be_hidden()

    page.wait_for_timeout(200)
    assert page.locator(".leaflet-sheet-pane canvas").screenshot() != before
    page.keyboard.press("Escape")
    expect(page.locator("#strip.is-error")).to_be_hidden()
    open_map.forgive(422)
