"""A new version of the page: all of it or nothing, and never under work in progress."""

import hashlib
import json
import threading

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import ready, until
from tests.browser.line import Line

pytestmark = pytest.mark.browser

STYLE = "/static/css/field-parts.css"
VERSION = """async () => {
  const worker = (await navigator.serviceWorker.ready).active;
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ ask: "version" }, [port2]);
  return new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
}"""
LOOK = "async () => { await (await navigator.serviceWorker.ready).update(); }"
CODE = "async () => (await caches.keys()).filter((name) => name.startsWith('field-code-'))"


def newer(line: Line, *, is_whole: bool = True) -> None:
    """From now on the server brings a version in which one style differs.

    Where it is not whole, the list says so and the style is still the old one.
    """
    added = b"\n/* newer */\n"
    style = line.fetch(STYLE) + added

    def worker(body: bytes) -> bytes:
        head, rest = body.split(b";\n", 1)
        told = json.loads(head.removeprefix(b"self.CODE = "))
        told["version"] = "newer"
        told["files"][STYLE] = hashlib.sha256(style).hexdigest()
        return b"self.CODE = " + json.dumps(told).encode() + b";\n" + rest

    line.changed["/field/sw.js"] = worker
    if is_whole:
        line.changed[STYLE] = lambda _body: style


def style_of(page: Page) -> str:
    text: str = page.evaluate(f"async () => (await fetch('{STYLE}')).text()")
    return text


def test_a_new_version_waits_for_the_form_to_be_finished(open_field: OpenField, line: Line) -> None:
    page = open_field()
    before = page.evaluate(VERSION)
    page.locator("#pin").click()
    page.locator("#sheet textarea").first.fill("写到一半")
    newer(line)
    page.evaluate(LOOK)
    ready_line = page.locator("[data-line=update]")
    expect(ready_line).to_be_visible(timeout=30_000)
    ready_line.get_by_role("button").click()
    expect(page.locator("#notices")).to_contain_text("请先完成")
    # The form, its words and the old code are still there.
    expect(page.locator("#sheet textarea").first).to_have_value("写到一半")
    assert page.evaluate(VERSION) == before
    assert "newer" not in style_of(page)
    page.locator("#categories .choice-button").first.click()
    page.locator("#seal").click()
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#state")).to_contain_text("已全部发送", timeout=30_000)
    with page.expect_navigation():
        ready_line.get_by_role("button").click()
    ready(page)
    assert page.evaluate(VERSION) == "newer"
    assert "newer" in style_of(page)
    assert page.evaluate(CODE) == ["field-code-newer"]


def test_what_is_being_sent_is_waited_for(open_field: OpenField, line: Line) -> None:
    page = open_field()
    newer(line)
    page.evaluate(LOOK)
    ready_line = page.locator("[data-line=update]")
    expect(ready_line).to_be_visible(timeout=30_000)
    go_on = threading.Event()

    def hold(body: bytes) -> bytes:
        go_on.wait(30)
        return body

    line.sent["/api/v1/sync/push"] = hold
    page.locator("#pin").click()
    page.locator("#categories .choice-button").first.click()
    page.locator("#seal").click()
    expect(page.locator("#state")).to_contain_text("正在发送")
    ready_line.get_by_role("button").click()
    expect(page.locator("#notices")).to_contain_text("全部发送后自动换上")
    with page.expect_navigation(timeout=30_000):
        go_on.set()
    ready(page)
    assert page.evaluate(VERSION) == "newer"
    expect(page.locator("#state")).to_contain_text("已全部发送")


def test_work_in_another_tab_holds_it_up_too(open_field: OpenField, line: Line) -> None:
    page = open_field()
    other = page.context.new_page()
    other.goto(f"{line.url}/field/")
    ready(other)
    other.locator("#pin").click()
    newer(line)
    page.evaluate(LOOK)
    page.locator("[data-line=update] button").click(timeout=30_000)
    expect(page.locator("#notices")).to_contain_text("另一个标签页")
    assert page.evaluate(VERSION) != "newer"


def test_a_version_that_is_not_whole_is_not_taken(open_field: OpenField, line: Line) -> None:
    page = open_field()
    before = page.evaluate(VERSION)
    newer(line, is_whole=False)
    page.evaluate(LOOK)
    page.wait_for_timeout(3000)
    expect(page.locator("[data-line=update]")).to_have_count(0)
    assert page.evaluate(VERSION) == before
    assert page.evaluate(CODE) == [f"field-code-{before}"]
    line.is_cut = True
    page.reload()
    ready(page)
    expect(page.locator("#pin")).to_be_visible()


def test_a_cold_start_without_work_puts_it_on(open_field: OpenField, line: Line) -> None:
    page = open_field()
    newer(line)
    page.evaluate(LOOK)
    expect(page.locator("[data-line=update]")).to_be_visible(timeout=30_000)
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(f"{line.url}/field/")
    until(lambda: page.evaluate(VERSION) == "newer", 30)
    ready(page)
