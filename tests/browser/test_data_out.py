"""From the filtered list to a file, a department's form and a report, as a cadre does it."""

from pathlib import Path

import openpyxl
import pyogrio
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenMap

pytestmark = pytest.mark.browser


def test_what_the_list_shows_becomes_a_file(open_map: OpenMap, tmp_path: Path) -> None:
    page = open_map("town")
    page.get_by_label("低保户", exact=True).check()
    page.locator("#table-open").click()
    page.get_by_role("link", name="更多格式").click()
    expect(page.get_by_role("heading", name="导出数据")).to_be_visible()
    expect(page.get_by_text("住户类别 低保户")).to_be_visible()
    page.get_by_label("格式").select_option("csv")
    page.get_by_label("用途").fill("低保户入户走访")
    page.get_by_label("存为报表").fill("低保月报")
    with page.expect_download() as taken:
        page.get_by_role("button", name="导出", exact=True).click()
    taken.value.save_as(tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "演示数据" in lines[0]
    assert len(lines) > 10
    page.reload()
    with page.expect_download():
        page.get_by_role("button", name="再出一份").click()


def test_what_the_map_shows_becomes_one_file(open_map: OpenMap, tmp_path: Path) -> None:
    page = open_map("town", hash="#15/25.600/112.420?off=reference,cameras")
    page.get_by_label("低保户", exact=True).check()
    page.locator("#data-open").click()
    expect(page.get_by_role("heading", name="导出数据")).to_be_visible()
    expect(page.get_by_text("地图画面")).to_be_visible()
    expect(page.get_by_role("checkbox", name="住户")).to_be_checked()
    expect(page.get_by_role("checkbox", name="道路")).not_to_be_checked()
    page.get_by_label("格式").select_option("gpkg")
    page.get_by_label("用途").fill("镇里开会用的地图")
    with page.expect_download() as taken:
        page.get_by_role("button", name="导出", exact=True).click()
    taken.value.save_as(tmp_path / "view.gpkg")
    layers = {str(name) for name, _kind in pyogrio.list_layers(tmp_path / "view.gpkg")}
    assert {"large_grids", "small_grids", "households", "incidents"} < layers
    assert not layers & {"roads", "water", "cameras"}
    homes = pyogrio.read_dataframe(tmp_path / "view.gpkg", layer="households")
    assert len(homes)
    assert all("low_income" in tags for tags in homes["tags"])


def test_a_form_from_a_sample(open_map: OpenMap, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["农户花名册"])
    book.active.append(["序号", "户主姓名", "家庭住址", "人口数", "备注"])
    book.active.merge_cells("A1:E1")
    book.save(tmp_path / "sample.xlsx")
    page = open_map("office", size=PHONE)
    page.goto(f"{page.url.split('#')[0]}data/layouts/")
    page.get_by_label("名称").fill("花名册")
    page.get_by_label("带表头的样表").set_input_files(tmp_path / "sample.xlsx")
    page.get_by_role("button", name="制作").click()
    expect(page.get_by_role("heading", name="花名册")).to_be_visible()
    chosen = page.get_by_label("填什么").evaluate_all("all => all.map((one) => one.value)")
    assert chosen == ["#", "head", "address", "people", ""]
    too_wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    assert not too_wide


def test_the_gis_office_finds_its_addresses(open_map: OpenMap) -> None:
    page = open_map("worker")
    # Whoever may load files but take none out comes to the files first.
    page.locator("#data-open").click()
    page.get_by_role("link", name="GIS 办公室").click()
    expect(page.get_by_role("heading", name="GIS 办公室")).to_be_visible()
    expect(page.get_by_text("OAPIF:http").first).to_be_visible()
