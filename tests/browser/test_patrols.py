"""Patrols and cameras by hand: a route drawn and walked, a track judged, gaps found."""

import datetime as dt
import itertools
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenMap, settled

pytestmark = pytest.mark.browser
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


def picture(page: Page, name: str, tmp_path: Path) -> None:
    page.wait_for_load_state("networkidle")
    folder = FOLDER if os.environ.get("GIS_GRID_SCREENSHOTS") == "1" else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")


def gpx(line: list[list[float]], began: dt.datetime) -> bytes:
    """A walk along the first half of a line, a place every ten seconds."""
    half = line[: max(2, len(line) // 2 + 1)]
    points = []
    for (west, south), (east, north) in itertools.pairwise(half):
        for n in range(10):
            lon, lat = west + (east - west) * n / 10, south + (north - south) * n / 10
            at = began + dt.timedelta(seconds=10 * len(points))
            points.append(f'<trkpt lat="{lat}" lon="{lon}"><time>{at.isoformat()}</time></trkpt>')
    body = "".join(points)
    return f"<gpx version='1.1'><trk><trkseg>{body}</trkseg></trk></gpx>".encode()


def test_a_route_is_drawn_walked_and_judged(open_map: OpenMap, site: str, tmp_path: Path) -> None:
    leader = open_map("leader")
    leader.locator("#patrols-open").click()
    leader.get_by_role("link", name="绘制路线").click()
    settled(leader)
    box = leader.locator("#map").bounding_box()
    assert box is not None
    for east, south in ((200, 160), (260, 180), (330, 170), (390, 210)):
        leader.mouse.click(box["x"] + east, box["y"] + south)
        if east in (200, 390):
            leader.locator("#checkpoint").click()
    expect(leader.locator(".stop-row")).to_have_count(2)
    leader.locator("#undo").click()
    expect(leader.locator(".stop-row")).to_have_count(1)
    leader.mouse.click(box["x"] + 390, box["y"] + 210)
    leader.locator("#checkpoint").click()
    leader.locator(".stop-row input").first.fill("<b id=evil>桥头")
    leader.locator(".stop-row input").first.blur()
    leader.fill("#name", "河边夜巡")
    leader.get_by_role("button", name="保存").click()
    expect(leader.locator("h1")).to_contain_text("河边夜巡")
    expect(leader.locator(".leaflet-tooltip").first).to_contain_text("<b id=evil>桥头")
    expect(leader.locator("#evil")).to_have_count(0)
    settled(leader)
    route = leader.url

    worker = open_map("worker")
    worker.goto(route)
    worker.get_by_role("button", name="开始巡逻").click()
    expect(worker.locator("h1 .case-chip")).to_have_text("巡逻中")
    api = route.replace("/patrols/", "/api/v1/patrols/").rstrip("/")
    line = worker.request.get(api).json()["line"]["coordinates"]
    track = gpx(line, dt.datetime.now(dt.UTC))
    worker.locator("#file").set_input_files(
        {"name": "a.gpx", "mimeType": "application/gpx+xml", "buffer": track}
    )
    worker.get_by_role("button", name="添加").click()
    worker.get_by_label("所见情况").fill("桥栏有一处松动")
    worker.get_by_role("button", name="记下").click()
    worker.get_by_role("button", name="结束巡逻").click()
    expect(worker.locator("#share")).to_contain_text("%")
    # Half of it was walked: the second checkpoint was not reached.
    expect(worker.locator("#passings")).to_contain_text("未到")
    share = int((worker.locator("#share").inner_text()).split()[0])
    assert 0 < share < 95

    leader.goto(worker.url)
    leader.get_by_role("button", name="确认本次巡逻").click()
    expect(leader.locator("h1 .case-chip")).to_have_text("队长已确认")
    leader.goto(f"{site}/patrols/")
    leader.locator("#runs .case-link", has_text="（演示）").first.click()
    settled(leader)
    picture(leader, "patrol-run", tmp_path)
    leader.goto(f"{site}/patrols/coverage/")
    settled(leader)
    expect(leader.locator("#share")).to_contain_text("%")
    picture(leader, "patrol-lanes", tmp_path)


def test_from_the_list_of_gaps_to_the_map(open_map: OpenMap, site: str, tmp_path: Path) -> None:
    town = open_map("town")
    town.locator("#cameras-open").click()
    expect(town.locator("#watch tbody tr")).to_have_count(20)
    town.locator("#watch tbody a").first.click()
    gap = town.locator("#gaps a").first
    expect(gap).to_contain_text("米")
    picture(town, "camera-gaps", tmp_path)
    gap.click()
    settled(town)
    assert "#18/" in town.url
    town.goto(f"{site}/cameras/?state=broken")
    town.locator("#cameras .case-link").first.click()
    town.get_by_role("link", name="上报故障").click()
    expect(town.get_by_label("事项类别")).to_have_value("camera-fault")
    town.get_by_role("button", name="受理", exact=True).click()
    expect(town.locator("h1")).to_contain_text("晋屏")
    expect(town.locator(".facts")).to_contain_text("路口")


def test_a_camera_is_tapped_on_the_map(open_map: OpenMap, site: str) -> None:
    police = open_map("police")
    cameras = police.request.get(f"{site}/api/v1/cameras?state=working").json()["cameras"]
    public = next(one for one in cameras if one["owner"] == "public")
    lon, lat = public["place"]
    police.goto(f"{site}/?again#18/{lat}/{lon}?off=households,incidents")
    settled(police)
    box = police.locator("#map").bounding_box()
    assert box is not None
    police.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(police.locator("h1")).to_contain_text(public["name"])
    informant = open_map("informant")
    assert informant.request.get(f"{site}/api/v1/cameras").status == 403
