"""What a filter changes: labels, points, the frame; and what reordering must not change."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenMap, settled

pytestmark = pytest.mark.browser


def test_reordering_the_legend_keeps_its_counts(open_map: OpenMap) -> None:
    page = open_map("town")
    counts = page.locator("#legend .count")
    expect(counts.first).to_have_text(re.compile(r"^\d"))
    before = counts.all_inner_texts()
    page.locator("#legend .drag-grip").first.focus()
    page.keyboard.press("ArrowDown")
    assert "order=" in page.url
    assert counts.all_inner_texts() == [before[1], before[0], *before[2:]]


def test_a_filter_shows_its_households_from_further_out(open_map: OpenMap) -> None:
    page = open_map("town")
    before = page.locator(".leaflet-marks-pane canvas").screenshot()
    with page.expect_response(re.compile(r"/tiles/households/1\d/.*tags=low_income")):
        page.get_by_label("低保户", exact=True).check()
    settled(page)
    assert page.locator(".leaflet-marks-pane canvas").screenshot() != before


def test_the_numbers_of_the_areas_add_up(open_map: OpenMap) -> None:
    page = open_map("town")
    counts = page.evaluate(
        "async () => (await fetch('/map/households.json?tags=low_income')).json()"
    )
    town = counts["areas"]["431024111000"]
    villages = [n for code, n in counts["areas"].items() if re.fullmatch(r"431024111\d{3}", code)]
    assert town == counts["households"] == sum(villages) - town > 0
    unfiltered = page.evaluate("async () => (await fetch('/map/households.json')).json()")
    assert unfiltered["areas"] is None


def test_choosing_an_area_brings_it_into_sight(open_map: OpenMap) -> None:
    page = open_map("town")
    before = page.url
    page.get_by_label("范围").select_option("431024111001001")
    page.wait_for_function("before => !location.hash.startsWith(before)", arg=_place(before))
    settled(page)
    assert _place(page.url) != _place(before)
    assert int(re.search(r"#(\d+)/", page.url).group(1)) >= 14  # type: ignore[union-attr]


def _place(url: str) -> str:
    return "#" + url.split("#")[1].split("?", maxsplit=1)[0]
