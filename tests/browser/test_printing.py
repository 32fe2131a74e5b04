"""From the map to a print and a snapshot, and the snapshot without any server."""

import datetime as dt
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenMap

pytestmark = pytest.mark.browser


def test_from_a_card_to_the_pdf(open_map: OpenMap, site: str) -> None:
    page = open_map("leader")
    page.locator("#print-open").click()
    expect(page.locator("h1")).to_have_text("打印地图")
    page.locator("#area").select_option(label="老街片")
    page.get_by_label("低保户 *").check()
    page.get_by_role("button", name="打印").click()
    expect(page.locator("#print-error")).to_contain_text("说明打印用途")
    expect(page.locator("#area").locator("option:checked")).to_have_text("老街片")
    open_map.forgive(422)
    page.get_by_label("用途").fill("网格会议上看图")
    form = page.locator(".print-form")
    sent = form.evaluate("form => Object.fromEntries(new FormData(form))")
    sent["layers"] = "households"
    sent["tags"] = "low_income"
    answer = page.request.post(f"{site}/print/", form=sent, headers={"Referer": f"{site}/print/"})
    assert answer.headers["content-type"] == "application/pdf"
    page.goto(f"{site}/print/")
    expect(page.locator("#prints .case-chip").first).to_have_text("已完成")


def test_an_atlas_waits_and_says_so(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    page.goto(f"{site}/print/?area=431024111001")
    page.get_by_label("形式").select_option("atlas")
    page.get_by_role("button", name="打印").click()
    expect(page.locator("h1")).to_have_text("盘江居委会")
    expect(page.locator("main [role=status]")).to_contain_text("正在")
    expect(page.locator("progress")).to_be_visible()


@pytest.fixture
def snapshot(open_map: OpenMap, site: str, tmp_path: Path) -> Path:
    page = open_map("town")
    page.goto(f"{site}/print/snapshot/?area=431024111000")
    for label in ("未办结事件", "摄像头", "巡逻路线"):
        page.get_by_label(label).check()
    with page.expect_download() as download:
        page.get_by_role("button", name="生成快照").click()
    file = tmp_path / "snapshot.html"
    download.value.save_as(file)
    return file


def opened(
    browser: Browser, file: Path, *, now: dt.datetime | None = None
) -> tuple[Page, list[str]]:
    """The file in a browser without a network; also what it asked for and what went wrong."""
    context = browser.new_context(offline=True, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    trouble: list[str] = []
    page.on("request", lambda request: trouble.append(f"asked: {request.url[:60]}"))
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("console", lambda message: trouble.append(f"{message.type}: {message.text}"))
    if now is not None:
        page.clock.set_fixed_time(now)
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready=true]")
    return page, [line for line in trouble if file.as_uri()[:60] not in line]


# How many pairs of names that are seen share any room.
OVERLAPS = """() => {
  const seen = [...document.querySelectorAll(".name-large, .name-small")]
    .filter((one) => getComputedStyle(one).visibility === "visible" && one.offsetWidth)
    .map((one) => one.getBoundingClientRect());
  return seen.flatMap((a, i) => seen.slice(i + 1).filter((b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
}"""


def test_a_snapshot_needs_no_server(browser: Browser, snapshot: Path) -> None:
    assert snapshot.stat().st_size < 10 * 2**20
    page, trouble = opened(browser, snapshot)
    expect(page.locator("h1")).to_have_text("晋屏镇")
    expect(page.locator(".snapshot-demo")).to_have_text("演示数据")
    expect(page.locator(".snapshot-foot")).to_contain_text("已签名")
    expect(page.locator("#snapshot-old")).to_be_hidden()
    expect(page.locator(".snapshot-legend")).to_contain_text("党员户")
    page.get_by_role("searchbox").fill("老街")
    page.locator(".snapshot-search button").first.click()
    expect(page.locator(".leaflet-popup")).to_contain_text("431024111001002")
    expect(page.locator(".leaflet-popup")).to_contain_text("网格员")
    expect(page.locator(".leaflet-control-layers-toggle")).to_have_attribute("title", "图层")
    # No name lies over another, on a phone neither.
    for size in ({"width": 390, "height": 844}, {"width": 1280, "height": 800}):
        page.set_viewport_size(size)
        page.locator(".leaflet-control-zoom-out").click()
        page.wait_for_timeout(600)
        assert page.evaluate(OVERLAPS) == 0
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("网格").uncheck()
    expect(page.locator(".name-large")).to_have_count(0)
    page.context.close()
    assert trouble == []


def test_an_old_snapshot_says_so(browser: Browser, snapshot: Path) -> None:
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=15)
    page, trouble = opened(browser, snapshot, now=later)
    expect(page.locator("#snapshot-old")).to_be_visible()
    expect(page.locator("#snapshot-old")).to_contain_text("本图已过期")
    page.context.close()
    assert trouble == []
