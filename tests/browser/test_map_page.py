"""The page itself: links, history, keys, fingers, sizes, languages."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, TABLET, OpenMap, settled

pytestmark = pytest.mark.browser

GRID = "431024111001001"


def test_a_permalink_brings_the_whole_view_back(open_map: OpenMap) -> None:
    link = f"#15/25.60000/112.41000?s=g:{GRID}&f=low_income&g=431024111001&off=reference&table=1"
    page = open_map("town", hash=link)
    expect(page.locator("#drawer-title")).not_to_be_empty()
    expect(page.locator("#area")).to_have_value("431024111001")
    expect(page.get_by_role("checkbox", name="低保户")).to_be_checked()
    expect(page.locator("[data-layer=reference]")).not_to_be_checked()
    expect(page.locator("#table tr[data-id]").first).to_be_visible()
    assert page.url.endswith(link)
    page.locator("#drawer-close").click()
    expect(page.locator("#drawer")).to_be_hidden()
    page.go_back()
    expect(page.locator("#drawer")).to_be_visible()
    assert f"s=g:{GRID}" in page.url


def test_the_past_says_so_and_leads_back(open_map: OpenMap) -> None:
    page = open_map("town")
    with page.expect_response(lambda response: "at=2020-01-01" in response.url):
        page.locator("#day").fill("2020-01-01")
        page.locator("#day").dispatch_event("change")
    expect(page.locator("#past")).to_contain_text("2020-01-01")
    assert "at=2020-01-01" in page.url
    page.get_by_role("button", name="回到今天").click()
    expect(page.locator("#past")).to_be_hidden()
    assert "at=" not in page.url


def test_everything_by_keyboard(open_map: OpenMap) -> None:
    page = open_map("leader")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("新街")
    options = page.locator("#search-results [role=option]")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer-title")).to_contain_text("新街")
    expect(page.locator("#drawer-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()

    # The list is the way to the points without a mouse.
    page.locator("#table-open").focus()
    page.keyboard.press("Enter")
    row = page.locator("#table tr[data-id]")
    row.first.focus()
    page.keyboard.press("ArrowDown")
    expect(row.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer a[href^='tel:']").first).to_be_visible()
    expect(row.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#table")).to_be_hidden()


def test_the_order_of_the_legend_is_the_persons(open_map: OpenMap) -> None:
    page = open_map("town")
    names = page.locator("#legend .kind-name")
    first = names.first.inner_text()
    page.locator("#legend .drag-grip").first.focus()
    page.keyboard.press("ArrowDown")
    expect(names.nth(1)).to_have_text(first)
    assert "order=" in page.url


def test_hiding_a_symbol_asks_the_server_for_nothing(open_map: OpenMap) -> None:
    page = open_map("town", hash="#17/25.60000/112.40600")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    before = page.locator(".leaflet-marks-pane canvas").screenshot()
    page.locator("#legend .eye").first.click()
    settled(page)
    page.wait_for_timeout(100)
    assert page.locator(".leaflet-marks-pane canvas").screenshot() != before
    assert [url for url in asked if "/tiles/" in url] == []


def test_a_point_of_the_map_opens_its_household(open_map: OpenMap) -> None:
    page = open_map("leader")
    page.locator("#table-open").click()
    page.locator("#table tr[data-id]").first.click()
    settled(page)
    page.wait_for_timeout(600)
    opened = re.search(r"s=(h:\d+)", page.url)
    page.locator("#table-close").click()
    page.locator("#drawer-close").click()
    # What others pinned at this door would ask which of the two is meant.
    page.locator("[data-layer=incidents]").uncheck()
    settled(page)
    size = page.locator("#map").bounding_box()
    assert size
    assert opened
    page.mouse.click(size["x"] + size["width"] / 2, size["y"] + size["height"] / 2)
    page.wait_for_url(re.compile("s="))
    expect(page.locator("#drawer-title")).not_to_be_empty()


def test_measuring_in_metres_and_mu(open_map: OpenMap) -> None:
    page = open_map("town", hash="#15/25.60000/112.42000?panel=0")
    page.get_by_role("button", name="测量").click()
    box = page.locator("#map").bounding_box()
    assert box
    for x, y in ((400, 300), (700, 300), (700, 500)):
        page.mouse.click(box["x"] + x, box["y"] + y)
        page.wait_for_timeout(350)
    expect(page.locator("#measure-text")).to_contain_text("公里")
    expect(page.locator("#measure-text")).to_contain_text("亩")
    page.keyboard.press("Escape")
    expect(page.locator("#measure")).to_be_hidden()


def test_where_am_i_tells_accuracy_and_age(open_map: OpenMap) -> None:
    page = open_map(
        "leader",
        geolocation={"longitude": 112.41, "latitude": 25.6, "accuracy": 12},
        permissions=["geolocation"],
    )
    page.get_by_role("button", name="我的位置").click()
    expect(page.locator("#fix")).to_contain_text("12 米")
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "112.41" not in stored


def test_without_leave_the_place_is_refused_in_words(open_map: OpenMap) -> None:
    page = open_map("leader")
    page.get_by_role("button", name="我的位置").click()
    expect(page.locator(".notice.is-error")).to_be_visible()


def test_the_phone_has_one_sheet_of_three_heights(open_map: OpenMap) -> None:
    page = open_map("leader", size=PHONE, touch=True)
    expect(page.locator("#panel")).to_be_hidden()
    page.locator("#table-open").tap()
    sheet = page.locator("#table")
    page.locator("#table tr[data-id]").first.wait_for()
    heights = []
    for _ in range(3):
        box = sheet.bounding_box()
        assert box
        heights.append(box["height"])
        page.locator("#table .sheet-grip").tap()
    assert len({round(height) for height in heights}) == 3
    page.locator("#table tr[data-id]").first.tap()
    call = page.locator("#drawer a.call").first
    expect(call).to_be_visible()
    expect(sheet).to_be_hidden()


@pytest.mark.parametrize("size", [PHONE, TABLET])
def test_targets_are_large_enough_for_a_finger(open_map: OpenMap, size: dict[str, int]) -> None:
    page = open_map("leader", size=size, touch=True)
    page.locator("[data-toggle=panel]").first.tap()
    page.locator("#legend .count").first.wait_for()
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a, select, summary, input[type=search]")]
          .filter((one) => one.checkVisibility() && !one.closest(".leaflet-control-container"))
          .map((one) => [one.id || one.className || one.textContent, one.getBoundingClientRect()])
          .filter(([, box]) => box.width > 0 && box.height < 47.5 && box.top >= 0)
          .map(([name, box]) => `${name}: ${box.height}`)"""
    )
    assert [line for line in small if "skip" not in line] == []


