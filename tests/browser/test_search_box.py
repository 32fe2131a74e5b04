"""The search box beyond single places: kinds of households, and more than it can show."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenMap, settled

pytestmark = pytest.mark.browser

OPTIONS = "#search-results [role=option]"


def test_a_kind_of_households_is_found_and_filters_the_map(open_map: OpenMap) -> None:
    page = open_map("town")
    page.fill("#search", "低保")
    kind = page.locator(OPTIONS).first
    expect(kind).to_contain_text("低保户")
    expect(kind).to_contain_text("只显示这类户")
    page.press("#search", "Enter")
    expect(page.get_by_label("低保户", exact=True)).to_be_checked()
    assert "f=low_income" in page.url
    settled(page)


def test_one_letter_names_no_kind(open_map: OpenMap) -> None:
    page = open_map("town")
    page.fill("#search", "低")
    expect(page.locator("#search-status")).not_to_have_text("")
    expect(page.locator(OPTIONS).filter(has_text="只显示这类户")).to_have_count(0)


def test_more_hits_than_shown_are_told(open_map: OpenMap) -> None:
    page = open_map("town")
    page.fill("#search", "新街")
    expect(page.locator(OPTIONS)).to_have_count(12)
    expect(page.locator("#search-results .result-empty")).to_contain_text("还有更多结果")
    expect(page.locator("#search-status")).to_contain_text("还有更多结果")
