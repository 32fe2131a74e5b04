"""A link to a view: always complete, copied with one tap, kept through signing in."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenMap
from tests.browser.site import PASSWORD

pytestmark = pytest.mark.browser

LINK = "#15/25.60000/112.41000?f=low_income&table=1"


def test_the_place_stands_in_the_address_before_the_first_move(
    open_map: OpenMap,
) -> None:
    page = open_map("town")
    assert re.search(r"#\d+/\d+\.\d{5}/\d+\.\d{5}", page.url)


def test_a_tap_copies_the_link_and_says_so(open_map: OpenMap) -> None:
    page = open_map("town", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制链接").click()
    expect(page.locator(".notice")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_signing_in_leads_to_the_view_of_the_link(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    page.context.clear_cookies(name="sessionid")
    page.goto("about:blank")
    page.goto(f"{site}/{LINK}")
    page.fill("[name=username]", "town")
    page.fill("[name=password]", "a wrong one")
    page.press("[name=password]", "Enter")
    expect(page.locator("[role=alert]").first).to_be_visible()
    page.fill("[name=username]", "town")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#table tr[data-id]")
    assert page.url == f"{site}/{LINK}"
