"""OGC API – Tiles: the map's own vector tiles by bearer token, one layer or all in one tile."""

import hashlib
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import BusyError, MissingError
from gis_grid.core.middleware import error_response
from gis_grid.navmap.home import home_of
from gis_grid.navmap.layers import layer_named, layer_names
from gis_grid.navmap.tiles import serve
from gis_grid.navmap.tiles.shortcut import request_of
from gis_grid.navmap.tiles.viewer import Viewer
from gis_grid.ogc.access import by_token
from gis_grid.ogc.documents import address, link
from gis_grid.ogc.style import STYLE_TYPE, style_of

Json = dict[str, Any]
MATRIX = "WebMercatorQuad"
MATRIX_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
MVT = serve.CONTENT_TYPE
# All layers that the person sees, one after the other in each tile.
TOGETHER = "map"
LAST_ZOOM, MATRICES = 18, 22
_TILE_PX = 256
_TOP_SCALE = 559082264.0287178
_HALF_WORLD_M = 20037508.342789244
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_AREA = {"code": "String", "level": "String", "name": "String"}
_COUNTED = _AREA | {"households": "Number", "people": "Number"}
# Layers inside the tiles (docs/architecture.md, "The map's contract").
INSIDE: dict[str, dict[str, dict[str, str]]] = {
    "regions": {"region": _AREA, "region_label": _COUNTED},
    "reference": {
        "road": {"kind": "String", "name": "String"},
        "water": {"kind": "String", "name": "String"},
    },
    "grids": {
        "grid": _AREA | {"kind": "String"},
        "grid_label": _COUNTED | {"kind": "String"},
    },
    "households": {
        "cluster": {"n": "Number"},
        "household": {"id": "Number", "mask": "Number"},
    },
    "cameras": {
        "camera": {"id": "Number", "owner": "String", "state": "String"},
        "sector": {"id": "Number", "state": "String"},
    },
    "service_points": {"service_point": {"id": "Number", "kind": "String", "name": "String"}},
    "incidents": {
        "incident": {"id": "Number", "kind": "String", "severity": "Number", "look": "String"},
        "incident_heap": {"n": "Number"},
    },
}


def _tilesets() -> list[str]:
    return [TOGETHER, *(name for name in INSIDE if name in layer_names())]


def _parts(name: str) -> list[str]:
    """The layers of a tileset; MissingError where there is none of the name."""
    known = _tilesets()
    if name not in known:
        raise MissingError
    return known[1:] if name == TOGETHER else [name]


def _template(request: HttpRequest, name: str) -> str:
    # Placeholders are written as they are, so not by `reverse`.
    return f"{address(request, 'ogc_tileset', name)}/{MATRIX}/{{z}}/{{y}}/{{x}}"


def _template_of_ogc(request: HttpRequest, name: str) -> str:
    base = f"{address(request, 'ogc_tileset', name)}/{MATRIX}"
    return f"{base}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"


def _tileset(request: HttpRequest, name: str) -> Json:
    return {
        "title": _("All layers of the map") if name == TOGETHER else name,
        "dataType": "vector",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
        "tileMatrixSetURI": MATRIX_URI,
        "links": [
            link(address(request, "ogc_tileset", name), "self"),
            link(_template_of_ogc(request, name), "item", MVT) | {"templated": True},
            link(address(request, "ogc_tilejson", name), "describedby"),
            link(address(request, "ogc_tile_matrix_set", MATRIX), f"{_REL}tiling-scheme"),
        ],
    }


@by_token("GET")
def tilesets(request: HttpRequest, user: User) -> HttpResponse:
    found = [_tileset(request, name) for name in _tilesets()]
    own = link(address(request, "ogc_tilesets"), "self")
    return JsonResponse({"tilesets": found, "links": [own]})


@by_token("GET")
def tileset(request: HttpRequest, user: User, name: str) -> HttpResponse:
    layers = [
        {"id": inner, "dataType": "vector", "propertiesSchema": {"properties": list(fields)}}
        for part in _parts(name)
        for inner, fields in INSIDE[part].items()
    ]
    return JsonResponse(_tileset(request, name) | {"layers": layers})


@by_token("GET")
def tilejson(request: HttpRequest, user: User, name: str) -> HttpResponse:
    parts = _parts(name)
    bounds = home_of(user).bounds
    return JsonResponse(
        {
            "tilejson": "3.0.0",
            "name": name,
            "scheme": "xyz",
            "tiles": [_template(request, name)],
            "minzoom": min(layer_named(part).min_zoom for part in parts),
            "maxzoom": LAST_ZOOM,
            **({"bounds": bounds} if bounds else {}),
            "vector_layers": [
                {"id": inner, "fields": fields}
                for part in parts
                for inner, fields in INSIDE[part].items()
            ],
        }
    )


@by_token("GET")
def tile(
    request: HttpRequest, user: User, name: str, matrix: str, z: int, row: int, column: int
) -> HttpResponse:
    """A tile in the person's sight; a tile out of it is an empty one, like any empty."""
    if matrix != MATRIX:
        raise MissingError
    viewer = Viewer.of(user)
    held = request.headers.get("If-None-Match", "")
    query = request.META.get("QUERY_STRING", "")
    try:
        found = [
            serve.answer(viewer, request_of(f"{part}/{z}/{column}/{row}.mvt", query))
            for part in _parts(name)
        ]
    except BusyError as error:
        refusal = error_response(request, error)
        refusal["Retry-After"] = "2"
        return refusal
    text = "".join(one.etag for one in found)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:40]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
    if etag in held:
        return HttpResponseNotModified(headers=headers)
    body = b"".join(one.body or b"" for one in found)
    return HttpResponse(body, content_type=MVT, headers=headers)


@by_token("GET")
def matrix_sets(request: HttpRequest, user: User) -> HttpResponse:
    own = link(address(request, "ogc_tile_matrix_set", MATRIX), "self")
    return JsonResponse(
        {"tileMatrixSets": [{"id": MATRIX, "uri": MATRIX_URI, "links": [own]}]},
        status=HTTPStatus.OK,
    )


@by_token("GET")
def matrix_set(request: HttpRequest, user: User, name: str) -> HttpResponse:
    if name != MATRIX:
        raise MissingError
    matrices = [
        {
            "id": str(z),
            "scaleDenominator": _TOP_SCALE / 2**z,
            "cellSize": 2 * _HALF_WORLD_M / (_TILE_PX * 2**z),
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-_HALF_WORLD_M, _HALF_WORLD_M],
            "tileWidth": _TILE_PX,
            "tileHeight": _TILE_PX,
            "matrixWidth": 2**z,
            "matrixHeight": 2**z,
        }
        for z in range(MATRICES)
    ]
    return JsonResponse(
        {
            "id": MATRIX,
            "uri": MATRIX_URI,
            "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
            "orderedAxes": ["X", "Y"],
            "tileMatrices": matrices,
        }
    )


@by_token("GET")
def style(request: HttpRequest, user: User) -> HttpResponse:
    """A style of Mapbox's form (version 8) over the tileset of all layers."""
    source = {
        "type": "vector",
        "tiles": [_template(request, TOGETHER)],
        "minzoom": 0,
        "maxzoom": LAST_ZOOM,
    }
    return JsonResponse(
        style_of(source), content_type=STYLE_TYPE, json_dumps_params={"ensure_ascii": False}
    )
