"""The page as it looks, at the sizes that people use; and the README's picture of it.

With `GIS_GRID_SCREENSHOTS=1` the pictures go to `docs/screenshots/`, else they are dropped.
"""

import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import field
from tests.browser.conftest import DESK, PHONE, TABLET, OpenField, OpenMap, settled
from tests.browser.drawing import across, call, grids_of, middle_of, new_plan, open_plan
from tests.browser.line import Line

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
# 218 households, the most of the town.
OVERLOADED = "431024111002001"
VIEWS: dict[str, tuple[str, dict[str, Any]]] = {
    "map-desktop": ("", {"size": DESK}),
    "map-grid": ("#16/25.60030/112.40660?s=g:431024111001001", {"size": DESK}),
    "map-list": ("#15/25.60030/112.40660?f=low_income&table=1&panel=0", {"size": TABLET}),
    "map-phone": ("#17/25.60030/112.40660", {"size": PHONE, "touch": True}),
}


def keep(page: Page, name: str, elsewhere: Path) -> None:
    """Write the picture for the docs where that is asked for."""
    folder = FOLDER if os.environ.get("GIS_GRID_SCREENSHOTS") == "1" else elsewhere
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")


@pytest.mark.parametrize("name", VIEWS)
def test_the_view_is_drawn(open_map: OpenMap, tmp_path: Path, name: str) -> None:
    link, options = VIEWS[name]
    page = open_map("town", hash=link, **options)
    page.wait_for_load_state("networkidle")
    settled(page)
    keep(page, name, tmp_path)
    # Something is drawn on the sheet of names and points.
    inked = page.evaluate(
        """() => {
          const sheet = document.querySelector(".leaflet-marks-pane canvas");
          const { data } = sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height);
          return data.some((value) => value > 0);
        }"""
    )
    assert inked


@pytest.mark.parametrize(
    ("name", "options"),
    [("plan-desktop", {"size": DESK}), ("plan-phone", {"size": PHONE, "touch": True})],
)
def test_a_draft_is_drawn(
    open_map: OpenMap, site: str, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    page = open_map("town", **options)
    plan = new_plan(page, "拆分过大的网格")
    grid = grids_of(page, plan)[OVERLOADED]
    op = {"type": "split", "grid": OVERLOADED, "lines": [across(grid)]}
    asked = {"base_revision": 0, "client_op_id": str(uuid.uuid4()), "op": op}
    assert call(page, f"/api/v1/plans/{plan}/operations", asked)["revision"] == 1
    open_plan(page, site, plan, middle_of(grid))
    page.wait_for_load_state("networkidle")
    settled(page)
    keep(page, name, tmp_path)


@pytest.mark.parametrize(
    ("name", "address"), [("incidents-desktop", "/incidents/"), ("incident-file", "")]
)
def test_incidents_are_shown(
    open_map: OpenMap, site: str, tmp_path: Path, name: str, address: str
) -> None:
    page = open_map("town", size=DESK)
    page.goto(f"{site}/incidents/")
    if not address:
        page.locator(".case-link").first.click()
        expect(page.locator(".timeline")).to_be_visible()
    page.wait_for_load_state("networkidle")
    keep(page, name, tmp_path)


@pytest.mark.parametrize(
    ("name", "size"),
    [("field-phone", field.PHONE), ("field-tablet", field.TABLET)],
)
def test_the_field_is_shown_without_a_signal(
    open_field: OpenField, line: Line, tmp_path: Path, name: str, size: dict[str, int]
) -> None:
    page = open_field(size=size)
    line.is_cut = True
    page.reload()
    field.ready(page)
    field.report(page, "水沟堵塞")
    expect(page.locator("#state")).to_contain_text("1")
    page.wait_for_timeout(1000)
    keep(page, name, tmp_path)
