"""`ogrinfo` and `ogr2ogr` as they are: they list, page through, filter, and get places right."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyogrio
import pytest

from gis_grid.core.crs import zone_epsg
from gis_grid.households.models import Household
from tests.conftest import LIJIA, OTHER_VILLAGE, QUANFENG
from tests.ogc.conftest import token_of
from tests.ogc.gdal import Gdal

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture
def homes(household: Callable[..., Household]) -> list[Household]:
    household(OTHER_VILLAGE + "001")
    grids = [QUANFENG + "001", LIJIA + "001", QUANFENG + "002"]
    return [household(grids[number % 3]) for number in range(25)]


@pytest.fixture
def gdal(live_server: Any, cast: SimpleNamespace, homes: list[Household], tmp_path: Path) -> Gdal:
    return Gdal(live_server.url, cast.town, tmp_path)


def test_the_collections_are_listed(gdal: Gdal) -> None:
    assert {"households", "small_grids", "large_grids", "regions", "roads"} <= set(gdal.layers())


def test_all_households_of_the_scope_come_page_by_page(gdal: Gdal, homes: list[Household]) -> None:
    found = gdal.features("households", "-oo", "PAGE_SIZE=7")["features"]
    places = {one["properties"]["code"]: one["geometry"]["coordinates"] for one in found}
    assert len(found) == 25
    for home in homes:
        assert places[home.code] == pytest.approx([home.geom.x, home.geom.y], abs=1e-7)
    assert found[0]["properties"]["head"] == "李*德"
    said = gdal.run("ogrinfo", "-ro", "-so", gdal.source, "households")
    assert "Feature Count: 25" in said


def test_a_box_and_an_attribute(gdal: Gdal, homes: list[Household]) -> None:
    inside = [home.code for home in homes if home.area_code == QUANFENG + "002"]
    box = gdal.features("households", "-spat", "112.41", "25.6", "112.42", "25.61")
    assert sorted(one["properties"]["code"] for one in box["features"]) == sorted(inside)
    one = gdal.features("households", "-where", f"code = '{homes[0].code}'")
    assert [found["properties"]["code"] for found in one["features"]] == [homes[0].code]


def test_a_day_in_a_filter(gdal: Gdal, homes: list[Household]) -> None:
    # GDAL asks by `datetime`, which is when a household was there, not when it was registered.
    Household.objects.filter(pk=homes[3].pk).update(registered_on="2026-03-02")
    before = gdal.features("households", "-where", "registered_on < '2026-03-01'")
    assert {found["properties"]["code"] for found in before["features"]} == {
        home.code for home in homes if home != homes[3]
    }


def test_a_day(live_server: Any, gdal: Gdal) -> None:
    url = f"{live_server.url}/ogc/collections/households"
    assert "Feature Count: 25" in gdal.run("ogrinfo", "-ro", "-so", "-al", f"OAPIF:{url}")
    then = f"{url}/items?datetime=2019-01-01"
    assert "Feature Count: 0" in gdal.run("ogrinfo", "-ro", "-so", "-al", then)


@pytest.mark.parametrize("epsg", [4490, 3857, zone_epsg(112.4)])
def test_ogr2ogr_brings_them_into_other_systems(
    gdal: Gdal, homes: list[Household], epsg: int, tmp_path: Path
) -> None:
    target = tmp_path / "out.gpkg"
    gdal.run("ogr2ogr", "-t_srs", f"EPSG:{epsg}", str(target), gdal.source, "households")
    frame = pyogrio.read_dataframe(target).to_crs(4490)
    at = {row.code: (row.geometry.x, row.geometry.y) for row in frame.itertuples()}
    for home in homes:
        assert at[home.code] == pytest.approx((home.geom.x, home.geom.y), abs=1e-7)


@pytest.mark.parametrize("epsg", [4490, 3857, zone_epsg(112.4)])
def test_a_system_that_the_service_writes_arrives_where_it_is(
    live_server: Any,
    cast: SimpleNamespace,
    homes: list[Household],
    epsg: int,
    tmp_path: Path,
) -> None:
    """By newer GDAL, which asks the service for the system and turns the axes as it knows them.

    In a process of its own: here it would wait for a thread of its own process.
    """
    target = tmp_path / "out.gpkg"
    options = ("GDAL_HTTP_AUTH=BEARER", f"GDAL_HTTP_BEARER={token_of(cast.town)}")
    script = (
        "import pyogrio, sys;"
        "pyogrio.set_gdal_config_options(dict(one.split('=', 1) for one in sys.argv[4:]));"
        "frame = pyogrio.read_dataframe(sys.argv[1], layer='households', CRS=sys.argv[2]);"
        "pyogrio.write_dataframe(frame, sys.argv[3])"
    )
    source = f"OAPIF:{live_server.url}/ogc/"
    asked = [sys.executable, "-c", script, source, f"{EPSG}{epsg}", str(target), *options]
    subprocess.run(asked, check=True, timeout=120)
    frame = pyogrio.read_dataframe(target)
    assert frame.crs.to_epsg() == epsg
    frame = frame.to_crs(4490)
    at = {row.code: (row.geometry.x, row.geometry.y) for row in frame.itertuples()}
    for home in homes:
        assert at[home.code] == pytest.approx((home.geom.x, home.geom.y), abs=1e-7)
