"""The tablet and its person: a token that ends, a tablet that is revoked, forgotten, given back."""

import base64
import uuid
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import Office, controlled, place, ready, report, states
from tests.browser.line import Line

pytestmark = pytest.mark.browser

DATABASES = "async () => (await indexedDB.databases()).map(({ name }) => name)"
RECORDS = """async () => {
  const { openStore } = await import("/static/js/offline/store.js");
  const store = await openStore();
  const count = await store.records.count();
  store.close();
  return count;
}"""


PACKS = RECORDS.replace("store.records", "store.packs")


def rename(page: Page, name: str) -> None:
    """The name under which the office sees it, typed at enrolment."""
    page.locator("#welcome input").nth(1).fill(name)


def enrolled_by_hand(open_field: OpenField, line: Line, office: Office, name: str) -> Page:
    page = open_field.blank()
    page.goto(f"{line.url}/field/")
    ready(page)
    page.locator("#enrol-code").fill(office.code())
    rename(page, name)
    page.locator("#enrol").click()
    expect(page.locator("#welcome")).to_have_count(0)
    return page


def fill_household(page: Page, address: str) -> None:
    inputs = page.locator("#sheet[data-name=household] input")
    inputs.nth(0).fill(address)
    inputs.nth(1).fill("赵一")


def saved(page: Page, tmp_path: Path) -> Path:
    with page.expect_download() as coming:
        page.locator("#rescue").click()
    path = tmp_path / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_a_wrong_code_is_said_in_words(open_field: OpenField, line: Line) -> None:
    page = open_field.blank()
    page.goto(f"{line.url}/field/")
    ready(page)
    page.locator("#enrol-code").fill("aaaa-bbbb")
    page.locator("#enrol").click()
    expect(page.locator("#welcome .note.is-bad")).to_be_visible()
    open_field.forgive(422)


def test_a_token_that_has_ended_keeps_everything_and_asks_for_a_code(
    open_field: OpenField, line: Line, office: Office
) -> None:
    page = enrolled_by_hand(open_field, line, office, "旧代码的平板")
    device = office.device("旧代码的平板")
    line.is_cut = True
    place(page, "more")
    page.locator("#to-household").click()
    fill_household(page, "新街片99号")
    page.locator("#seal").click()
    # Another browser takes the tablet's place: the token here has ended.
    office.call(
        "/devices/enrol", {"code": office.code(), "name": "旧代码的平板", "device": device["id"]}
    )
    line.is_cut = False
    states(page)
    page.locator("#send-now").click()
    expect(page.locator("[data-line=token]")).to_be_visible(timeout=20_000)
    assert states(page) == ["sealed"]
    page.locator("#sheet").get_by_role("button", name="输入新代码").click()
    page.locator("#enrol-code").fill(office.code())
    page.locator("#enrol").click()
    states(page)
    expect(page.locator(".record[data-state=applied]")).to_have_count(1, timeout=30_000)
    open_field.forgive(401)


def test_a_revoked_tablet_offers_the_file_then_forgets_all(
    open_field: OpenField, line: Line, office: Office, tmp_path: Path
) -> None:
    page = enrolled_by_hand(open_field, line, office, "丢失的平板")
    controlled(page)
    line.is_cut = True
    place(page, "more")
    page.locator("#to-household").click()
    fill_household(page, "新街片98号")
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    office.call(f"/devices/{office.device('丢失的平板')['id']}/revoke", {"reason": "在路上丢失了"})
    line.is_cut = False
    # It may have tried by itself already, and then there is nothing left to tap.
    with suppress(PlaywrightError):
        place(page, "outbox")
        page.locator("#send-now").click(timeout=5_000)
    expect(page.locator("#wipe")).to_be_visible(timeout=20_000)
    # Nothing else is to be seen, also after a reload without a connection.
    line.is_cut = True
    page.reload()
    expect(page.locator("#wipe")).to_be_visible()
    for gone in ("#find-open", "#sheet-close", "#map"):
        expect(page.locator(gone)).to_have_count(0)
    assert page.evaluate(PACKS) == 0
    assert saved(page, tmp_path).stat().st_size > 100
    page.locator("#wipe").click()
    expect(page.locator("#welcome")).to_be_visible()
    assert page.evaluate(RECORDS) == 0
    assert "gis-grid-field-originals" not in page.evaluate(DATABASES)
    open_field.forgive(401)


