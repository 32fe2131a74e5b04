"""A start without a connection: the page can be used before all that was taken along is open."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import ready, report, states
from tests.browser.line import Line

pytestmark = pytest.mark.browser

# Keeps large pieces (the households) from being opened until it is let go.
HOLD = """
const decrypt = SubtleCrypto.prototype.decrypt;
const free = new Promise((resolve) => { globalThis.goOn = resolve; });
SubtleCrypto.prototype.decrypt = async function (how, key, data) {
  if (data.byteLength > 40_000) await free;
  return decrypt.call(this, how, key, data);
};
"""


def cold(open_field: OpenField, line: Line) -> Page:
    """The page anew, cut off, with the households still to be opened."""
    page = open_field()
    line.is_cut = True
    context = page.context
    page.close()
    page = context.new_page()
    page.add_init_script(HOLD)
    page.goto(f"{line.url}/field/")
    ready(page)
    return page


def test_a_search_waits_for_the_households(open_field: OpenField, line: Line) -> None:
    page = cold(open_field, line)
    assert page.evaluate("performance.getEntriesByName('drawn').length") == 0
    page.locator("#find-open").click()
    page.locator("#find").fill("王")
    page.wait_for_timeout(500)
    # Neither found nor "nothing found": it is not known yet.
    expect(page.locator("#found")).to_be_empty()
    page.evaluate("goOn()")
    expect(page.locator("#found [data-household]").first).to_be_visible()


def test_a_report_is_sealed_before_they_are_there(open_field: OpenField, line: Line) -> None:
    page = cold(open_field, line)
    report(page, "水沟堵塞")
    expect(page.locator("#state")).to_contain_text("1")
    assert page.evaluate("performance.getEntriesByName('drawn').length") == 0
    page.evaluate("goOn()")
    page.wait_for_function("() => performance.getEntriesByName('drawn').length > 0")
    assert states(page) == ["sealed"]
    line.is_cut = False
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#state")).to_contain_text("已全部发送", timeout=30_000)
