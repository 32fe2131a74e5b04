"""For thumbs in gloves and eyes in the sun: targets, contrast and overlaps at the sizes of use."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import PHONE, TABLET, UPRIGHT, place, prefer, until

pytestmark = pytest.mark.browser

# What can be tapped and is in sight, smaller than 48 px; and what lies outside of the window.
SMALL = """() => {
  const found = [];
  const tapped = "button, a[href], input, select, summary, textarea";
  for (const element of document.querySelectorAll(tapped)) {
    if (!element.checkVisibility() || element.closest(".leaflet-marker-pane")) continue;
    const target = element.closest("label") ?? element;
    const { width, height, left, right } = target.getBoundingClientRect();
    if (width === 0) continue;
    const words = element.textContent.trim().slice(0, 12);
    const name = element.id || words || element.outerHTML.slice(0, 60);
    if (Math.min(width, height) < 47.5) found.push(`${name} ${width} x ${height}`);
    if (left < -1 || right > innerWidth + 1) found.push(`${name} outside`);
  }
  return found;
}"""
# Contrast of every text with what lies behind it, where that is a colour of its own.
PALE = """() => {
  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("#page *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest("#map")) continue;
    const [a, b] = [light(numbers(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(`${element.textContent.trim().slice(0, 12)} ${ratio.toFixed(2)}`);
  }
  return found;
}"""


def look_at(page: Page, name: str) -> list[str]:
    page.wait_for_timeout(400)
    return [f"{name}: {line}" for line in [*page.evaluate(SMALL), *page.evaluate(PALE)]]


@pytest.mark.parametrize(
    ("size", "wishes"),
    [
        (PHONE, {}),
        (UPRIGHT, {}),
        (TABLET, {}),
        (PHONE, {"large": True, "hand": "left", "language": "en"}),
    ],
)
def test_everything_can_be_tapped_and_read(
    open_field: OpenField, size: dict[str, int], wishes: dict[str, Any]
) -> None:
    page = open_field(size=size)
    prefer(page, wishes)
    bad = look_at(page, "map")
    for name in ("outbox", "conflicts", "patrol", "more"):
        place(page, name)
        bad += look_at(page, name)
    place(page, "more")
    page.locator("#to-take").click()
    expect(page.locator("#areas label").first).to_be_visible()
    bad += look_at(page, "take along")
    place(page, "map")
    page.locator("#near-open").click()
    bad += look_at(page, "near")
    page.locator("#near [data-household]").first.click()
    bad += look_at(page, "household")
    page.locator("#correct").click()
    bad += look_at(page, "correct")
    place(page, "map")
    page.locator("#pin").click()
    bad += look_at(page, "incident")
    assert bad == []
    if wishes:
        expect(page.locator("#seal")).to_contain_text("Done, send it")


ON_ITS_SIDE = {"width": 844, "height": 390}

# An error stays until it is closed.
SAY = """async () => {
  const { say } = await import("/static/js/ui/notices.js");
  say("办公室正在核对这条记录，请稍后再试一次", { isError: true });
}"""
# Controls that a notice lies over, be it by a corner.
COVERED = """() => {
  const shapeOf = (one) => one.getBoundingClientRect();
  const notices = [...document.querySelectorAll(".notice")].map(shapeOf);
  const controls = document.querySelectorAll("button, a[href], input, summary, textarea");
  const found = [];
  for (const control of controls) {
    if (!control.checkVisibility({ visibilityProperty: true })) continue;
    if (control.closest(".notice")) continue;
    const body = control.closest(".sheet-body")?.getBoundingClientRect();
    const box = control.getBoundingClientRect();
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const under = document.elementsFromPoint(x, y).filter((one) => !one.closest(".notices"));
    // Behind a sheet.
    if (under.length && !control.contains(under[0]) && !under[0].contains(control)) continue;
    // What is scrolled out of the sheet is nowhere.
    const bottom = Math.min(box.bottom, body?.bottom ?? box.bottom);
    const isUnder = ({ left, right, top, bottom: end }) =>
      left < box.right && box.left < right && top < bottom && box.top < end;
    if (notices.some(isUnder)) found.push(control.id || control.textContent.trim());
  }
  return found;
}"""
# Where the pin's point stands, as parts of what is in sight: 0 to 1 from the left and from the top.
PIN = """() => {
  const pin = document.querySelector(".pin-marker").getBoundingClientRect();
  const sheet = document.querySelector("#sheet").getBoundingClientRect();
  const isBelow = sheet.width > innerWidth * 0.8;
  const isLeft = !isBelow && sheet.left < innerWidth - sheet.right;
  const top = document.querySelector(".top").getBoundingClientRect().bottom;
  const bottom = isBelow ? sheet.top : innerHeight;
  const left = isLeft ? sheet.right : 0;
  const right = isBelow || isLeft ? innerWidth : sheet.left;
  return [
    (pin.left + pin.width / 2 - left) / (right - left),
    (pin.top + 50 - top) / (bottom - top),
  ];
}"""


def is_amid(page: Page) -> bool:
    across, down = page.evaluate(PIN)
    return 0.4 < across < 0.6 and 0.3 < down < 0.7


@pytest.mark.parametrize(
    ("size", "wishes"),
    [
        (PHONE, {}),
        (PHONE, {"hand": "left", "large": True}),
        (ON_ITS_SIDE, {}),
        (UPRIGHT, {}),
        (TABLET, {}),
        (TABLET, {"hand": "left", "large": True, "language": "en"}),
    ],
)
def test_a_notice_covers_nothing_and_the_pin_is_in_sight(
    open_field: OpenField, size: dict[str, int], wishes: dict[str, Any]
) -> None:
    page = open_field(size=size)
    prefer(page, wishes)
    # The map follows the tablet: a fix that comes while a form is open moves nothing under it.
    page.locator("#locate").click()
    expect(page.locator("#my-grid")).to_be_visible()
    page.evaluate(SAY)
    expect(page.locator(".notice.is-error")).to_be_visible()
    assert page.evaluate(COVERED) == []
    page.locator("#pin").click()
    expect(page.locator(".placing-line")).to_contain_text("8")
    page.context.set_geolocation({"latitude": 25.6004, "longitude": 112.4066, "accuracy": 6})
    expect(page.locator(".placing-line")).to_contain_text("6")
    expect(page.locator("#sheet .notice.is-error")).to_be_visible()
    assert page.evaluate(COVERED) == []
    until(lambda: is_amid(page))


def test_a_turned_tablet_keeps_the_pin_in_sight(open_field: OpenField) -> None:
    page = open_field(size=UPRIGHT)
    page.locator("#pin").click()
    expect(page.locator(".pin-marker")).to_be_visible()
    page.set_viewport_size({"width": TABLET["width"], "height": TABLET["height"]})
    until(lambda: is_amid(page))


def test_a_sheet_is_made_larger_and_smaller_by_its_grip(open_field: OpenField) -> None:
    page = open_field()
    page.locator("#pin").click()
    sheet, grip = page.locator("#sheet"), page.locator(".sheet-grip")
    expect(sheet).to_have_attribute("data-size", "half")
    grip.click()
    expect(sheet).to_have_attribute("data-size", "full")
    page.locator("#categories .choice-button").first.click()
    grip.click()
    expect(sheet).to_have_attribute("data-size", "half")
    # What was entered is there as before, and the pin is in sight.
    expect(page.locator("[data-do=category]")).to_be_visible()
    until(lambda: is_amid(page))
