"""A patrol walked with the tablet: its track outlives the page, and is there when it has ended."""

import pytest
from playwright.sync_api import Geolocation, Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import place, ready, states
from tests.browser.line import Line

pytestmark = pytest.mark.browser


def walk(page: Page, steps: int, begin: int = 0) -> None:
    for i in range(begin, begin + steps):
        there = Geolocation(latitude=25.6003 + i * 0.0002, longitude=112.4066, accuracy=6)
        page.context.set_geolocation(there)
        page.wait_for_timeout(250)


def test_a_patrol_goes_on_after_the_page_was_closed(open_field: OpenField, line: Line) -> None:
    page = open_field()
    line.is_cut = True
    place(page, "patrol")
    expect(page.locator("#sheet")).to_contain_text("只在开始与结束之间记录位置")
    page.locator("[data-route]").first.click()
    expect(page.locator("#patrol-end")).to_be_visible()
    # A browser without a screen gives no lock, or gives one: the page says which.
    expect(page.locator("#sheet")).to_contain_text("轨迹会停止")
    walk(page, 4)
    context = page.context
    page.close(run_before_unload=False)
    page = context.new_page()
    page.goto(f"{line.url}/field/")
    ready(page)
    place(page, "patrol")
    expect(page.locator("#patrol-end")).to_be_visible()
    walk(page, 3, begin=5)
    page.locator("[data-stop]").first.click()
    line.is_cut = False
    page.locator("#patrol-end").click()
    expect(page.locator("#notices")).to_contain_text("巡逻已结束")
    states(page)
    page.locator("#send-now").click()
    rows = page.locator("#outbox-rows .record")
    # Begun, two pieces of the track, the checkpoint, ended: all of it on the server.
    expect(page.locator(".record[data-state=applied]")).to_have_count(5, timeout=40_000)
    expect(rows.filter(has_text="巡逻轨迹")).to_have_count(2)
    expect(rows.filter(has_text="巡逻到点")).to_have_count(1)


def test_no_place_is_asked_for_before_somebody_wants_it(open_field: OpenField) -> None:
    page = open_field(take=False)
    page.evaluate(
        """() => {
          globalThis.asked = 0;
          const { geolocation } = navigator;
          const watch = geolocation.watchPosition.bind(geolocation);
          geolocation.watchPosition = (...call) => { globalThis.asked++; return watch(...call); };
        }"""
    )
    place(page, "more")
    place(page, "outbox")
    place(page, "map")
    assert page.evaluate("() => globalThis.asked") == 0
    page.locator("#locate").click()
    assert page.evaluate("() => globalThis.asked") == 1


def patrol_and_second_tab(open_field: OpenField, line: Line) -> tuple[Page, Page]:
    """A tab without a connection that has walked two steps of a patrol, and one that may not."""
    page = open_field()
    line.is_cut = True
    place(page, "patrol")
    page.locator("[data-route]").first.click()
    expect(page.locator("#patrol-end")).to_be_visible()
    walk(page, 2)
    other = page.context.new_page()
    other.goto(f"{line.url}/field/")
    ready(other)
    place(other, "patrol")
    expect(other.locator("#sheet")).to_contain_text("另一个标签页正在巡逻")
    return page, other


def test_a_second_tab_does_not_walk_the_same_patrol(open_field: OpenField, line: Line) -> None:
    page, _other = patrol_and_second_tab(open_field, line)
    walk(page, 2, begin=3)
    page.locator("#patrol-end").click()
    expect(page.locator("#notices")).to_contain_text("巡逻已结束")
    # One piece of track: the other tab has sealed nothing of it.
    assert states(page) == ["sealed", "sealed", "sealed"]


def test_a_second_tab_takes_the_patrol_over_when_the_first_is_closed(
    open_field: OpenField, line: Line
) -> None:
    page, other = patrol_and_second_tab(open_field, line)
    expect(other.locator("#patrol-end")).to_have_count(0)
    page.close(run_before_unload=False)
    # The other one has it by itself, with what was walked.
    expect(other.locator("#patrol-end")).to_be_visible(timeout=20_000)
    walk(other, 3, begin=3)
    line.is_cut = False
    other.locator("#patrol-end").click()
    expect(other.locator("#notices")).to_contain_text("巡逻已结束")
    states(other)
    other.locator("#send-now").click()
    # Begun, a piece of the track by each tab, ended: once each.
    expect(other.locator(".record[data-state=applied]")).to_have_count(4, timeout=40_000)
    rows = other.locator("#outbox-rows .record")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text="巡逻轨迹")).to_have_count(2)
