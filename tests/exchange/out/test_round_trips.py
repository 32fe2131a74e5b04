"""What is read back from each format is what the product holds: places to 1e-7°, all attributes."""

import csv
import datetime as dt
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geocoordinates_ffi as geo
import geopandas
import openpyxl
import pyogrio
import pytest
from defusedxml import ElementTree
from django.utils import translation

from gis_grid.exchange.models import TakenOut
from gis_grid.exchange.out.formats.vector import short_names
from gis_grid.households.models import Household
from tests.conftest import LIJIA, QUANFENG

pytestmark = pytest.mark.django_db
Take = Callable[..., TakenOut]
PLACE = pytest.approx
HOSTILE = "=HYPERLINK(\"x\")，'3组'\\1号<b>&"


@pytest.fixture
def homes(household: Callable[..., Household]) -> list[Household]:
    made = [
        household(QUANFENG + "001", tags=("deputy", "low_income"), address=HOSTILE),
        household(QUANFENG + "002", visited_on=dt.date(2026, 5, 1), origin="elsewhere"),
        household(LIJIA + "001", people=0, head_name="王小"),
        household(QUANFENG + "003"),
    ]
    Household.objects.filter(pk=made[3].pk).update(geom=None, grid=None, area_code=QUANFENG)
    return list(Household.objects.order_by("pk"))


def expected(home: Household) -> dict[str, Any]:
    tags = {HOSTILE: "deputy,low_income"}.get(home.address, "")
    masked = {"李明德": "李*德", "王小": "王*"}[home.head_name]
    return {
        "code": home.code,
        "address": home.address,
        "head": masked,
        "people": home.people,
        "origin": home.origin,
        "tags": tags,
        "grid": home.area_code if home.grid_id else None,
        "village": home.area_code[:12],
        "registered_on": home.registered_on,
        "visited_on": home.visited_on,
        "revision": home.revision,
    }


def checked(frame: Any, homes: list[Household], names: dict[str, str] | None = None) -> None:
    rows = {row["code"]: row for _number, row in frame.iterrows()}
    assert set(rows) == {home.code for home in homes}
    for home in homes:
        row = rows[home.code]
        if home.geom is None:
            assert row.geometry is None
        else:
            assert (row.geometry.x, row.geometry.y) == PLACE(home.geom.coords, abs=1e-7)
        for name, value in expected(home).items():
            found = row[(names or {}).get(name, name)]
            if found is None or found != found:
                found = None
            elif isinstance(value, dt.date):
                found = found.date() if hasattr(found, "date") else dt.date.fromisoformat(found)
            assert found == value, name


def test_geopackage(cast: SimpleNamespace, homes: list[Household], take: Take) -> None:
    path = take(cast.town, "households", "gpkg").path
    frame = geopandas.read_file(path, layer="households")
    assert frame.crs.to_epsg() == 4490
    checked(frame, homes)
    book = sqlite3.connect(path)
    ((style, name),) = book.execute("SELECT styleQML, f_table_name FROM layer_styles").fetchall()
    assert name == "households"
    root = ElementTree.fromstring(style.partition(">")[2])
    values = [one.get("value") for one in root.iter("category")]
    assert values[:1] == [""]
    assert {"deputy", "low_income"} <= set(values)
    mark = dict(book.execute("SELECT key, value FROM taken_out").fetchall())
    assert "town" in mark["taken_out_by"]
    assert mark["purpose"]
    book.close()


@pytest.mark.parametrize("dataset", ["households", "large_grids", "roads", "water"])
def test_geopackage_is_styled_for_qgis(
    cast: SimpleNamespace, homes: list[Household], take: Take, dataset: str
) -> None:
    path = take(cast.town, dataset, "gpkg").path
    # What the GDAL of QGIS 3.22 reads without a warning.
    assert int.from_bytes(path.read_bytes()[60:64], "big") == 10_200
    with sqlite3.connect(path) as book:
        ((style, at),) = book.execute("SELECT styleQML, update_time FROM layer_styles").fetchall()
    assert dt.datetime.fromisoformat(at)
    root = ElementTree.fromstring(style.partition(">")[2])
    (written,) = root.iter("rendering")
    # From the nearest scale to the furthest; the other way round QGIS writes no name at all.
    assert int(written.get("scaleMin")) < int(written.get("scaleMax"))
    # An area that was an obstacle would keep away the names of what lies in it.
    assert written.get("obstacle") == ("1" if dataset == "households" else "0")
    kinds = {one.get("type") for one in root.iter("symbol")}
    if dataset in ("roads", "water"):
        assert kinds == {"fill", "line", "marker"}
        rules = [one.get("filter") for one in root.iter("rule")]
        assert all(f"='{kind}'" in " ".join(rules) for kind in ("Polygon", "Line", "Point"))
    else:
        assert kinds == {"marker" if dataset == "households" else "fill"}


def test_shapefile(
    cast: SimpleNamespace, homes: list[Household], take: Take, tmp_path: Path
) -> None:
    with zipfile.ZipFile(take(cast.town, "households", "shp").path) as book:
        book.extractall(tmp_path / "shape")
    (path,) = (tmp_path / "shape").glob("*.shp")
    assert path.with_suffix(".cpg").read_text().strip().upper() in ("GBK", "CP936", "936")
    assert HOSTILE.encode("gbk") in path.with_suffix(".dbf").read_bytes()
    frame = geopandas.read_file(path)
    names = dict(zip(expected(homes[0]), short_names(list(expected(homes[0]))), strict=True))
    assert max(len(name) for name in frame.columns if name != "geometry") <= 10
    # A DBF has no text that is empty and not nothing.
    frame["tags"] = frame["tags"].fillna("")
    checked(frame, homes, names)
    told = (tmp_path / "shape" / "说明.txt").read_text(encoding="utf-8-sig")
    assert "registered: registered_on" in told


