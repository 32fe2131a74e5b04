"""What others must not see: an outsider nothing of the town, each role only its part."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenMap

pytestmark = pytest.mark.browser

JINPING_GRID = "431024111001001"


def test_an_outsider_sees_nothing_of_the_town(open_map: OpenMap) -> None:
    page = open_map("outsider", hash="#16/25.6/112.41?table=1")
    expect(page.locator("#table")).not_to_contain_text("晋屏")
    page.fill("#search", "盘江")
    expect(page.locator("#search-results")).to_contain_text("没有找到")
    answers = page.evaluate(
        """async (grid) => {
          const ask = async (url) => {
            const response = await fetch(url, { headers: { Accept: "application/json" } });
            return [response.status, (await response.arrayBuffer()).byteLength];
          };
          const tiles = ["households/16/53230/27945", "grids/14/13307/6986"];
          return Promise.all([
            ...tiles.map((tile) => ask(`/tiles/${tile}.mvt`)),
            ask(`/map/places/${grid}/`),
            ask("/map/households/1/"),
            ask(`/map/households.json?area=${grid}`).then(async () => {
              const counts = await (await fetch(`/map/households.json?area=${grid}`)).json();
              return [200, counts.households];
            }),
          ]);
        }""",
        JINPING_GRID,
    )
    assert answers[0][1] == answers[1][1] == 0
    assert answers[2][0] == answers[3][0] == 404
    assert answers[4] == [200, 0]
    open_map.forgive(404)


def test_an_auditor_sees_the_ground_but_no_household(open_map: OpenMap) -> None:
    page = open_map("auditor")
    expect(page.locator("#table-open")).to_have_count(0)
    expect(page.locator("[data-layer=households]")).to_have_count(0)
    expect(page.locator("[data-layer=grids]")).to_be_checked()


def test_a_surveyor_sees_no_welfare_tags(open_map: OpenMap) -> None:
    page = open_map("surveyor")
    expect(page.locator("#legend")).to_contain_text("党员户")
    expect(page.locator("#legend")).not_to_contain_text("低保户")


def test_a_lost_session_asks_to_sign_in_and_keeps_the_view(
    open_map: OpenMap,
) -> None:
    page = open_map("leader")
    page.context.clear_cookies()
    page.locator("#table-open").click()
    expect(page.locator("#signed-out")).to_be_visible()
    assert "table%3D1" in (page.locator("#signed-out-link").get_attribute("href") or "")
    open_map.forgive(401)
