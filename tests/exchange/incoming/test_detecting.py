"""What a file is, told by its content: format, encoding, layers, columns, count, datum."""

from pathlib import Path
from typing import Any

import pytest

from gis_grid.exchange import sandbox
from gis_grid.exchange.incoming.datum import to_cgcs2000
from gis_grid.exchange.incoming.detecting import guess_datum, points_of, survey
from tests.exchange.incoming import files


def layer_of(found: dict[str, Any]) -> dict[str, Any]:
    return next(iter(found["layers"]))


def test_a_geopackage_of_qgis(tmp_path: Path) -> None:
    found = survey(files.gpkg(tmp_path / "a.gpkg", files.sites(4547)))
    layer = layer_of(found)
    assert (found["format"], layer["crs"], layer["count"]) == ("gpkg", "EPSG:4547", 3)
    assert layer["fields"] == ["名称"]
    assert layer["rows"][0] == ["村口"]
    guess = guess_datum(points_of(layer["points"]), files.BOX, declared=layer["crs"], hints=[])
    assert (guess.datum, guess.is_certain) == ("epsg:4547", True)


@pytest.mark.parametrize(
    ("encoding", "cpg"), [("gb18030", False), ("utf-8", False), ("utf-8", True)]
)
def test_a_shapefile_with_and_without_its_encoding(
    tmp_path: Path, encoding: str, cpg: bool
) -> None:
    found = survey(files.shapefile(tmp_path / "a.zip", files.sites(), encoding=encoding, cpg=cpg))
    assert found["format"] == "shp"
    assert found["encoding"].replace("-", "").lower() == encoding.replace("-", "")
    assert layer_of(found)["rows"][1] == ["小学"]


def test_a_geojson(tmp_path: Path) -> None:
    path = tmp_path / "a"
    files.sites().to_file(path, driver="GeoJSON", engine="pyogrio")
    found = survey(path)
    assert (found["format"], layer_of(found)["count"]) == ("geojson", 3)


def test_a_kml_of_ovital_is_asked_about_as_gcj02(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_bytes(files.kml(program="OvitalMap"))
    found = survey(path)
    layer = layer_of(found)
    assert (found["format"], layer["count"], found["hints"]) == ("kml", 2, ["ovital"])
    assert layer["fields"] == ["name", "description", "类别"]
    assert layer["rows"][0] == ["村口", "便民 服务点", "便民服务点"]
    guess = guess_datum(points_of(layer["points"]), files.BOX, hints=found["hints"])
    assert (guess.datum, guess.is_certain, guess.reasons) == ("gcj02", False, ("ovital",))
    assert "wgs84" in guess.others


def test_a_kmz_and_a_gpx(tmp_path: Path) -> None:
    packed, gpx = tmp_path / "a.kmz", tmp_path / "a.gpx"
    packed.write_bytes(files.kmz(files.kml()))
    gpx.write_bytes(files.GPX)
    assert survey(packed)["format"] == "kmz"
    found = survey(gpx)
    assert [layer["layer"] for layer in found["layers"]] == ["waypoints", "tracks"]
    assert layer_of(found)["rows"] == [["村口"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("名称,经度,纬度\n村口,112.4051,25.6052\n", encoding)
    found = survey(path)
    assert (found["format"], found["encoding"]) == ("csv", encoding)
    assert found["sheets"][0]["rows"] == [
        [1, ["名称", "经度", "纬度"]],
        [2, ["村口", "112.4051", "25.6052"]],
    ]


def test_a_workbook_has_its_sheets_with_their_rows(tmp_path: Path) -> None:
    rows = [["2026年登记表"], ["名称", "类别"], *([f"点{i}", "警务室"] for i in range(900))]
    found = survey(files.workbook(tmp_path / "a.xlsx", {"服务点": rows, "说明": [["x"]]}))
    assert [(s["name"], s["count"]) for s in found["sheets"]] == [("服务点", 902), ("说明", 1)]
    assert len(found["sheets"][0]["rows"]) == 400


def test_features_come_in_cgcs2000_and_as_a_table(tmp_path: Path) -> None:
    path = files.gpkg(tmp_path / "a.gpkg", files.sites(4525))
    _head, message = sandbox.parse("features", path, {"datum": "epsg:4525"}, sandbox.VECTORS)
    assert message["values"]["名称"] == files.NAMES
    (table,) = sandbox.parse("features", path, {"as_table": True}, sandbox.VECTORS)
    assert table["rows"] == [1, 2, 3, 4]
    names, lon, lat = (column.split("\0") for column in table["columns"])
    assert names == ["名称", *files.NAMES]
    place = to_cgcs2000(points_of([[float(lon[1]), float(lat[1])]]), "epsg:4525")
    assert place.tolist() == [list(files.PLACES[0])]


def test_a_zone_that_the_file_denies_is_asked_about(tmp_path: Path) -> None:
    """Metres of one zone, said to be of another: the people's own area knows better."""
    found = survey(
        files.gpkg(tmp_path / "a.gpkg", files.sites(4547).set_crs(4544, allow_override=True))
    )
    layer = layer_of(found)
    guess = guess_datum(points_of(layer["points"]), files.BOX, declared=layer["crs"], hints=[])
    assert (guess.datum, guess.is_certain) == ("epsg:4547", False)
    assert guess.reasons[0] == "contradicted"