def test_english_is_complete(open_map: OpenMap) -> None:
    page = open_map("town", language="en")
    expect(page.locator(".rail")).to_contain_text("Layers")
    text = page.locator("#panel .part-head, .rail, #panel h3").all_inner_texts()
    assert not re.search(r"[\u4e00-\u9fff]", " ".join(text))


def test_a_busy_server_is_asked_again_and_then_named(open_map: OpenMap) -> None:
    page = open_map("leader")
    page.route("**/map/households.json*", lambda route: route.fulfill(status=503))
    page.get_by_label("党员户", exact=True).check()
    expect(page.locator("#legend-error")).to_contain_text("繁忙", timeout=10_000)
    page.unroute("**/map/households.json*")
    page.get_by_label("党员户", exact=True).uncheck()
    expect(page.locator("#legend-error")).to_be_empty()
    open_map.forgive(503)


def test_before_the_first_boundary_the_page_says_so(open_map: OpenMap) -> None:
    page = open_map("town", hash=f"#13/25.60000/112.42000?at=1990-01-01&s=g:{GRID}")
    expect(page.locator("#past")).to_contain_text("1990-01-01 这一天还没有边界")
    expect(page.locator("#drawer-body")).to_contain_text("1990-01-01")
    assert page.locator("#day").input_value() == "1990-01-01"
    open_map.forgive(404)


def test_large_text_comes_at_once_and_the_menu_stays(open_map: OpenMap) -> None:
    page = open_map("town")
    page.locator("#person summary").click()
    page.get_by_label("大字").check()
    expect(page.locator("html")).to_have_class("large-text")
    expect(page.locator("#left-hand")).to_be_visible()
    heights = page.locator("#legend .kind-name span").evaluate_all(
        "(names) => names.map((name) => name.getClientRects().length)"
    )
    assert set(heights) == {1}


def test_card_and_list_never_lie_on_one_another(open_map: OpenMap) -> None:
    page = open_map("town", size={"width": 800, "height": 1280})
    page.locator("#table-open").click()
    page.locator("#table tr[data-id]").first.click()
    expect(page.locator("#drawer")).to_be_visible()
    expect(page.locator("#table")).to_be_hidden()
    expect(page.locator("#table-open")).to_have_attribute("aria-pressed", "false")
    page.locator("#table-open").click()
    expect(page.locator("#table")).to_be_visible()
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator("#table-open")).to_have_attribute("aria-pressed", "true")
