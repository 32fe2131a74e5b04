"""One draft in two tabs: one of them has the pen, and nothing that was typed is overwritten."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import Office, enrol, place, ready, states, take_along
from tests.browser.line import Line

pytestmark = pytest.mark.browser
NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"


def begun(page: Page, line: Line, words: str) -> Page:
    """Begin an incident and open its draft in a second tab, which is answered."""
    line.is_cut = True
    page.locator("#pin").click()
    page.locator("#categories .choice-button").first.click()
    page.locator("#sheet textarea").fill(words)
    other = page.context.new_page()
    other.goto(f"{line.url}/field/")
    ready(other)
    place(other, "outbox")
    other.locator("[data-do=go-on]").click()
    return other


def test_a_draft_that_is_open_in_another_tab_waits_until_it_is_closed_there(
    open_field: OpenField, line: Line
) -> None:
    page = open_field()
    other = begun(page, line, "甲写的")
    expect(other.locator("#elsewhere")).to_contain_text("另一个标签页")
    expect(other.locator("#sheet :is(textarea, input, #seal)")).to_have_count(0)
    page.locator("#sheet textarea").fill("甲改的")
    page.locator("#sheet-close").click()
    words = other.locator("#sheet textarea")
    expect(words).to_have_value("甲改的")
    words.fill("乙写的")
    place(page, "outbox")
    page.locator("[data-do=go-on]").click()
    expect(page.locator("#elsewhere")).to_be_visible()
    other.locator("#seal").click()
    expect(other.locator("#sheet")).to_be_hidden()
    # Finished over there: nothing is left to be written here.
    expect(page.locator("#notices")).to_contain_text("已经完成")
    expect(page.locator("#sheet")).to_be_hidden()
    assert states(page) == ["sealed"]


def test_where_tabs_have_no_locks_the_late_one_hears_that_it_is_finished(
    open_field: OpenField, line: Line, office: Office
) -> None:
    page = open_field.blank()
    page.context.add_init_script(NO_LOCKS)
    enrol(page, line, office.code())
    take_along(page)
    other = begun(page, line, "甲写的")
    expect(other.locator("#sheet textarea")).to_have_value("甲写的")
    other.locator("#seal").click()
    expect(other.locator("#sheet")).to_be_hidden()
    page.locator("#sheet textarea").fill("晚写的")
    trouble = page.locator(".form-trouble")
    expect(trouble).to_contain_text("已经完成")
    expect(trouble).to_contain_text("没有记入")
    expect(trouble).not_to_contain_text("腾出")
