"""The panel of a grid that was tapped: what is filled in, another number."""

import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenMap
from tests.browser.drawing import call, done, grids_of, middle_of, new_plan, open_plan, pixel

pytestmark = pytest.mark.browser

GRID = "431024111001001"
PHONE = {"width": 390, "height": 844}


def test_what_is_filled_in_stays_when_others_draw(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "两人同改")
    grids = grids_of(page, plan)
    open_plan(page, site, plan, middle_of(grids[GRID]), zoom=15)
    page.mouse.click(*pixel(page, middle_of(grids[GRID])))
    village = page.locator("#chosen-form [name=village]")
    other = next(code[:12] for code in grids if code[:12] != GRID[:12])
    village.select_option(other)
    page.locator("#chosen-title").click()
    far = next(code for code in grids if code[:12] == other)
    renamed = {"type": "rename", "grid": far, "name": "别人改的名"}
    call(
        page,
        f"/api/v1/plans/{plan}/operations",
        {"base_revision": 0, "client_op_id": str(uuid.uuid4()), "op": renamed},
    )
    expect(page.locator("#history li")).to_have_count(1, timeout=20_000)
    expect(village).to_have_value(other)


def test_a_grid_gets_another_number(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "改编号")
    grids = grids_of(page, plan)
    open_plan(page, site, plan, middle_of(grids[GRID]), zoom=15)
    page.mouse.click(*pixel(page, middle_of(grids[GRID])))
    number = page.locator("#chosen-form [name=number]")
    expect(number).to_have_value(GRID[12:])
    number.fill("7a")
    number.press("Enter")
    expect(page.locator("#strip")).to_contain_text("三位数字")
    number.fill("077")
    number.press("Enter")
    done(page, plan, 1)
    after = grids_of(page, plan)
    assert GRID not in after
    assert after[GRID[:12] + "077"]["properties"]["name"] == grids[GRID]["properties"]["name"]


def test_a_tap_on_a_phone_clicks_nothing_that_opens(open_map: OpenMap, site: str) -> None:
    page = open_map("town", size=PHONE, touch=True)
    plan = new_plan(page, "手机")
    grid = grids_of(page, plan)[GRID]
    open_plan(page, site, plan, middle_of(grid), zoom=15)
    page.touchscreen.tap(*pixel(page, middle_of(grid)))
    expect(page.locator("#chosen-title")).to_have_text(grid["properties"]["name"])
    page.wait_for_timeout(500)
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    for there in ("#undo", "#redo", "[data-tool=create]", "#person", ".demo-banner"):
        expect(page.locator(there)).to_be_visible()
