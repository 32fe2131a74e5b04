"""The wizard by hand: a workbook of the village, and a zipped Shapefile in GBK and in metres."""

import re
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenMap
from tests.browser.site import environment, manage
from tests.exchange.incoming import files

pytestmark = pytest.mark.browser


def work() -> None:
    """What the worker would do."""
    env = environment(str(settings.DATABASE_OWNER_URL))
    manage(env, "procrastinate", "worker", "--one-shot")


def bring(page: Page, site: str, path: Path) -> None:
    page.goto(f"{site}/data/in/")
    page.set_input_files("#file", path)
    page.get_by_role("button", name="上传文件").click()
    expect(page.locator("#check-form")).to_be_visible(timeout=30_000)


def step(page: Page, button: str) -> None:
    """Press a button whose work the worker does; the page goes on by itself."""
    page.get_by_role("button", name=button).click()
    expect(page.locator("#at-work")).to_be_visible()
    work()
    expect(page.locator("#state")).to_be_visible(timeout=30_000)


def test_cameras_of_a_zipped_shapefile_in_gbk(open_map: OpenMap, site: str, tmp_path: Path) -> None:
    page = open_map("county")
    lon, lat = 112.37, 25.59
    points = [shapely.Point(lon + i * 0.001, lat) for i in range(3)]
    frame = gpd.GeoDataFrame(
        {
            "点位名称": [f"新装{i}号" for i in range(3)],
            "朝向": [0.0, 90.0, 180.0],
            "视场角": [90.0] * 3,
            "村代码": ["431024111200"] * 3,
        },
        geometry=points,
        crs=4490,
    )
    path = files.shapefile(tmp_path / "摄像头.zip", frame.to_crs(4547))
    bring(page, site, path)
    expect(page.locator("#target")).to_have_value("cameras")
    expect(page.locator("#datum")).to_have_value("epsg:4547")
    expect(page.locator("#detected")).to_contain_text("gb18030")
    # Another zone of the list puts them elsewhere: the page says so only by the map.
    expect(page.locator("#col-camera-name")).to_have_value("0")
    step(page, "检查")
    expect(page.locator("#counts tbody td").first).to_have_text("3")
    step(page, "导入")
    expect(page.locator("#state")).to_contain_text("已导入")
    step(page, "整体撤销")
    expect(page.locator("#state")).to_contain_text("已撤销")


def test_service_points_of_a_workbook_from_a_web_map(
    open_map: OpenMap, site: str, tmp_path: Path
) -> None:
    page = open_map("county")
    rows = [
        ["2026年便民服务点登记表"],
        ["名称", "类型", "村代码", "经度", "纬度"],
        ["新服务点", "便民服务点", "431024111200", 112.3723, 25.5901],
        ["坏行", "没有这类", "431024111200", 112.3723, 25.5901],
    ]
    bring(page, site, files.workbook(tmp_path / "点.xlsx", {"服务点": rows}))
    expect(page.locator("#target")).to_have_value("service_points")
    page.select_option("#datum", "gcj02")
    expect(page.locator("#jump")).to_contain_text("网络地图的偏差")
    metres = int(page.locator("#jump").get_attribute("data-metres") or 0)
    assert 100 < metres < 700
    step(page, "检查")
    expect(page.locator("#problems tbody tr")).to_have_count(1)
    expect(page.locator("#problems")).to_contain_text("没有这类")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("全部错误")).click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.locator("[name=keep_good]").check()
    step(page, "导入")
    expect(page.locator("#state")).to_contain_text("已导入")


def test_a_foreign_table_on_a_phone(open_map: OpenMap, site: str, tmp_path: Path) -> None:
    page = open_map("office", size=PHONE, touch=True)
    path = tmp_path / "点位.csv"
    # Metres of the zone of 111°E, under headings that nobody knows.
    path.write_text(
        "点位叫啥,哪一类,横,纵\n手机站,便民服务点,642654.0,2833284.0\n"
        "坏点,月球站,642754.0,2833384.0\n",
        encoding="gb18030",
    )
    bring(page, site, path)
    page.locator("#target").select_option("service_points")
    expect(page.locator("#col-service_point-name")).to_be_visible()
    # What stands in the columns is shown beside their names.
    expect(page.locator("#col-service_point-name")).to_contain_text("点位叫啥 · 手机站")
    expect(page.locator("#datum")).to_have_count(0)
    for key, at in {"name": "0", "kind": "1", "lon": "2", "lat": "3"}.items():
        page.locator(f"#col-service_point-{key}").select_option(at)
        page.wait_for_load_state()
    # The page guesses by the columns that were chosen, and keeps them.
    expect(page.locator("#datum")).to_have_value("epsg:4546")
    expect(page.locator("#col-service_point-name")).to_have_value("0")
    step(page, "检查")
    expect(page.locator("#problems")).to_contain_text("月球站")
    page.get_by_role("link", name="返回列与坐标").click()
    expect(page.locator("#target")).to_have_value("service_points")
    expect(page.locator("#datum")).to_have_value("epsg:4546")
    step(page, "检查")
    page.get_by_label("略过有错的行").check()
    step(page, "导入")
    expect(page.locator("#state")).to_contain_text("已导入")
    assert not page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    step(page, "整体撤销")
    expect(page.locator("#state")).to_contain_text("已撤销")
