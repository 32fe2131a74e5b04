"""What is taken along: villages, all of them with one tap."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenField

pytestmark = pytest.mark.browser


def test_all_villages_are_chosen_with_one_tap(open_field: OpenField) -> None:
    page = open_field(person="surveyor", take=False)
    page.locator("[data-line=empty] button").click()
    ticks = page.locator("#areas label[data-code]")
    every = page.locator("#areas [data-code=all]")
    expect(every).to_contain_text("全部 20 个")
    villages = page.locator("#areas .area > label")
    expect(villages).to_have_count(20)
    every.click()
    for village in villages.all():
        expect(village.locator("input")).to_be_checked()
    # The sum stands on the box and at the foot, and it is that of the villages.
    total = every.locator("small").inner_text()
    expect(page.locator(".sheet-foot [role=status]")).to_have_text(total)
    houses = [int(re.sub(r"\D", "", text.split("户")[0])) for text in villages.all_inner_texts()]
    assert int(re.sub(r"\D", "", total.split("户")[0])) == sum(houses) > 8000
    # Without one of them it is no longer all.
    villages.first.click()
    expect(every.locator("input")).not_to_be_checked()
    villages.first.click()
    expect(every.locator("input")).to_be_checked()
    page.locator("#take").click()
    expect(page.locator("[data-pack]")).to_have_count(20, timeout=90_000)
    every.click()
    expect(ticks.locator("input:checked")).to_have_count(0)
    expect(page.locator("#take")).to_be_disabled()
