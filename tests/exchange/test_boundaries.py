"""Boundaries from map files: what fits is published, what does not is explained."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gis_grid.territory.models import GridVersion
from tests.conftest import LIJIA, QUANFENG, rectangle
from tests.exchange.conftest import Said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions", "cast")]
CODES = [QUANFENG + f"00{i}" for i in (1, 2, 3)]
NAMES = ["泉凤一组", "泉凤二组", "泉凤三组"]


def frame(*shapes: Any, crs: Any = 4490, **columns: Any) -> gpd.GeoDataFrame:
    shapes = shapes or tuple(rectangle(i) for i in range(3))
    values = {"code": CODES, "name": NAMES, "kind": ["small"] * 3, **columns}
    return gpd.GeoDataFrame(values, geometry=list(shapes), crs=crs)


def save(tmp_path: Path, data: gpd.GeoDataFrame, name: str = "own.gpkg", **options: Any) -> Path:
    path = tmp_path / name
    data.to_file(path, engine="pyogrio", **options)
    return path


def published() -> dict[str, shapely.Geometry]:
    versions = GridVersion.objects.at().filter(grid__level="small").select_related("grid")
    return {v.grid.code: shapely.from_wkb(bytes(v.geom.wkb)) for v in versions}


def test_a_county_officer_understands_an_overlap(run: Callable[..., Said], tmp_path: Path) -> None:
    """The walk: an own file with one overlap, refused in words and with a map of the place."""
    path = save(tmp_path, frame(rectangle(0, width=1.1), rectangle(1), rectangle(2)))
    places = tmp_path / "places.geojson"
    said = run("import_boundaries", path, user="county", errors=places)
    # Which grids, by code and name; how much land; where; what to do; that nothing happened.
    assert f"{CODES[0]} (泉凤一组) and {CODES[1]} (泉凤二组) overlap by" in said.err
    # 0.001° × 0.01° at 25.6°N: 100.4 m by 1,107.8 m.
    area = float(said.err.split("overlap by ")[1].split(" m²")[0].replace(",", ""))
    assert area == pytest.approx(100.4 * 1107.8, rel=5e-3)
    assert "112.4105000, 25.6050000" in said.err
    assert "Give that land to one of them only" in said.err
    assert "do not fit together in 1 places. Nothing was changed." in said.refusal
    assert not GridVersion.objects.exists()
    found = gpd.read_file(places)
    assert len(found) == 1
    assert found.crs.to_epsg() == 4326
    assert found.geometry[0].equals_exact(shapely.box(112.41, 25.60, 112.411, 25.61), 1e-6) or (
        found.geometry[0].symmetric_difference(shapely.box(112.41, 25.60, 112.411, 25.61)).area
        < 1e-12
    )
    assert found["names"][0] == "泉凤一组、泉凤二组"


def test_the_mended_file_is_published(run: Callable[..., Said], tmp_path: Path) -> None:
    said = run("import_boundaries", save(tmp_path, frame()), user="county")
    assert "3 new" in said.out
    assert set(published()) == set(CODES)
    again = run("import_boundaries", save(tmp_path, frame()), user="county")
    assert "0 new, 0 redrawn, 0 ended, 3 as before" in again.out


@pytest.mark.parametrize(
    "epsg",
    [
        pytest.param(4326, id="wgs84"),
        pytest.param(4547, id="cgcs2000-gk-114-northing-first"),
        pytest.param(4526, id="cgcs2000-gk-zone-38"),
        pytest.param(3857, id="web-mercator"),
    ],
)
def test_any_coordinate_system_is_brought_to_degrees(
    run: Callable[..., Said], tmp_path: Path, epsg: int
) -> None:
    path = save(tmp_path, frame().to_crs(epsg))
    assert run("import_boundaries", path).refusal == ""
    for i, code in enumerate(CODES):
        assert published()[code].hausdorff_distance(rectangle(i)) < 2e-7


def test_a_zipped_shapefile_with_chinese_names(run: Callable[..., Said], tmp_path: Path) -> None:
    data = frame().rename(columns={"code": "网格编码", "name": "名称", "kind": "类型"})
    save(tmp_path, data, "own.shz", driver="ESRI Shapefile", encoding="GBK")
    assert run("import_boundaries", tmp_path / "own.shz").refusal == ""
    names = set(GridVersion.objects.filter(grid__level="small").values_list("name", flat=True))
    assert names == set(NAMES)


def test_geojson(run: Callable[..., Said], tmp_path: Path) -> None:
    path = save(tmp_path, frame().to_crs(4326), "own.geojson", driver="GeoJSON")
    assert run("import_boundaries", path).refusal == ""
    assert set(published()) == set(CODES)


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("code", [CODES[0], CODES[1], "43102411120"], "no grid code"),
        ("code", [CODES[0], CODES[1], CODES[1]], "stands in feature 2"),
        ("code", [4.3102411120001e14, 1.5, 2.5], "no grid code"),
        ("name", ["一组", "", "三组"], "name is missing"),
        ("kind", ["small", "small", "大"], "no kind of grid"),
    ],
)
def test_a_fault_of_the_attribute_table(
    run: Callable[..., Said], tmp_path: Path, column: str, values: list[Any], expected: str
) -> None:
    said = run("import_boundaries", save(tmp_path, frame(**{column: values})))
    assert expected in said.err
    assert "Nothing was written" in said.refusal
    assert not GridVersion.objects.exists()


def test_a_feature_without_a_shape(run: Callable[..., Said], tmp_path: Path) -> None:
    path = save(tmp_path, frame(rectangle(0), rectangle(1), None))
    assert "no shape" in run("import_boundaries", path).err


def test_a_border_that_crosses_itself(run: Callable[..., Said], tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(112.4, 25.6), (112.41, 25.61), (112.41, 25.6), (112.4, 25.61)])
    said = run("import_boundaries", save(tmp_path, frame(bow_tie, rectangle(1), rectangle(2))))
    assert "crosses itself at 112.4050000, 25.6050000" in said.err


def test_faults_of_the_table_and_of_borders_are_told_together(
    run: Callable[..., Said], tmp_path: Path
) -> None:
    bow_tie = shapely.Polygon([(112.4, 25.6), (112.41, 25.61), (112.41, 25.6), (112.4, 25.61)])
    data = frame(bow_tie, rectangle(1), rectangle(2), name=["一组", "", "三组"])
    said = run("import_boundaries", save(tmp_path, data))
    assert "name is missing" in said.err
    assert "crosses itself" in said.err


def test_a_missing_column_is_named(run: Callable[..., Said], tmp_path: Path) -> None:
    path = save(tmp_path, frame().drop(columns="code"))
    said = run("import_boundaries", path)
    assert "lacks the column code" in said.refusal
    assert "name、kind" in said.refusal


def test_several_layers_ask_which(run: Callable[..., Said], tmp_path: Path) -> None:
    path = save(tmp_path, frame(), layer="small")
    save(tmp_path, frame(), layer="old", mode="a")
    assert "small, old" in run("import_boundaries", path).refusal
    assert "no layer new" in run("import_boundaries", path, layer="new").refusal
    assert run("import_boundaries", path, layer="small").refusal == ""


def test_no_coordinate_system_asks_for_it(run: Callable[..., Said], tmp_path: Path) -> None:
    path = save(tmp_path, frame(crs=None))
    assert "--crs EPSG:4490" in run("import_boundaries", path).refusal
    assert run("import_boundaries", path, crs="EPSG:4490").refusal == ""


@pytest.mark.parametrize(
    ("shift", "crs", "expected"),
    [
        (4526, 4490, "--crs EPSG:4526"),
        (4490, 4547, "they are degrees"),
        (4547, 3857, "outside China"),
    ],
)
def test_a_wrong_coordinate_system_is_noticed(
    run: Callable[..., Said], tmp_path: Path, shift: int, crs: int, expected: str
) -> None:
    data = frame().to_crs(shift).set_crs(crs, allow_override=True)
    assert expected in run("import_boundaries", save(tmp_path, data)).refusal
    assert not GridVersion.objects.exists()


def test_swapped_axes_are_noticed(run: Callable[..., Said], tmp_path: Path) -> None:
    swapped = [shapely.transform(rectangle(i), lambda xy: xy[:, ::-1]) for i in range(3)]
    assert "swapped" in run("import_boundaries", save(tmp_path, frame(*swapped))).refusal


def test_an_unknown_system_says_what_is_meant(run: Callable[..., Said], tmp_path: Path) -> None:
    path = save(tmp_path, frame())
    said = run("import_boundaries", path, crs="EPSG:999999")
    assert "“EPSG:999999” is not known" in said.refusal


def test_who_may_publish(run: Callable[..., Said], tmp_path: Path, cast: SimpleNamespace) -> None:
    path = save(tmp_path, frame())
    assert "Your role" in run("import_boundaries", path, user="worker").refusal
    assert run("import_boundaries", path, user="outsider").refusal == "Nothing is here."
    unknown = save(tmp_path, frame(code=[code.replace("200", "299") for code in CODES]))
    assert "No village has the code" in run("import_boundaries", unknown, user="county").refusal


def test_a_village_in_the_file_is_replaced_whole(
    run: Callable[..., Said], tmp_path: Path, ground: object
) -> None:
    path = save(
        tmp_path, frame().iloc[[1, 2]].assign(geometry=[rectangle(0, width=2), rectangle(2)])
    )
    assert "1 ended" in run("import_boundaries", path).out
    assert CODES[0] not in published()
    assert LIJIA + "001" in published()


def test_a_dry_run_writes_nothing(run: Callable[..., Said], tmp_path: Path) -> None:
    assert "3 new" in run("import_boundaries", save(tmp_path, frame()), dry_run=True).out
    assert not GridVersion.objects.exists()


def test_the_report_is_plain_geojson(run: Callable[..., Said], tmp_path: Path) -> None:
    path = save(tmp_path, frame(rectangle(0, width=1.1), rectangle(1), rectangle(2)))
    places = tmp_path / "places.geojson"
    run("import_boundaries", path, errors=places)
    content = json.loads(places.read_text())
    assert content["type"] == "FeatureCollection"
    assert content["features"][0]["properties"]["code"] == "overlap"
