"""The drawing page itself: without a connection, on small screens, in English, out of scope."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, TABLET, OpenMap, settled
from tests.browser.drawing import done, grids_of, middle_of, new_plan, open_plan, pixel

pytestmark = pytest.mark.browser

GRID = "431024111001001"


def test_without_a_connection_steps_are_kept_over_a_visit_and_sent_later(
    open_map: OpenMap, site: str
) -> None:
    page = open_map("town")
    plan = new_plan(page, "断网")
    grid = grids_of(page, plan)[GRID]
    open_plan(page, site, plan, middle_of(grid))
    page.mouse.click(*pixel(page, middle_of(grid)))
    page.route("**/operations", lambda route: route.abort())
    form = page.locator("#chosen-form")
    for name in ("第一次", "第二次"):
        form.locator("[name=name]").fill(name)
        form.get_by_role("button", name="保存").click()
    expect(page.locator("#unsent")).to_contain_text("2 步未发送")
    expect(page.locator("#chosen-title")).to_have_text("第二次")
    warned = []
    page.once("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    page.reload()
    assert warned == ["beforeunload"]
    settled(page)
    expect(page.locator("#unsent")).to_contain_text("2 步未发送")
    page.unroute("**/operations")
    found = done(page, plan, 2)
    assert [one["type"] for one in found["operations"]] == ["rename", "rename"]
    assert grids_of(page, plan)[GRID]["properties"]["name"] == "第二次"
    expect(page.locator("#unsent")).to_be_hidden()
    open_map.forgive("ERR_FAILED")


@pytest.mark.parametrize("size", [TABLET, PHONE])
def test_fingers_find_what_they_need(open_map: OpenMap, site: str, size: dict[str, int]) -> None:
    page = open_map("town", size=size, touch=True)
    plan = new_plan(page, "手指")
    grid = grids_of(page, plan)[GRID]
    open_plan(page, site, plan, middle_of(grid))
    page.touchscreen.tap(*pixel(page, middle_of(grid)))
    expect(page.locator("#chosen-title")).to_have_text("新街片")
    small: list[Any] = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input:not([type=file]), summary")]
          .filter((one) => one.checkVisibility())
          .map((one) => [one.id || one.textContent.trim(), one.getBoundingClientRect()])
          .filter(([, box]) => box.height < 47 && box.width > 0)
          .map(([name, box]) => `${name}: ${box.height}`)"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_whole_in_english(open_map: OpenMap, site: str) -> None:
    page = open_map("town", language="en")
    plan = new_plan(page, "English")
    page.goto(f"{site}/plans/{plan}/")
    settled(page)
    for tab in ("Figures", "Done so far", "Checks", "Talk", "Compare"):
        page.get_by_role("tab", name=tab).click()
    expect(page.locator("[data-step=submit]")).to_have_text("Submit")
    expect(page.locator("#plan-about")).to_contain_text("from")


def test_a_plan_out_of_scope_is_not_there(open_map: OpenMap, site: str) -> None:
    town, outsider = open_map("town"), open_map("outsider")
    plan = new_plan(town, "别镇看不到")
    answer = outsider.goto(f"{site}/plans/{plan}/")
    assert answer
    assert answer.status == 404
    outsider.goto(f"{site}/plans/")
    expect(outsider.get_by_text("别镇看不到")).to_have_count(0)
    open_map.forgive(404)


def test_before_and_after_lie_side_by_side(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "对照")
    grid = grids_of(page, plan)[GRID]
    open_plan(page, site, plan, middle_of(grid))
    page.get_by_role("tab", name="对照").click()
    page.locator("#compare-form").get_by_role("button", name="对照").click()
    expect(page.locator("#compare-list")).to_have_text("没有差别。")
    swipe = page.locator("#swipe")
    swipe.focus()
    before = page.locator("#map").screenshot()
    for _ in range(20):
        swipe.press("ArrowRight")
    page.wait_for_timeout(200)
    assert page.locator("#map").screenshot() != before
    page.locator("#compare-close").click()
    expect(page.locator("#comparing")).to_be_hidden()


def test_a_comment_is_pinned_and_settled(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "讨论")
    grid = grids_of(page, plan)[GRID]
    open_plan(page, site, plan, middle_of(grid))
    page.get_by_role("tab", name="讨论").click()
    page.locator("#comment-pin").click()
    page.mouse.click(*pixel(page, middle_of(grid)))
    page.locator("#comment-form [name=text]").fill("这里有三户在河对岸")
    page.locator("#comment-form").get_by_role("button", name="发送").click()
    comment = page.locator("#comments .comment")
    expect(comment).to_contain_text("河对岸")
    comment.get_by_role("button", name="已处理").click()
    expect(page.locator("#comments .is-settled")).to_have_count(1)
    page.get_by_text("记录征求意见").click()
    page.locator("#hearing-form [name=present]").fill("23")
    page.locator("#hearing-form [name=file]").set_input_files(
        files=[{"name": "会议记录.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}]
    )
    page.locator("#hearing-form").get_by_role("button", name="记录", exact=True).click()
    expect(page.locator("#hearings")).to_contain_text("到会 23 人")
    expect(page.locator("#hearings a")).to_have_text("会议记录.pdf")
