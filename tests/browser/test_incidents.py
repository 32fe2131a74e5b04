"""A case by hand: taken in at the counter, assigned, urged, answered, closed."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenMap, settled

pytestmark = pytest.mark.browser


def take(page: Page, step: str, **said: str) -> None:
    """Open a step of the file, fill in what it asks, and send it."""
    form = page.locator("details.next-step", has=page.locator(f"[value={step}]"))
    form.locator("summary").click()
    for name, text in said.items():
        field = form.locator(f"[name={name}]")
        if name == "assignee":
            field.select_option(text)
        else:
            field.fill(text)
    form.locator("form button").click()


def test_from_the_counter_to_the_closed_file(open_map: OpenMap, site: str) -> None:
    town = open_map("town")
    town.locator("#incidents-open").click()
    town.get_by_role("link", name="受理事件").click()
    town.get_by_label("事项类别").select_option("drain")
    town.get_by_label("事情经过").fill("桥头水沟堵塞，路面积水")
    town.get_by_label("村", exact=True).select_option(label="盘江居委会")
    town.get_by_label("反映人").fill("李大娘")
    town.get_by_label("联系电话").fill("19900001234")
    town.get_by_role("button", name="受理", exact=True).click()
    expect(town.locator("h1")).to_contain_text("晋屏")
    address = town.url
    take(town, "accept")
    expect(town.locator("h1 .case-chip")).to_have_text("已受理")
    take(town, "assign", assignee="police")
    expect(town.locator("h1 .case-chip")).to_have_text("已交办")
    take(town, "urge", reason="群众催问")

    police = open_map("police")
    police.goto(address)
    take(police, "answer", text="已疏通，路面无积水，已电话告知")
    expect(police.locator("h1 .case-chip")).to_have_text("已答复")

    town.goto(address)
    take(town, "close")
    expect(town.locator("h1 .case-chip")).to_have_text("已办结")
    expect(town.locator(".timeline li")).to_have_count(6)
    assert "19900001234" not in town.content()
    town.goto(f"{site}/incidents/?state=closed&q=水沟")
    expect(town.locator(".case-link").first).to_contain_text("桥头水沟堵塞")


def test_what_others_report_rings_without_a_reload(open_map: OpenMap, site: str) -> None:
    worker, town = open_map("worker"), open_map("town")
    worker.bring_to_front()
    bell = worker.locator("#bell-count")
    worker.wait_for_selector("#bell-list > *", state="attached")
    before = int(bell.text_content() or "0")
    town.goto(f"{site}/incidents/new/")
    town.get_by_label("事项类别").select_option("lamp")
    town.get_by_label("事情经过").fill("路灯不亮")
    town.get_by_label("村", exact=True).select_option(label="盘江居委会")
    town.get_by_role("button", name="受理", exact=True).click()
    expect(town.locator("h1")).to_contain_text("晋屏")

    expect(bell).to_have_text(str(before + 1))
    worker.locator("#bell summary").click()
    worker.locator(".bell-line").first.click()
    expect(worker.locator("h1")).to_contain_text("晋屏")


def test_from_a_place_on_the_map_to_its_pin_and_file(open_map: OpenMap, site: str) -> None:
    worker = open_map("worker")
    box = worker.locator("#map").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    worker.locator("#report-open").click()
    worker.mouse.click(*middle)
    worker.wait_for_url("**/incidents/new/?*")
    place = parse_qs(urlsplit(worker.url).query)
    worker.get_by_label("事项类别").select_option("road")
    worker.get_by_label("事情经过").fill("井盖丢失")
    worker.get_by_role("button", name="受理", exact=True).click()
    number = worker.locator("h1").inner_text()

    worker.goto(f"{site}/?again#18/{place['lat'][0]}/{place['lon'][0]}?off=households")
    worker.wait_for_selector("#map[data-settled=true]")
    worker.mouse.click(*middle)
    expect(worker.locator("h1")).to_contain_text(number.split()[0])
    take(worker, "accept")
    take(worker, "settle", text="已疏通")
    expect(worker.locator("h1 .case-chip")).to_have_text("网格内办理")


def test_a_tap_on_a_pin_at_a_door_asks_which_of_the_two(open_map: OpenMap, site: str) -> None:
    worker = open_map("worker")
    households = worker.request.get(f"{site}/api/v1/households?limit=1").json()
    lon, lat = households["features"][0]["geometry"]["coordinates"]
    worker.goto(f"{site}/incidents/new/?lat={lat}&lon={lon}")
    worker.get_by_label("事项类别").select_option("road")
    worker.get_by_label("事情经过").fill("门前路面塌陷")
    worker.get_by_role("button", name="受理", exact=True).click()
    number = worker.locator("h1").inner_text().split()[0]

    worker.goto(f"{site}/?again#18/{lat}/{lon}")
    settled(worker)
    box = worker.locator("#map").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    worker.mouse.click(*middle)
    asked = worker.locator(".chooser")
    asked.get_by_role("button", name="住户").first.click()
    expect(worker.locator("#drawer a[href^='tel:']").first).to_be_visible()
    worker.locator("#drawer-close").click()
    worker.mouse.click(*middle)
    asked.get_by_role("button", name="事件").first.click()
    expect(worker.locator("h1")).to_contain_text(number)


def test_the_board_filtered_and_the_filter_kept(open_map: OpenMap, site: str) -> None:
    town = open_map("town")
    town.goto(f"{site}/incidents/")
    town.get_by_role("link", name="看板").click()
    expect(town.locator(".lane").first).to_be_visible()
    town.get_by_text("筛选", exact=True).click()
    town.get_by_label("状态", exact=True).select_option("assigned")
    town.get_by_role("button", name="查看").click()
    expect(town.locator(".lane")).to_have_count(1)
    expect(town.locator(".lane h2")).to_contain_text("已交办")
    town.get_by_text("筛选", exact=True).click()
    town.get_by_label("保存此筛选").fill("交办的")
    town.get_by_role("button", name="保存", exact=True).click()
    expect(town.get_by_role("link", name="交办的")).to_be_visible()
    town.get_by_role("link", name="看板").click()
    town.locator(".lane-case").first.click()
    expect(town.locator("h1 .case-chip")).to_have_text("已交办")


def test_a_photo_goes_on_where_the_net_was_cut(
    open_map: OpenMap, site: str, tmp_path: Path
) -> None:
    noise = tmp_path / "水沟.jpg"
    pixels = numpy.random.default_rng(3).integers(0, 256, (1000, 1200, 3), numpy.uint8)
    Image.fromarray(pixels).save(noise, quality=95)
    assert noise.stat().st_size > 1 << 20
    came: list[str] = []
    cuts = 5

    def net(route: Route) -> None:
        nonlocal cuts
        if came and cuts:
            cuts -= 1
            route.abort()
        else:
            if route.request.method == "PUT":
                came.append(parse_qs(urlsplit(route.request.url).query)["offset"][0])
            route.continue_()

    town = open_map("town")
    town.goto(f"{site}/incidents/")
    town.locator(".case-link").first.click()
    town.route("**/uploads/*", net)
    town.get_by_label("添加照片或文件").set_input_files(noise)
    town.get_by_role("button", name="添加", exact=True).click()
    expect(town.get_by_text("网络中断")).to_be_visible()
    expect(town.locator(".attachments img").last).to_have_attribute("alt", "水沟.jpg")
    assert came == sorted(set(came), key=int)
    assert len(came) > 1
    open_map.forgive("net::ERR_FAILED")
