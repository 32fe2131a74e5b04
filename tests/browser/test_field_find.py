"""What the search of the field's page finds besides the households of the pack."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import place, states, until
from tests.browser.line import Line

pytestmark = pytest.mark.browser
CAMERA = "盘江居委会老街片路口1号"


def find(page: Page, words: str) -> None:
    place(page, "map")
    page.locator("#find-open").click()
    page.locator("#find").fill(words)


def is_fetched(page: Page, words: str) -> bool:
    """Fetch what has changed; whether the one hit is then a household of the pack."""
    place(page, "more")
    page.locator("#to-take").click()
    page.locator("#refresh").click()
    expect(page.locator("#notices")).to_contain_text("已全部下载", timeout=20_000)
    find(page, words)
    expect(page.locator("#found > button")).to_have_count(1)
    return page.locator("#found [data-household]").count() == 1


def test_a_household_entered_here_is_found_before_the_pack_has_it(
    open_field: OpenField, line: Line
) -> None:
    mark = uuid.uuid4().hex[:6]
    page = open_field()
    line.is_cut = True
    place(page, "more")
    page.locator("#to-household").click()
    form = page.locator("#sheet[data-name=household]")
    form.locator("input.input").nth(0).fill(f"新屋{mark}号")
    form.locator("input.input").nth(1).fill("王新屋")
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    find(page, f"新屋{mark}")
    expect(page.locator("#found [data-new]")).to_contain_text("本机新增")
    page.locator("#found [data-new]").click()
    card = page.locator("#sheet[data-name=householdCard]")
    expect(card).to_contain_text(f"新屋{mark}号")
    expect(card.locator(".chip")).to_have_text("待发送")
    # It is corrected and visited like any other.
    page.locator("#correct").click()
    expect(form.locator("input.input").nth(1)).to_have_value("王新屋")
    form.locator("input.input").nth(1).fill("王旧屋")
    form.locator("input.input").nth(2).fill("19900001234")
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    find(page, f"新屋{mark}")
    page.locator("#found [data-new]").click()
    expect(card.locator("h1")).to_have_text("王旧屋")
    page.locator("#visit").click()
    expect(page.locator("#notices")).to_contain_text("王旧屋")
    place(page, "outbox")
    line.is_cut = False
    page.locator("#send-now").click()
    expect(page.locator(".record[data-state=applied]")).to_have_count(3, timeout=40_000)
    find(page, f"新屋{mark}")
    expect(page.locator("#found [data-new]")).to_have_count(1)
    # The server tells of it when all that began before it has ended there.
    until(lambda: is_fetched(page, f"新屋{mark}"))


def test_a_camera_is_found_by_its_name_and_checked(open_field: OpenField, line: Line) -> None:
    page = open_field()
    line.is_cut = True
    # Also among the many households of its street.
    find(page, "老街")
    expect(page.locator("#found").get_by_text(CAMERA)).to_be_visible()
    find(page, CAMERA)
    page.locator("#found").get_by_text(CAMERA).click()
    expect(page.locator("#sheet[data-name=cameraCard] h1")).to_have_text(CAMERA)
    page.locator("#check").click()
    page.locator("#sheet .choice-button[aria-pressed=true]").click()
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    assert states(page) == ["sealed"]
    line.is_cut = False
    page.locator("#send-now").click()
    expect(page.locator(".record[data-state=applied]")).to_have_count(1, timeout=40_000)
