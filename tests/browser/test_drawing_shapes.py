"""A border led elsewhere, uninhabited land drawn, a grid split along a road, tracing."""

import itertools
import math

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenMap
from tests.browser.drawing import (
    call,
    done,
    grids_of,
    middle_of,
    new_plan,
    open_plan,
    pixel,
    ring_of,
    tap_line,
)

pytestmark = pytest.mark.browser

GRID, NEIGHBOUR = "431024111001001", "431024111001002"


def test_a_border_is_led_elsewhere(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "改界线")
    grids = grids_of(page, plan)
    ring, other = ring_of(grids[GRID]), set(ring_of(grids[NEIGHBOUR]))
    common = [place for place in ring if place in other]
    start, end = common[2], common[-3]
    open_plan(page, site, plan, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), zoom=16)
    page.keyboard.press("r")
    inside = middle_of(grids[GRID])
    bend = tuple(0.7 * (a + b) / 2 + 0.3 * c for a, b, c in zip(start, end, inside, strict=True))
    tap_line(page, [start, (bend[0], bend[1]), end])
    page.keyboard.press("Enter")
    page.locator("#proposal-do").click()
    done(page, plan, 1)
    after = grids_of(page, plan)
    assert set(ring_of(after[GRID])) != set(ring)
    assert set(after) == set(grids)


def test_uninhabited_land_is_cut_out(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "新划空地")
    grids = grids_of(page, plan)
    ring = ring_of(grids[GRID])
    edges = list(itertools.pairwise(ring))
    start, end = max(edges, key=lambda edge: math.dist(*edge))
    x, y = middle_of(grids[GRID])
    inside = ((start[0] + end[0]) / 2 * 0.8 + x * 0.2, (start[1] + end[1]) / 2 * 0.8 + y * 0.2)
    open_plan(page, site, plan, start, zoom=17)
    page.keyboard.press("n")
    tap_line(page, [start, end, inside])
    page.keyboard.press("Enter")
    form = page.locator("#new-grid-form")
    form.locator("[name=name]").fill("后山林地")
    form.locator("[name=kind]").select_option("void")
    form.get_by_role("button", name="继续").click()
    page.locator("#proposal-do").click()
    done(page, plan, 1)
    new = [one["properties"] for code, one in grids_of(page, plan).items() if code not in grids]
    assert [(one["name"], one["kind"]) for one in new] == [("后山林地", "void")]


def test_a_grid_is_split_along_a_road(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "沿路拆分")
    grids = grids_of(page, plan)
    open_plan(page, site, plan, middle_of(grids[GRID]), zoom=15)
    page.mouse.click(*pixel(page, middle_of(grids[GRID])))
    page.locator("#chosen-form [name=reference]").select_option(label="晋屏大道")
    page.locator("#chosen-split").click()
    expect(page.locator("#proposal-body .move").first).to_contain_text("户 从")
    page.locator("#proposal-do").click()
    done(page, plan, 1)
    assert len(grids_of(page, plan)) > len(grids)


def test_a_line_follows_a_border_between_two_taps(open_map: OpenMap, site: str) -> None:
    page = open_map("town")
    plan = new_plan(page, "沿线")
    grids = grids_of(page, plan)
    ring, other = ring_of(grids[GRID]), set(ring_of(grids[NEIGHBOUR]))
    common = [place for place in ring if place in other]
    sent = []
    page.on(
        "request", lambda one: sent.append(one.post_data_json) if "operations" in one.url else 0
    )
    open_plan(page, site, plan, common[len(common) // 2], zoom=16)
    page.keyboard.press("r")
    page.locator("#tool-trace").click()
    tap_line(page, [common[1], common[-2]])
    page.keyboard.press("Enter")
    page.wait_for_timeout(800)
    assert len(sent[0]["op"]["line"]) == len(common[1:-1])
    assert call(page, f"/api/v1/plans/{plan}")["revision"] == 0
    open_map.forgive(422)
