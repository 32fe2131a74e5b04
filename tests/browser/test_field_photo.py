"""Photos: small copies are sent, originals wait until they have come; nothing gets lost."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import Office, picture, ready, report, states, until
from tests.browser.line import Line

pytestmark = pytest.mark.browser

ORIGINALS = """async () => {
  const { Dexie } = await import("dexie");
  const store = await new Dexie("gis-grid-field-originals").open();
  const count = await store.table("photos").count();
  store.close();
  return count;
}"""

# What a browser does on a full disk; its own limit can't be set for a private window.
FULL = """() => {
  const { add, put } = IDBObjectStore.prototype;
  const refuse = () => { throw new DOMException("full", "QuotaExceededError"); };
  Object.assign(IDBObjectStore.prototype, { add: refuse, put: refuse });
  const { estimate } = StorageManager.prototype;
  StorageManager.prototype.estimate = async () => ({ usage: 990_000_000, quota: 1_000_000_000 });
  globalThis.makeRoom = () => {
    Object.assign(IDBObjectStore.prototype, { add, put });
    StorageManager.prototype.estimate = estimate;
  };
}"""


def pick(page: Page) -> None:
    page.locator("input[type=file][multiple]").set_input_files(picture())


def test_a_photo_comes_to_the_server_and_its_original_goes(open_field: OpenField) -> None:
    page = open_field()
    page.locator("#pin").click()
    page.locator("#categories .choice-button").first.click()
    pick(page)
    expect(page.locator(".photo img")).to_have_count(1)
    expect(page.locator("#sheet")).to_contain_text("发送的是压缩件")
    assert page.evaluate(ORIGINALS) == 1
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    states(page)
    expect(page.locator(".record")).to_contain_text("照片已到 1/1", timeout=30_000)
    until(lambda: page.evaluate(ORIGINALS) == 0)


def test_a_page_closed_amid_a_photo_loses_nothing(open_field: OpenField, line: Line) -> None:
    page = open_field()
    line.is_cut = True
    # A worker that never ends: the page is closed while the copy is being made.
    page.evaluate("() => { globalThis.Worker = class { postMessage() {} }; }")
    page.locator("#pin").click()
    page.locator("#categories .choice-button").first.click()
    pick(page)
    until(lambda: page.evaluate(ORIGINALS) == 1)
    context = page.context
    page.close(run_before_unload=False)
    page = context.new_page()
    page.goto(f"{line.url}/field/")
    ready(page)
    assert states(page) == ["draft"]
    page.locator("[data-do=go-on]").click()
    expect(page.locator(".photo img")).to_have_count(1)
    line.is_cut = False
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    states(page)
    page.locator("#send-now").click()
    expect(page.locator(".record")).to_contain_text("照片已到 1/1", timeout=30_000)


def test_a_full_tablet_says_so_and_keeps_what_it_had(open_field: OpenField, line: Line) -> None:
    page = open_field()
    line.is_cut = True
    report(page, "以前的")
    page.locator("#pin").click()
    page.locator("#sheet textarea").first.fill("还记得")
    page.wait_for_timeout(500)
    page.evaluate(FULL)
    pick(page)
    expect(page.locator(".form-trouble")).to_contain_text("本机空间已满", timeout=20_000)
    expect(page.locator(".form-trouble")).to_contain_text("还没有保存")
    expect(page.locator("[data-line=room]")).to_have_count(1)
    page.evaluate("() => globalThis.makeRoom()")
    pick(page)
    expect(page.locator(".photo img")).to_have_count(1)
    expect(page.locator(".form-trouble")).to_be_hidden()
    expect(page.locator("#sheet textarea").first).to_have_value("还记得")
    assert states(page) == ["draft", "sealed"]


# A worker that answers only when it is told to.
SLOW = """() => {
  const Real = globalThis.Worker;
  const waiting = [];
  globalThis.letGo = () => waiting.splice(0).forEach((go) => go());
  globalThis.Worker = class extends Real {
    postMessage(message) { waiting.push(() => super.postMessage(message)); }
  };
}"""


def test_done_waits_for_the_photo_in_every_form(open_field: OpenField, line: Line) -> None:
    page = open_field()
    line.is_cut = True
    page.evaluate(SLOW)
    page.locator("#near-open").click()
    page.locator("#near [data-household]").first.click()
    page.locator("#visit-more").click()
    pick(page)
    until(lambda: page.evaluate(ORIGINALS) == 1)
    page.locator("#seal").click()
    expect(page.locator("#seal")).to_contain_text("等待照片")
    expect(page.locator("#sheet")).to_be_visible()
    page.evaluate("() => globalThis.letGo()")
    expect(page.locator("#sheet")).to_be_hidden()
    assert states(page) == ["sealed"]
    expect(page.locator(".record")).to_contain_text("0/1")


def test_several_photos_are_all_kept_before_one_is_made_small(
    open_field: OpenField, line: Line
) -> None:
    page = open_field()
    line.is_cut = True
    page.evaluate(SLOW)
    page.locator("#pin").click()
    pictures = [picture(f"{n}.jpg") for n in range(3)]
    page.locator("input[type=file][multiple]").set_input_files(pictures)
    until(lambda: page.evaluate(ORIGINALS) == 3)
    # Closed amid the first and gone on with: each is there once.
    page.locator("#sheet-close").click()
    assert states(page) == ["draft"]
    page.locator("[data-do=go-on]").click()
    for _ in range(6):
        page.evaluate("() => globalThis.letGo()")
        page.wait_for_timeout(300)
    expect(page.locator(".photo img")).to_have_count(3)
    page.locator("#categories .choice-button").first.click()
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    states(page)
    expect(page.locator(".record")).to_contain_text("0/3")


# A copy that is no picture, as a camera gives that fails, or a line that nobody has checked.
SPOILT = """() => {
  globalThis.Worker = class {
    postMessage({ id }) {
      const small = new Blob(["no picture at all"], { type: "image/jpeg" });
      setTimeout(() => this.onmessage({ data: { id, small } }), 0);
    }
  };
}"""


def refused(page: Page) -> Locator:
    """The record of a report whose photo the server would not have."""
    page.evaluate(SPOILT)
    page.locator("#pin").click()
    page.locator("#categories .choice-button").first.click()
    pick(page)
    expect(page.locator(".photo img")).to_have_count(1)
    page.locator("#seal").click()
    states(page)
    record = page.locator(".record[data-state=applied]")
    expect(record.locator(".note.is-bad")).to_contain_text("p.jpg", timeout=30_000)
    return record


def test_a_photo_that_the_server_will_not_have_is_taken_off(open_field: OpenField) -> None:
    page = open_field()
    record = refused(page)
    expect(page.locator("[data-place=outbox] .badge.is-bad")).to_have_text("1")
    record.locator("[data-do=photo-remove]").click()
    expect(record.locator(".note.is-bad")).to_have_count(0)
    expect(page.locator("[data-place=outbox] .badge")).to_be_hidden()
    assert page.evaluate(ORIGINALS) == 0


def test_another_photo_goes_with_a_note_to_the_same_report(
    open_field: OpenField, office: Office
) -> None:
    page = open_field()
    record = refused(page)
    number = record.inner_text().split("编号")[1].strip().split()[0]
    record.locator("[data-do=photo-replace]").click()
    expect(page.locator("#sheet[data-name=note]")).to_be_visible()
    page.reload()
    ready(page)
    # The refused one has gone, and the note waits for its photo.
    assert states(page) == ["draft", "applied"]
    expect(page.locator(".record .note.is-bad")).to_have_count(0)
    page.locator("[data-do=go-on]").click()
    page.locator("#sheet textarea").fill("补一张照片")
    pick(page)
    expect(page.locator(".photo img")).to_have_count(1)
    page.locator("#seal").click()
    states(page)
    expect(page.locator(".record[data-state=applied]")).to_have_count(2, timeout=30_000)
    expect(page.locator(".record").first).to_contain_text("照片已到 1/1", timeout=30_000)
    [one] = [row for row in office.incidents(number) if row["register_no"] == number]
    files = office.call(f"/incidents/{one['id']}")
    assert "补一张照片" in str(files)
