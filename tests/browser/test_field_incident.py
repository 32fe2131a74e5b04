"""Pinned in the field without a connection; on the server once there is one, and once only."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import Office, ready, report, states, until
from tests.browser.line import Line

pytestmark = pytest.mark.browser


def test_three_taps_without_a_connection_reach_the_server_once(
    open_field: OpenField, line: Line, office: Office
) -> None:
    page = open_field()
    line.is_cut = True
    page.locator("#pin").click()
    page.locator("#categories .choice-button").first.click()
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    assert states(page) == ["sealed"]
    # The answer to the first push is lost: the server has it, the tablet does not know.
    line.lost.append("/api/v1/sync/push")
    line.is_cut = False
    page.locator("#send-now").click()
    until(lambda: line.lost == [])
    page.locator("#send-now").click()
    expect(page.locator(".record[data-state=applied]")).to_have_count(1, timeout=30_000)
    assert line.asked("POST", "/api/v1/sync/push") >= 2
    number = page.locator(".record").inner_text().split("编号")[1].strip().split()[0]
    found = [one for one in office.incidents(number) if one["register_no"] == number]
    assert len(found) == 1


def test_the_page_opens_without_a_server_and_shows_what_was_taken_along(
    open_field: OpenField, line: Line
) -> None:
    page = open_field()
    context = page.context
    page.close()
    line.is_cut = True
    context.set_offline(True)
    page = context.new_page()
    page.goto(f"{line.url}/field/")
    ready(page)
    page.locator("#find-open").click()
    page.locator("#find").fill("老街")
    expect(page.locator("#found [data-household]").first).to_be_visible()
    page.locator("#found [data-household]").first.click()
    expect(page.locator("#visit")).to_be_visible()
    page.locator("#visit").click()
    expect(page.locator("#sheet")).to_be_hidden()
    assert states(page) == ["sealed"]


def test_every_keystroke_outlives_the_page(open_field: OpenField, line: Line) -> None:
    page = open_field()
    line.is_cut = True
    page.locator("#pin").click()
    context = page.context
    other = context.new_page()
    other.goto(f"{line.url}/field/")
    ready(other)
    assert states(other) == ["draft"]
    page.locator("#sheet textarea").first.press_sequentially("井盖坏了", delay=20)
    # Another tab reads it from the disk: it is there without anything having been pressed.
    expect(other.locator(".record[data-state=draft]")).to_contain_text("井盖坏了")
    page.close(run_before_unload=False)
    other.locator("[data-do=go-on]").click()
    expect(other.locator("#sheet textarea").first).to_have_value("井盖坏了")


def test_the_pin_says_how_far_it_is_from_the_gps(open_field: OpenField) -> None:
    page = open_field()
    page.locator("#pin").click()
    line_of_place = page.locator(".placing-line")
    expect(line_of_place).to_contain_text("误差 8 米")
    expect(line_of_place).to_contain_text("相差 0 米")
    # A tap on the map puts the pin there.
    page.locator("#map").click(position={"x": 120, "y": 200})
    expect(line_of_place).to_contain_text("手工")
    page.locator("[data-do=gps]").click()
    expect(line_of_place).to_contain_text("相差 0 米")


def sent_back(page: Page, line: Line) -> Locator:
    """Send what waits over a line that spoils it: what the server will not have."""
    line.sent["/api/v1/sync/push"] = lambda body: body.replace(
        b'"changes":{', b'"changes":{"severity":[null,9],', 1
    )
    line.is_cut = False
    states(page)
    page.locator("#send-now").click()
    refused = page.locator(".record[data-state=refused]")
    expect(refused).to_have_count(1, timeout=30_000)
    del line.sent["/api/v1/sync/push"]
    return refused


def test_what_was_sent_back_is_put_away_with_two_taps(open_field: OpenField, line: Line) -> None:
    page = open_field()
    line.is_cut = True
    report(page, "不再需要")
    refused = sent_back(page, line)
    put_away = refused.locator("[data-do=give-up]")
    expect(put_away).to_have_text("放弃这条记录")
    put_away.click()
    # Nobody else has it: it is asked.
    expect(put_away).to_contain_text("别处没有这条记录")
    expect(refused).to_have_count(1)
    put_away.click()
    expect(refused).to_have_count(0)
    assert states(page) == []
    expect(page.locator("[data-place=outbox] .badge")).to_be_hidden()


def test_what_was_sent_back_is_corrected_and_sent_again(open_field: OpenField, line: Line) -> None:
    page = open_field()
    line.is_cut = True
    report(page, "第一次")
    refused = sent_back(page, line)
    expect(refused).to_contain_text("严重程度")
    refused.locator("[data-do=correct]").click()
    expect(page.locator("#sheet textarea").first).to_have_value("第一次")
    page.locator("#sheet textarea").first.fill("第二次")
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    states(page)
    expect(page.locator(".record[data-state=applied]")).to_have_count(1, timeout=30_000)
    expect(page.locator(".record[data-state=refused]")).to_have_count(0)


# The last record as the outbox holds it.
NEWEST = """async () => {
  const { openStore } = await import("/static/js/offline/store.js");
  const { Vault } = await import("/static/js/offline/vault.js");
  const { Outbox } = await import("/static/js/offline/outbox.js");
  const store = await openStore();
  const outbox = new Outbox({ store, vault: await Vault.open(store) });
  const [row] = await outbox.rows({ limit: 1 });
  outbox.close();
  store.close();
  return row;
}"""


def test_without_a_position_the_pin_is_asked_for_and_nothing_is_pretended(
    open_field: OpenField, line: Line
) -> None:
    page = open_field()
    line.is_cut = True
    page.context.clear_permissions()
    page.locator("#pin").click()
    expect(page.locator(".placing-line")).to_contain_text("位置未定位：地图中心", timeout=10_000)
    page.locator("#categories .choice-button").first.click()
    page.locator("#seal").click()
    expect(page.locator("#sheet [role=alert]").last).to_contain_text(
        "请把图钉放到准确位置", timeout=15_000
    )
    assert "place" not in page.evaluate(NEWEST)["values"]
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    row = page.evaluate(NEWEST)
    assert row["state"] in ("sealed", "sending")
    assert row["values"]["address"].startswith("位置未定位：地图中心")
    assert row["fix"] is None


def test_a_draft_gone_on_with_elsewhere_keeps_its_position(
    open_field: OpenField, line: Line
) -> None:
    page = open_field()
    line.is_cut = True
    page.locator("#pin").click()
    expect(page.locator(".placing-line")).to_contain_text("误差 8 米")
    page.locator("#sheet textarea").first.fill("回头再写")
    page.locator("#sheet-close").click()
    before = page.evaluate(NEWEST)
    page.context.set_geolocation({"latitude": 25.61, "longitude": 112.41, "accuracy": 5})
    assert states(page) == ["draft"]
    page.locator("[data-do=go-on]").click()
    expect(page.locator(".placing-line")).to_contain_text("上次保存")
    page.wait_for_timeout(1500)
    page.locator("#categories .choice-button").first.click()
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    after = page.evaluate(NEWEST)
    assert (after["fix"], after["values"]["place"]) == (before["fix"], before["values"]["place"])


def test_a_report_that_was_cancelled_leaves_nothing(open_field: OpenField, line: Line) -> None:
    page = open_field()
    page.locator("#pin").click()
    expect(page.locator(".placing-line")).to_contain_text("误差 8 米")
    page.locator("#sheet-close").click()
    assert states(page) == []


def test_the_kind_once_chosen_makes_room_for_words_and_photos(open_field: OpenField) -> None:
    page = open_field()
    page.locator("#pin").click()
    page.locator("#categories .choice-button").first.click()
    expect(page.locator("#categories .choice-button")).to_have_count(0)
    expect(page.locator("#sheet textarea").first).to_be_attached()
    far = page.evaluate("() => document.querySelector('#sheet textarea').offsetTop")
    assert far < 900
    page.locator("[data-do=category]").click()
    expect(page.locator("#categories .choice-button").first).to_be_visible()
