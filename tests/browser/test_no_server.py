"""The server can't be reached: what is on the screen stays, and goes on once it answers."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenMap

pytestmark = pytest.mark.browser


def test_the_list_stays_and_comes_anew(open_map: OpenMap) -> None:
    page = open_map("leader", hash="#15/25.60000/112.41000?table=1")
    rows = page.locator("#table tr[data-id]")
    expect(rows.first).to_be_visible()
    count = rows.count()
    page.route("**/map/**", lambda route: route.abort())
    page.route("**/healthz", lambda route: route.abort())
    page.locator("#table [data-sort]").first.click()
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#table .load-error")).to_be_visible(timeout=10_000)
    assert rows.count() == count
    page.unroute("**/map/**")
    page.unroute("**/healthz")
    page.locator("#table .load-error").get_by_role("button", name="重试").click()
    expect(page.locator("#table .load-error")).to_have_count(0)
    expect(page.locator("#offline")).to_be_hidden()
    open_map.forgive("net::ERR_FAILED")


def test_results_of_other_words_are_not_kept(open_map: OpenMap) -> None:
    page = open_map("leader")
    page.fill("#search", "新街")
    options = page.locator("#search-results [role=option]")
    expect(options.first).to_be_visible()
    page.route("**/api/v1/search*", lambda route: route.abort())
    page.fill("#search", "新街村")
    expect(options).to_have_count(0)
    expect(page.locator("#offline")).to_be_visible()
    # The page asks by itself whether the server is there again.
    expect(page.locator("#offline")).to_be_hidden(timeout=10_000)
    # Without the nightly worker the answer is "not well", but it is an answer.
    open_map.forgive(503)
    open_map.forgive("net::ERR_FAILED")
