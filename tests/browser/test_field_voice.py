"""A voice note instead of words: kept with the draft, sent like a photo."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import Office, ready, states
from tests.browser.line import Line

pytestmark = pytest.mark.browser


def begun(page: Page) -> Locator:
    """A report with its category; answers the button of the voice note."""
    page.locator("#pin").click()
    page.locator("#categories .choice-button").first.click()
    return page.locator("#sheet [data-do=voice]")


def test_it_is_spoken_kept_over_a_restart_and_sent(
    open_field: OpenField, line: Line, office: Office
) -> None:
    page = open_field()
    page.context.grant_permissions(["microphone", "geolocation"])
    line.is_cut = True
    button = begun(page)
    expect(button).to_have_text("录音")
    button.click()
    expect(button).to_contain_text("停止")
    page.wait_for_timeout(1_500)
    button.click()
    sound = page.locator("#sheet audio")
    expect(sound).to_have_count(1)
    # It can be heard again before it goes.
    page.wait_for_function("() => document.querySelector('#sheet audio').readyState > 0")
    page.reload()
    ready(page)
    assert states(page) == ["draft"]
    page.locator("[data-do=go-on]").click()
    expect(sound).to_have_count(1)
    page.locator("#seal").click()
    line.is_cut = False
    states(page)
    page.locator("#send-now").click()
    record = page.locator(".record[data-state=applied]")
    expect(record).to_contain_text("1/1", timeout=30_000)
    number = record.inner_text().split("编号")[1].strip().split()[0]
    [one] = [row for row in office.incidents(number) if row["register_no"] == number]
    assert "voice.webm" in str(office.call(f"/incidents/{one['id']}"))


def test_sealing_ends_a_recording_and_keeps_it(open_field: OpenField, line: Line) -> None:
    page = open_field()
    page.context.grant_permissions(["microphone", "geolocation"])
    line.is_cut = True
    button = begun(page)
    button.click()
    expect(button).to_contain_text("停止")
    page.wait_for_timeout(800)
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    assert states(page) == ["sealed"]
    expect(page.locator(".record")).to_contain_text("0/1")


def test_without_leave_it_says_so_and_the_report_goes_on(open_field: OpenField) -> None:
    page = open_field()
    button = begun(page)
    button.click()
    expect(page.locator("#sheet")).to_contain_text("麦克风")
    expect(page.locator("#sheet audio")).to_have_count(0)
    page.locator("#seal").click()
    states(page)
    expect(page.locator(".record[data-state=applied]")).to_have_count(1, timeout=30_000)
