"""A county's file is tried on a draft, its cleaning looked at, and taken in."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenMap
from tests.browser.drawing import done, grids_of, middle_of, new_plan, open_plan

pytestmark = pytest.mark.browser

VILLAGE = "431024111001"


def test_a_file_takes_the_place_of_a_villages_grids(
    open_map: OpenMap, site: str, tmp_path: Path
) -> None:
    page = open_map("town")
    plan = new_plan(page, "导入")
    grids = grids_of(page, plan)
    features = [
        {
            "type": "Feature",
            "geometry": feature["geometry"],
            "properties": {"code": code, "name": f"{feature['properties']['name']}新"},
        }
        for code, feature in grids.items()
        if code.startswith(VILLAGE)
    ]
    file = tmp_path / "grids.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    open_plan(page, site, plan, middle_of(grids[f"{VILLAGE}001"]))
    page.locator("#import summary").click()
    form = page.locator("#import-form")
    form.locator("[name=village]").select_option(VILLAGE)
    form.locator("[name=file]").set_input_files(file)
    form.get_by_role("button", name="试导入").click()
    expect(page.locator("#import-cleaned li")).to_have_count(len(features), timeout=30_000)
    page.locator("#import-do").click()
    found = done(page, plan, 1)
    assert [one["type"] for one in found["operations"]] == ["import"]
    names = {f["properties"]["name"] for f in grids_of(page, plan).values()}
    assert {feature["properties"]["name"] for feature in features} <= names
