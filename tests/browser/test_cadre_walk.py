"""A village cadre finds all low-income households of one grid, and whom to call."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenMap, settled

pytestmark = pytest.mark.browser


def a_grid_with_low_income(page: Page) -> tuple[str, int]:
    """(code, households) of a small grid in the drop-down that has some."""
    found: list[list[str | int]] = page.evaluate(
        """async () => {
          const grids = [...document.querySelectorAll("#area option")].map(({ value }) => value);
          const found = [];
          for (const grid of grids.filter(({ length }) => length === 15)) {
            const address = `/map/households.json?tags=low_income&area=${grid}`;
            found.push([grid, (await (await fetch(address)).json()).households]);
          }
          return found;
        }"""
    )
    return next((str(code), int(count)) for code, count in found if int(count) > 0)


def test_low_income_households_of_a_grid_and_whom_to_call(
    open_map: OpenMap,
) -> None:
    page = open_map("leader")
    grid, wanted = a_grid_with_low_income(page)
    page.get_by_label("范围").select_option(grid)
    page.get_by_label("低保户", exact=True).check()
    expect(page.locator("#total")).to_contain_text(f"{wanted} 户")
    page.locator("#total").click()
    rows = page.locator("#table tr[data-id]")
    expect(rows.first).to_be_visible()
    assert rows.count() == wanted
    symbols = page.locator("#table tr[data-id] canvas[aria-label='低保户']")
    assert symbols.count() == wanted

    # One tap opens the card; the second is the call.
    rows.first.click()
    call = page.locator("#drawer a[href^='tel:199']").first
    expect(call).to_be_visible()
    expect(page.locator("#drawer")).to_contain_text("网格")
    settled(page)
    assert f"g={grid}" in page.url
    assert "f=low_income" in page.url


def test_a_number_opens_the_list_behind_it(open_map: OpenMap) -> None:
    page = open_map("town")
    grid, _wanted = a_grid_with_low_income(page)
    page.evaluate(f"location.hash = '#15/25.6/112.41?s=g:{grid}'")
    number = page.locator(f"#drawer button[data-area='{grid}'][data-list='low_income']")
    count = int(number.locator("b").inner_text())
    number.click()
    expect(page.locator("#table-count")).to_contain_text(str(count))
    expect(page.locator("#table tr[data-id]")).to_have_count(count)


def next_total(page: Page, before: str) -> str:
    """The panel's total once it tells another number than `before`."""
    total = page.locator("#total")
    expect(total).not_to_have_text(before)
    expect(total).to_have_text(re.compile(r"^[\d,]+ 户"))
    return total.inner_text()


def households(text: str) -> int:
    """The number at the beginning of `1,393 户 · 5,901 人`."""
    return int(text.split(" ", maxsplit=1)[0].replace(",", ""))


def test_any_and_all_of_two_kinds(open_map: OpenMap) -> None:
    page = open_map("town")
    everyone = page.locator("#total").inner_text()
    page.get_by_label("低保户", exact=True).check()
    one_kind = next_total(page, everyone)
    page.get_by_label("党员户", exact=True).check()
    either = next_total(page, one_kind)
    page.get_by_label("全部符合").check()
    both = next_total(page, either)
    assert 0 <= households(both) < households(one_kind) < households(either)


def test_revealing_asks_a_reason_and_shows_the_value(open_map: OpenMap) -> None:
    page = open_map("leader")
    page.locator("#table-open").click()
    page.locator("#table tr[data-id]").first.click()
    secret = page.locator("#drawer [data-reveal=phone]").first
    masked = secret.inner_text()
    assert "****" in masked
    secret.click()
    dialog = page.locator("#reveal")
    dialog.get_by_role("textbox").fill("看")
    # A reason that says nothing is refused beside the field, by the server.
    dialog.get_by_role("button", name="查看").click()
    expect(page.locator("#reveal-error")).not_to_be_empty()
    dialog.get_by_role("textbox").fill("上门核实低保情况")
    dialog.get_by_role("button", name="查看").click()
    shown = page.locator("#drawer a.revealed")
    expect(shown).to_have_attribute("href", f"tel:{shown.inner_text()}")
    assert shown.inner_text()[:3] == masked.strip()[:3]
    assert "*" not in shown.inner_text()
    open_map.forgive(422)


def test_the_list_goes_to_excel_with_its_purpose(open_map: OpenMap) -> None:
    page = open_map("town", hash="#13/25.6/112.42?f=low_income&table=1")
    page.get_by_role("button", name="导出 Excel").click()
    page.locator("#export").get_by_role("textbox").fill("季度低保核查")
    with page.expect_download() as download:
        page.locator("#export").get_by_role("button", name="保存").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert download.value.path().read_bytes()[:2] == b"PK"
