"""Tiles by token: the same bytes as the map's, one layer or all, with a style that names them."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.households.models import Household
from tests.conftest import QUANFENG
from tests.navmap.conftest import decoded, fresh_tiles, tiles_in_transaction
from tests.navmap.places import tile_at

__all__ = ["fresh_tiles", "tiles_in_transaction"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tiles_in_transaction")]
GRID = QUANFENG + "001"


def path_of(name: str, z: int) -> str:
    x, y = tile_at(112.405, 25.605, z)
    return f"tiles/{name}/WebMercatorQuad/{z}/{y}/{x}"


def test_a_tile_is_that_of_the_map(
    cast: SimpleNamespace, household: Callable[..., Household], service: Callable
) -> None:
    household(GRID)
    worker = service(cast.worker)
    one = worker.response(path_of("grids", 14))
    assert one["Content-Type"] == "application/vnd.mapbox-vector-tile"
    names = {feature["name"] for feature in decoded(one.content)["grid_label"]}
    assert "网格001" in names
    every = decoded(worker.response(path_of("map", 16)).content)
    assert {"grid", "household"} <= set(every)
    again = worker.response(path_of("map", 16), headers={"if-none-match": "nothing"})
    held = worker.response(path_of("map", 16), headers={"if-none-match": again["ETag"]})
    assert (held.status_code, held.content) == (304, b"")


def test_out_of_scope_is_empty(
    cast: SimpleNamespace, household: Callable[..., Household], service: Callable
) -> None:
    household(GRID)
    for name in ("map", "grids", "households"):
        assert service(cast.outsider).response(path_of(name, 16)).content == b""
    for path in (
        "tiles/nothing/WebMercatorQuad/1/0/0",
        "tiles/map/Other/1/0/0",
        "tiles/map/WebMercatorQuad/1/7/0",
        "tiles/nothing",
        "tileMatrixSets/Other",
    ):
        assert service(cast.worker).response(path).status_code == 404
    assert service(None).response(path_of("map", 16)).status_code == 401


def test_what_leads_there(
    cast: SimpleNamespace, ground: dict[str, object], service: Callable
) -> None:
    get = service(cast.worker).get
    sets = get("tiles")[1]["tilesets"]
    assert len(sets) >= 7
    _status, said = get("tiles/map/tilejson")
    (template,) = said["tiles"]
    assert template.endswith("/ogc/tiles/map/WebMercatorQuad/{z}/{y}/{x}")
    inside = {layer["id"] for layer in said["vector_layers"]}
    _status, style = get("styles/map")
    assert style["version"] == 8
    assert {layer["source-layer"] for layer in style["layers"]} <= inside
    labels = [layer for layer in style["layers"] if layer["type"] == "symbol"]
    assert all("SC" in layer["layout"]["text-font"][0] for layer in labels)
    quad = get("tileMatrixSets/WebMercatorQuad")[1]
    assert quad["tileMatrices"][1]["matrixWidth"] == 2
