"""A cadre has the page propose a fair cut, looks at it, and takes it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenMap
from tests.browser.drawing import done, grids_of, middle_of, new_plan, open_plan, pixel

pytestmark = pytest.mark.browser

OVERLOADED = "431024111002001"


def test_an_overloaded_grid_is_divided_as_proposed(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "均分")
    grid = grids_of(page, plan)[OVERLOADED]
    open_plan(page, site, plan, middle_of(grid))
    page.mouse.click(*pixel(page, middle_of(grid)))
    expect(page.locator("#chosen-title")).to_have_text("圩场片")
    page.locator("#chosen-suggest").click()
    expect(page.locator("#proposal")).to_be_visible(timeout=15_000)
    expect(page.locator("#proposal-do")).to_be_enabled(timeout=15_000)
    assert done(page, plan, 0)["revision"] == 0
    page.wait_for_timeout(200)
    inked = page.evaluate(
        """() => {
          const sheet = document.querySelector(".leaflet-active-pane canvas");
          const { data } = sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height);
          return data.some((value) => value > 0);
        }"""
    )
    assert inked
    page.locator("#proposal-do").click()
    found = done(page, plan, 1)
    assert [one["type"] for one in found["operations"]] == ["split"]
    rows = page.evaluate(f"fetch('/api/v1/plans/{plan}/diff').then((answer) => answer.json())")[
        "statistics"
    ]
    households = sorted(row["after"]["households"] for row in rows)
    assert sum(households) == 218
    assert households[0] > 70
