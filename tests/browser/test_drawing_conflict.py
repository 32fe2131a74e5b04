"""Two people on the same grid of one draft: the second hears of it, and nothing is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenMap
from tests.browser.drawing import call, done, grids_of, middle_of, new_plan, open_plan, pixel

pytestmark = pytest.mark.browser

GRID = "431024111001001"


def _rename(page: Page, name: str) -> None:
    form = page.locator("#chosen-form")
    form.locator("[name=name]").fill(name)
    form.get_by_role("button", name="保存").click()


@pytest.fixture
def clash(open_map: OpenMap, site: str) -> Iterator[tuple[Page, int]]:
    """A page that sends its step after another person has changed the same grid."""
    page, other = open_map("town"), open_map("office")
    plan = new_plan(page, "两人同改")
    grid = grids_of(page, plan)[GRID]
    # Without its heartbeat the page does not hear of the other in time.
    page.route("**/presence", lambda route: route.abort())
    for one in (page, other):
        open_plan(one, site, plan, middle_of(grid))
        one.mouse.click(*pixel(one, middle_of(grid)))
    _rename(other, "他人改名")
    done(other, plan, 1)
    _rename(page, "我的改名")
    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator("#conflict-list")).to_contain_text("改名")
    yield page, plan
    # Until then its heartbeat fails every few seconds, and the browser writes of it.
    page.close()
    for trouble in (409, "ERR_FAILED"):
        open_map.forgive(trouble)


def _name(page: Page, plan: int) -> str:
    return str(grids_of(page, plan)[GRID]["properties"]["name"])


def test_mine(clash: tuple[Page, int]) -> None:
    page, plan = clash
    page.locator("#conflict-mine").click()
    # Theirs is undone and stays in the list, mine is done.
    found = done(page, plan, 3)
    assert _name(page, plan) == "我的改名"
    assert [one["undone"] for one in found["operations"]] == [True, False, False]


def test_theirs(clash: tuple[Page, int]) -> None:
    page, plan = clash
    page.locator("#conflict-theirs").click()
    expect(page.locator("#unsent")).to_be_hidden()
    expect(page.locator("#chosen-title")).to_have_text("他人改名")
    assert _name(page, plan) == "他人改名"


def test_both_in_a_new_draft(clash: tuple[Page, int], site: str) -> None:
    page, plan = clash
    page.locator("#conflict-new").click()
    page.wait_for_url(lambda url: url.startswith(f"{site}/plans/") and f"/plans/{plan}/" not in url)
    copied = int(page.url.split("/plans/")[1].split("/")[0])
    assert _name(page, copied) == "我的改名"
    assert _name(page, plan) == "他人改名"


def test_they_see_each_other(open_map: OpenMap, site: str) -> None:
    page, other = open_map("town"), open_map("office")
    plan = new_plan(page, "同在")
    grid = grids_of(page, plan)[GRID]
    for one in (page, other):
        open_plan(one, site, plan, middle_of(grid))
    other.mouse.click(*pixel(other, middle_of(grid)))
    page.wait_for_timeout(5500)
    expect(page.locator("#people")).to_be_visible(timeout=12_000)
    page.locator("#people summary").click()
    expect(page.locator("#people-list li")).to_contain_text("综治办")
    expect(page.locator("#people-list li")).to_contain_text("新街片", timeout=12_000)
    # What the other does comes by itself.
    _rename(other, "对方改名")
    done(other, plan, 1)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="记录").click()
    expect(page.locator("#history li")).to_have_count(1, timeout=12_000)
    assert call(page, f"/api/v1/plans/{plan}")["revision"] == 1
