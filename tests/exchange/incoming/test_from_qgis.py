"""Files that QGIS 3.22.16 has saved (`brought/qgis`), the whole way: into a draft, the register,
the roads; in each system and encoding with its names, its Chinese and its places.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shapely

from gis_grid.exchange.incoming.detecting import survey
from gis_grid.households.models import Household
from gis_grid.territory.models import PlanCell, ReferenceFeature
from tests.conftest import JINPING, QUANFENG
from tests.exchange.incoming import files
from tests.plans.conftest import new_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
Bring = Callable[..., Any]
QGIS = Path(__file__).parent / "brought" / "qgis"
WEST_EAST = [(112.40, 112.412), (112.412, 112.42)]
HOMES = {
    QUANFENG + "00001": ("李明德", "泉凤村1号", "resident"),
    QUANFENG + "00002": ("王小", "泉凤村2号，桥头", "elsewhere"),
    QUANFENG + "00003": ("欧阳建国", "泉凤村3号", "resident"),
}


@pytest.mark.parametrize(
    ("name", "layer", "datum"),
    [
        ("map.gpkg", "网格", "cgcs2000"),
        ("grids_gbk.zip", "网格", "epsg:4547"),
        ("grids_utf8.zip", "网格", "epsg:4526"),
        ("grids.geojson", "网格", "cgcs2000"),
        ("grids_4547.geojson", "网格", "epsg:4547"),
        ("grids_swapped.geojson", "网格", "wgs84:yx"),
        ("grids.kml", "placemarks", "wgs84"),
        ("grids_wkt.csv", "WKT", "wgs84"),
    ],
)
def test_grids_come_into_a_draft(
    wizard: Bring, cast: SimpleNamespace, name: str, layer: str, datum: str
) -> None:
    plan = new_draft(cast.town)
    one = wizard(QGIS / name, cast.town)
    options = {"plan": str(plan.pk), "village": QUANFENG}
    checked = one.check("boundaries", layer=layer, options=options)
    assert (checked.state, checked.said, checked.result["problems"]) == ("checked", "", [])
    assert checked.chosen["datum"] == datum
    assert one.load().state == "done"
    cells = PlanCell.objects.filter(plan=plan).order_by("code")
    assert [(cell.code, cell.name) for cell in cells][:2] == [
        (QUANFENG + "001", "一组"),
        (QUANFENG + "002", "二组（桥头）"),
    ]
    for cell, (west, east) in zip(cells, WEST_EAST, strict=False):
        assert cell.geom is not None
        assert cell.geom.extent == pytest.approx((west, 25.60, east, 25.61), abs=2e-7)


@pytest.mark.parametrize(
    ("name", "layer", "datum"),
    [
        ("map.gpkg", "住户", "epsg:4547"),
        ("homes_gbk.zip", "住户", "epsg:4526"),
        ("homes_utf8.zip", "住户", "cgcs2000"),
        ("homes_no_cpg.zip", "住户", "epsg:4547"),
        ("homes_ldid.zip", "住户", "epsg:4547"),
        ("homes_swapped.zip", "住户", "epsg:4547:yx"),
        ("homes.geojson", "住户", "wgs84"),
        ("homes.kml", "placemarks", "wgs84"),
        ("homes_wkt.csv", "WKT", "epsg:4547"),
        ("homes_xy.csv", "", "wgs84"),
        ("homes_yx.csv", "", "epsg:4547"),
    ],
)
def test_households_come_into_the_register(
    wizard: Bring, name: str, layer: str, datum: str
) -> None:
    one = wizard(QGIS / name)
    checked = one.check("households", layer=layer)
    assert (checked.state, checked.said, checked.result["problems"]) == ("checked", "", [])
    assert checked.chosen["datum"] == datum
    assert one.load().state == "done"
    made = {home.code: home for home in Household.objects.select_related("grid")}
    assert {code: (h.head_name, h.address, h.origin) for code, h in made.items()} == HOMES
    for number, (home, place) in enumerate(zip(made.values(), files.PLACES, strict=True), start=1):
        assert home.geom is not None
        assert home.geom.coords == pytest.approx(place, abs=2e-7)
        assert home.grid is not None
        assert home.grid.code == f"{QUANFENG}{number:03d}"
    assert made[QUANFENG + "00001"].registered_on == dt.date(2024, 3, 1)


@pytest.mark.parametrize(
    ("name", "layer"), [("map.gpkg", "道路"), ("roads.kml", "placemarks"), ("roads_wkt.csv", "WKT")]
)
def test_roads_are_what_one_finds_the_way_by(
    wizard: Bring, cast: SimpleNamespace, name: str, layer: str
) -> None:
    one = wizard(QGIS / name, cast.county)
    one.check("reference", layer=layer, options={"area": JINPING, "layer": "road"})
    assert one.load().said == ""
    roads = ReferenceFeature.objects.order_by("name")
    assert [(road.name, road.kind) for road in roads] == [("桥头巷", "巷道"), ("泉凤路", "村道")]
    line = shapely.from_wkb(bytes(roads[0].geom.wkb))
    assert shapely.get_coordinates(line) == pytest.approx(
        shapely.get_coordinates(shapely.from_wkt("LINESTRING (112.409 25.604, 112.409 25.609)")),
        abs=2e-7,
    )


def test_names_that_a_shapefile_has_cut_are_known(wizard: Bring) -> None:
    """In UTF-8 it has room for three characters and a third of the next."""
    found = survey(QGIS / "homes_utf8.zip")
    assert found["encoding"] == "utf-8"
    assert found["layers"][0]["fields"] == [
        "户编号",
        "村代码",
        "地址",
        "户主姓",
        "户籍类",
        "登记日",
    ]
