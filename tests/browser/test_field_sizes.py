"""For thumbs in gloves and eyes in the sun: targets, contrast and overlaps at the sizes of use."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenField
from tests.browser.field import PHONE, TABLET, UPRIGHT, place

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
    if wishes:
        page.evaluate(
            "(kept) => localStorage.setItem('gis-grid.field', JSON.stringify(kept))", wishes
        )
        page.reload()
        page.wait_for_selector("#page[data-ready]")
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
