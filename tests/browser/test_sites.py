"""Pages by hand: from the map to what cameras see, to a gap and its place; tables on a phone."""

import math
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, OpenMap, settled

pytestmark = pytest.mark.browser
GAP = re.compile(r"/#18/(\d+\.\d{5})/(\d+\.\d{5})$")


@pytest.mark.parametrize("options", [{"size": DESK}, {"size": PHONE, "touch": True}])
def test_from_the_share_of_a_village_to_a_gap_on_the_map(
    open_map: OpenMap, site: str, options: dict[str, object]
) -> None:
    town = open_map("town", **options)
    if options["size"] is PHONE:
        town.goto(f"{site}/cameras/")
    else:
        town.locator("#cameras-open").click()
    villages = town.locator("#watch tbody tr")
    expect(villages.first).to_be_visible()
    assert villages.count() > 1
    # Metres of main roads, and the share that is seen, of each village.
    for metres, share in (row.locator("td").all_inner_texts()[:2] for row in villages.all()):
        assert re.fullmatch(r"[\d,]+", metres), metres
        assert re.fullmatch(r"\d{1,3} ?%?|—", share.strip()), share
    # The list of gaps is that of one village.
    assert town.locator("#gaps").count() == 0
    row = next(one for one in villages.all() if one.locator("td").all_inner_texts()[4] != "0")
    unseen, gaps = (int(text) for text in row.locator("td").all_inner_texts()[3:5])
    name = row.locator("th").inner_text()
    row.get_by_role("link").click()
    expect(villages).to_have_count(1)
    expect(villages.locator("th")).to_have_text(name)
    listed = town.locator("#gaps li")
    expect(listed).to_have_count(gaps + unseen)
    metres = [
        int(re.sub(r"\D", "", text))
        for text in listed.locator("span:first-child").all_inner_texts()[:gaps]
    ]
    assert metres == sorted(metres, reverse=True)

    first = listed.first.get_by_role("link")
    found = GAP.search(first.get_attribute("href") or "")
    assert found is not None
    lat, lon = float(found[1]), float(found[2])
    drawn: list[tuple[int, int, int]] = []
    town.on("request", lambda request: drawn.extend(_tiles_in(request.url)))
    first.click()
    settled(town)
    expect(town).to_have_url(re.compile(rf"#18/{found[1]}/{found[2]}"))
    # The ground around the gap was asked for, closer than a village is seen at once.
    assert any(_covers(tile, lon, lat) for tile in drawn if tile[0] >= 14), drawn


def _tiles_in(url: str) -> list[tuple[int, int, int]]:
    found = re.search(r"/tiles/reference/(\d+)/(\d+)/(\d+)\.mvt", url)
    return [(int(found[1]), int(found[2]), int(found[3]))] if found else []


def _covers(tile: tuple[int, int, int], lon: float, lat: float) -> bool:
    z, x, y = tile
    east = (lon + 180) / 360 * 2**z
    south = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z
    return (math.floor(east), math.floor(south)) == (x, y)


def test_on_a_phone_a_wide_table_says_that_it_goes_on(open_map: OpenMap, site: str) -> None:
    town = open_map("town", size=PHONE, touch=True)
    hint = "左右滑动表格可查看更多列。"
    town.goto(f"{site}/incidents/circular/")
    expect(town.get_by_text(hint)).to_be_visible()
    table = town.locator(".wide-table").first
    name = table.locator("tbody th").first
    assert table.evaluate("it => it.scrollWidth > it.clientWidth")
    before = name.evaluate("it => it.getBoundingClientRect().left")
    table.evaluate("it => it.scrollTo({ left: it.scrollWidth })")
    # The name stays beside the figures that it is of; the page itself doesn't go sideways.
    moved = name.evaluate("it => it.getBoundingClientRect().left") - before
    assert abs(moved) <= 1
    assert town.evaluate("document.documentElement.scrollWidth <= innerWidth")
    town.set_viewport_size({"width": 1440, "height": 900})
    expect(town.get_by_text(hint)).to_be_hidden()


def test_the_counter_says_who_handles_it_and_until_when(open_map: OpenMap, site: str) -> None:
    town = open_map("town")
    town.goto(f"{site}/incidents/new/")
    said = town.locator("#handling")
    expect(said).to_have_text("")
    town.get_by_label("事项类别").select_option("drain")
    expect(said).to_have_text(re.compile(r"^承办：.+ · 7 个工作日内办结，截止 \d{4}-\d\d-\d\d$"))
    town.get_by_label("事项类别").select_option("brawl")
    expect(said).to_have_text(re.compile(r"24 小时内办结，截止 \d{4}-\d\d-\d\d \d\d:\d\d$"))
    town.get_by_label("事项类别").select_option("")
    expect(said).to_have_text("")