def test_a_forgotten_page_comes_back_from_the_file_and_doubles_nothing(
    open_field: OpenField, line: Line, office: Office, tmp_path: Path
) -> None:
    page = open_field()
    report(page, "已经到了服务器")
    states(page)
    expect(page.locator(".record[data-state=applied]")).to_have_count(1, timeout=30_000)
    line.is_cut = True
    place(page, "map")
    words = f"还没有发送{uuid.uuid4().hex[:8]}"
    report(page, words)
    states(page)
    path = saved(page, tmp_path)
    # The browser forgets a page that is not open.
    context = page.context
    page.close()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": line.url, "storageTypes": "all"})
    line.is_cut = False
    page.goto(f"{line.url}/field/")
    ready(page)
    expect(page.locator("#welcome")).to_be_visible()
    # Nobody but the server can open it, and only for a tablet that it knows.
    assert words.encode() not in path.read_bytes()
    assert b"manifest" not in path.read_bytes()
    page.locator("#restore").set_input_files(path)
    expect(page.locator("#welcome")).to_contain_text("请先用同一人的代码绑定平板")
    page.locator("#enrol-code").fill(office.code())
    page.locator("#enrol").click()
    expect(page.locator("#welcome")).to_have_count(0)
    expect(page.locator("#notices")).to_contain_text("已读入 1 条")
    states(page)
    # Nothing was taken along: no word for its category, and no code either.
    expect(page.locator(".record b").first).to_have_text(f"事件 · {words}")
    expect(page.locator(".record[data-state=applied]")).to_have_count(1, timeout=30_000)
    assert len(office.incidents(words)) == 1
    # Read in once more it changes nothing.
    place(page, "more")
    page.locator("#restore").set_input_files(path)
    expect(page.locator("#sheet")).to_contain_text("已读入 0 条")
    assert len(office.incidents(words)) == 1
    line.is_cut = True
    page.locator("#restore").set_input_files(path)
    expect(page.locator("#sheet")).to_contain_text("读入需要网络")


# The file as pages before sealing wrote it, in base64.
PLAIN = """async () => {
  const { openStore } = await import("/static/js/offline/store.js");
  const { Vault } = await import("/static/js/offline/vault.js");
  const { Outbox } = await import("/static/js/offline/outbox.js");
  const { rescue } = await import("/static/js/offline/rescue.js");
  const store = await openStore();
  const outbox = new Outbox({ store, vault: await Vault.open(store) });
  const bytes = new Uint8Array(await (await rescue(outbox).blob()).arrayBuffer());
  outbox.close();
  store.close();
  return btoa(String.fromCharCode(...bytes));
}"""


def test_files_of_before_and_of_others(
    open_field: OpenField, line: Line, office: Office, tmp_path: Path
) -> None:
    page = open_field()
    line.is_cut = True
    report(page, "旧版本的文件")
    plain = base64.b64decode(page.evaluate(PLAIN))
    place(page, "outbox")
    sealed = saved(page, tmp_path)
    line.is_cut = False
    # One that is not sealed is taken in at once, before anybody is known.
    other = open_field.blank()
    other.goto(f"{line.url}/field/")
    ready(other)
    file: FilePayload = {"name": "r.zip", "mimeType": "application/zip", "buffer": plain}
    other.locator("#restore").set_input_files(file)
    expect(other.locator("#welcome")).to_contain_text("已读入 1 条")
    # Somebody else's tablet is not told what opens a sealed one.
    third = open_field(person="leader", take=False)
    place(third, "more")
    third.locator("#restore").set_input_files(sealed)
    expect(third.locator("#sheet")).to_contain_text("属于别人的平板")
    open_field.forgive(404)


def test_signing_out_offers_the_file_while_something_is_unsent(
    open_field: OpenField, line: Line
) -> None:
    page = open_field()
    line.is_cut = True
    report(page, "没有发送")
    place(page, "more")
    page.locator("#leave").click()
    page.locator("#leave-now").click()
    expect(page.locator("#rescue")).to_be_visible()
    expect(page.locator("#sheet")).to_contain_text("还有 1 条")
    page.locator("#leave-now").click()
    expect(page.locator("#welcome")).to_be_visible()
    assert page.evaluate(RECORDS) == 0


def test_signing_out_with_nothing_unsent_asks_nothing(
    open_field: OpenField, line: Line, office: Office
) -> None:
    page = open_field()
    report(page, "已经到了")
    states(page)
    expect(page.locator(".record[data-state=applied]")).to_have_count(1, timeout=30_000)
    place(page, "more")
    page.locator("#leave").click()
    expect(page.locator("#rescue")).to_have_count(0)
    page.locator("#leave-now").click()
    expect(page.locator("#welcome")).to_be_visible()
    assert (page.evaluate(RECORDS), page.evaluate(PACKS)) == (0, 0)
    assert "gis-grid-field-originals" not in page.evaluate(DATABASES)
    assert office.device("电脑")["state"] == "ended"
    # Without a connection nothing of it comes back.
    line.is_cut = True
    page.reload()
    ready(page)
    expect(page.locator("#welcome")).to_be_visible()


def test_two_tabs_at_once_send_each_record_once(
    open_field: OpenField, line: Line, office: Office
) -> None:
    first = open_field()
    second = first.context.new_page()
    second.goto(f"{line.url}/field/")
    ready(second)
    line.is_cut = True
    mark = uuid.uuid4().hex[:8]
    report(first, f"{mark}一")
    report(second, f"{mark}二")
    # While the line is cut it tries again and again.
    assert set(states(first)) | set(states(second)) <= {"sealed", "sending"}
    line.is_cut = False
    first.locator("#send-now").click()
    second.locator("#send-now").click()
    for page in (first, second):
        expect(page.locator(".record[data-state=applied]")).to_have_count(2, timeout=40_000)
    for words in (f"{mark}一", f"{mark}二"):
        assert len(office.incidents(words)) == 1
