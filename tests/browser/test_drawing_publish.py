"""From the draft to the map: submitted, approved by another, published."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenMap, settled
from tests.browser.drawing import (
    across,
    call,
    done,
    grids_of,
    middle_of,
    new_plan,
    open_plan,
    tap_line,
)

pytestmark = pytest.mark.browser

# A village that no other browser test counts.
VILLAGE = "431024111219"


def _step(page: Page, step: str, note: str = "") -> None:
    page.locator(f"[data-step={step}]").click()
    page.locator("#step-form [name=note]").fill(note)
    page.locator("#step-do").click()
    expect(page.locator("#step-dialog")).to_be_hidden()


def test_a_split_is_vetted_published_and_on_the_map(open_map: OpenMap, site: str) -> None:
    office, town = open_map("office"), open_map("town")
    plan = new_plan(office, "泉凤村分格", VILLAGE)
    grids = grids_of(office, plan)
    code = next(code for code in sorted(grids) if code.startswith(VILLAGE))
    open_plan(office, site, plan, middle_of(grids[code]), zoom=14)
    office.keyboard.press("c")
    tap_line(office, across(grids[code]))
    office.keyboard.press("Enter")
    office.locator("#proposal-do").click()
    done(office, plan, 1)
    new = next(one for one in grids_of(office, plan) if one not in grids)
    _step(office, "submit")
    expect(office.locator("#plan-state")).to_have_attribute("data-status", "submitted")
    # Nothing can be drawn on it any more, and its author does not approve it.
    expect(office.locator("[data-tool=split]")).to_be_hidden()
    expect(office.locator("[data-step=approve]")).to_have_count(0)

    town.goto(f"{site}/plans/")
    town.get_by_role("link", name="泉凤村分格").click()
    settled(town)
    _step(town, "approve", "同意")
    _step(town, "publish")
    expect(town.locator("#plan-state")).to_have_attribute("data-status", "published")
    expect(town.locator("#steps button")).to_have_count(0)

    published = call(town, f"/api/v1/grids?level=small&parent={VILLAGE}")["features"]
    assert new in [feature["properties"]["code"] for feature in published]
    lineage = call(town, f"/api/v1/grids/{new}/lineage")
    assert lineage["steps"]
    town.goto(f"{site}/#16/25.6/112.4?s=g:{new}")
    town.reload()
    expect(town.locator("#drawer-title")).not_to_be_empty()
    expect(town.locator("#drawer .card-error")).to_have_count(0)
