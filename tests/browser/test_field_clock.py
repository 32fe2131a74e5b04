"""The tablet's clock is days off on a patrol without a net, and right again when it is sent."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import Office, place, ready, states
from tests.browser.line import Line
from tests.browser.test_field_patrol import walk

pytestmark = pytest.mark.browser

# The tablet's clock as the page sees it: `gis-grid-test-off` ms from the right one.
CLOCK = """
  const RightDate = Date;
  const off = () => Number(localStorage.getItem("gis-grid-test-off") ?? 0);
  globalThis.Date = class extends RightDate {
    constructor(...parts) {
      if (parts.length > 0) super(...parts);
      else super(RightDate.now() + off());
    }
    static now() { return RightDate.now() + off(); }
  };
"""
SET = "(days) => localStorage.setItem('gis-grid-test-off', days * 24 * 3600_000)"
# As a page that did not look at the clock yet left it.
UNSEEN = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("gis-grid-field");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const writing = opening.result.transaction("settings", "readwrite");
    writing.objectStore("settings").delete("leaps");
    writing.oncomplete = () => { opening.result.close(); resolve(); };
  };
})"""
AS_TYPED = "%Y-%m-%dT%H:%M:%S"


def patrol(page: Page, line: Line, *, days: int) -> dt.datetime:
    """Walk without a net by a clock that is `days` off, until the page is closed; when it began."""
    line.is_cut = True
    page.evaluate(SET, days)
    began = dt.datetime.now(dt.UTC)
    place(page, "patrol")
    page.locator("[data-route]").first.click()
    expect(page.locator("#patrol-end")).to_be_visible()
    walk(page, 4)
    page.locator("[data-stop]").first.click()
    page.locator("#patrol-end").click()
    expect(page.locator("#notices")).to_contain_text("巡逻已结束")
    return began


def begun(office: Office) -> dt.datetime:
    """When the patrol began, as the office has it."""
    [run] = office.call("/patrols/runs?state=ended")["runs"][:1]
    return dt.datetime.fromisoformat(run["started_at"])


def test_one_who_stands_still_has_a_track(open_field: OpenField, line: Line) -> None:
    page = open_field()
    page.add_init_script(CLOCK)
    page.reload()
    ready(page)
    line.is_cut = True
    page.evaluate(SET, -10)
    place(page, "patrol")
    page.locator("[data-route]").first.click()
    # The receiver's clock is right: the one fix is of now, not of ten days hence.
    expect(page.locator("#sheet")).to_contain_text("1 个点")
    page.locator("#patrol-end").click()
    expect(page.locator("#notices")).to_contain_text("巡逻已结束")
    page.evaluate(SET, 0)
    line.is_cut = False
    states(page)
    page.locator("#send-now").click()
    expect(page.locator(".record[data-state=applied]")).to_have_count(3, timeout=40_000)


@pytest.mark.parametrize("days", [-10, 40])
def test_the_patrol_is_there_with_its_right_times(
    open_field: OpenField, line: Line, office: Office, days: int
) -> None:
    page = open_field()
    page.add_init_script(CLOCK)
    page.reload()
    ready(page)
    began = patrol(page, line, days=days)
    page.evaluate(SET, 0)
    line.is_cut = False
    states(page)
    page.locator("#send-now").click()
    expect(page.locator(".record[data-state=applied]")).to_have_count(4, timeout=40_000)
    assert abs(begun(office) - began) < dt.timedelta(minutes=2)


def test_where_nobody_saw_it_the_person_says_when_it_began(
    open_field: OpenField, line: Line, office: Office
) -> None:
    page = open_field()
    page.add_init_script(CLOCK)
    page.reload()
    ready(page)
    began = patrol(page, line, days=40)
    page.evaluate(SET, 0)
    page.evaluate(UNSEEN)
    line.is_cut = False
    page.reload()
    ready(page)
    states(page)
    page.locator("#send-now").click()
    refused = page.locator(".record[data-state=refused]")
    expect(refused).to_have_count(1, timeout=40_000)
    expect(refused).to_contain_text("以后")
    refused.locator("[data-do=correct]").click()
    field = page.locator("#moment")
    expect(page.locator("#sheet")).to_contain_text("一并移动")
    page.locator("#seal").click()
    expect(page.locator("#sheet [role=alert]").last).to_contain_text("不晚于现在")
    there = began.astimezone(dt.timezone(dt.timedelta(hours=8)))
    field.fill(there.strftime(AS_TYPED))
    page.locator("#seal").click()
    states(page)
    expect(page.locator(".record[data-state=applied]")).to_have_count(4, timeout=60_000)
    assert abs(begun(office) - began) < dt.timedelta(minutes=2)