def test_geojson(cast: SimpleNamespace, homes: list[Household], take: Take) -> None:
    path = take(cast.town, "households", "geojson").path
    body = json.loads(path.read_text())
    assert body["metadata"]["taken_out_by"].startswith("town")
    by_code = {one["properties"]["code"]: one for one in body["features"]}
    for home in homes:
        found = by_code[home.code]
        wanted = {
            name: value.isoformat() if isinstance(value, dt.date) else value
            for name, value in expected(home).items()
        }
        assert found["properties"].items() >= wanted.items()
        place = found["geometry"] and found["geometry"]["coordinates"]
        assert place == (home.geom and PLACE(list(home.geom.coords), abs=1e-7))
    assert len(geopandas.read_file(path)) == 4


@pytest.mark.parametrize("datum", ["wgs84", "gcj02"])
def test_kml(cast: SimpleNamespace, homes: list[Household], take: Take, datum: str) -> None:
    path = take(cast.town, "households", "kml", datum=datum).path
    frame = pyogrio.read_dataframe(path)
    assert len(frame) == 4
    space = {"k": "http://www.opengis.net/kml/2.2"}
    for mark in ElementTree.parse(path).iterfind(".//k:Placemark", space):
        data = {one.get("name"): one.text or "" for one in mark.iterfind(".//k:SimpleData", space)}
        (home,) = (one for one in homes if one.code == data["code"])
        for name, value in expected(home).items():
            assert data.get(name) == (None if value is None else str(value)), name
        at = mark.findtext(".//k:coordinates", namespaces=space)
        if home.geom is None:
            assert at is None
            continue
        lon, lat = (float(part) for part in (at or "").split(","))
        if datum == "gcj02":
            assert abs(lon - home.geom.x) > 1e-3
            back = geo.gcj02_to_wgs84_refined(geo.Gcj02(lat=lat, lon=lon))
            lon, lat = back.lon, back.lat
        assert (lon, lat) == PLACE(home.geom.coords, abs=1e-7)


def test_csv(cast: SimpleNamespace, homes: list[Household], take: Take) -> None:
    with translation.override("en"):
        path = take(cast.town, "households", "csv").path
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    mark, headings, *rows = csv.reader(raw.decode("utf-8-sig").splitlines())
    assert "town" in mark[0]
    assert "季度走访安排" in mark[0]
    found = {row[0]: dict(zip(headings, row, strict=True)) for row in rows}
    for home in homes:
        row, wanted = found[home.code], expected(home)
        assert row["Address"] == ("'" + HOSTILE if home.address == HOSTILE else home.address)
        assert row["Head of household"] == wanted["head"]
        assert row["People"] == str(home.people)
        assert row["Registered on"] == home.registered_on.isoformat()
        assert row["Visited last on"] == (home.visited_on or "") or home.visited_on is not None
        if home.geom is not None:
            place = float(row["Longitude"]), float(row["Latitude"])
            assert place == PLACE(home.geom.coords, abs=1e-7)
        else:
            assert row["Longitude"] == ""


def test_xlsx(cast: SimpleNamespace, homes: list[Household], take: Take) -> None:
    with translation.override("en"):
        path = take(cast.town, "households", "xlsx").path
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    mark, headings, *rows = book.active.iter_rows(values_only=True)
    assert "town" in mark[0]
    found = {row[0]: dict(zip(headings, row, strict=True)) for row in rows}
    for home in homes:
        row, wanted = found[home.code], expected(home)
        assert row["Address"] == ("'" + HOSTILE if home.address == HOSTILE else home.address)
        assert (row["Head of household"], row["People"]) == (wanted["head"], home.people)
        assert row["Village"] == ("李家村" if home.area_code.startswith(LIJIA) else "泉凤村")
        if home.geom is not None:
            assert (row["Longitude"], row["Latitude"]) == PLACE(home.geom.coords, abs=1e-7)
    assert not any(cell.data_type == "f" for line in book.active for cell in line)
    assert book.properties.creator == "town"


@pytest.mark.parametrize("name", ["regions", "large_grids", "small_grids"])
@pytest.mark.parametrize("form", ["gpkg", "shp", "geojson", "kml"])
def test_areas_come_whole(
    cast: SimpleNamespace,
    ground: dict[str, Any],
    take: Take,
    tmp_path: Path,
    name: str,
    form: str,
) -> None:
    from gis_grid.territory.datasets import dataset_for
    from gis_grid.territory.models import GridVersion, Region

    kept = take(cast.town, name, form)
    path = kept.path
    if form == "shp":
        with zipfile.ZipFile(path) as book:
            book.extractall(tmp_path / "shape")
        (path,) = (tmp_path / "shape").glob("*.shp")
    frame = geopandas.read_file(path)
    assert dataset_for(cast.town, name).shape == "MultiPolygon"
    held = (
        {row.code: row.geom for row in Region.objects.exclude(geom=None)}
        if name == "regions"
        else {row.grid.code: row.geom for row in GridVersion.objects.select_related("grid")}
    )
    assert len(frame) == kept.rows > 0
    for _number, row in frame.iterrows():
        wanted = geopandas.GeoSeries.from_wkb([bytes(held[row["code"]].wkb)])[0]
        assert row.geometry.normalize().equals_exact(wanted.normalize(), 1e-7) or (
            row.geometry.symmetric_difference(wanted).area < 1e-12
        )
