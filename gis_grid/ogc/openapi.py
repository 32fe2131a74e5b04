"""The services as OpenAPI 3.0: what clients read to learn how large a page may be."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis_grid.ogc import editing
from gis_grid.ogc.asking import MOST, USUAL
from gis_grid.ogc.documents import GEOJSON, address
from gis_grid.territory.datasets import Dataset

Json = dict[str, Any]


def _parameter(name: str, form: Json, where: str = "query") -> Json:
    return {"name": name, "in": where, "required": where == "path", "schema": form}


_TEXT: Json = {"type": "string"}
PARAMETERS: dict[str, Json] = {
    "limit": _parameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    ),
    "bbox": _parameter("bbox", {"type": "array", "items": {"type": "number"}, "minItems": 4})
    | {"style": "form", "explode": False},
    "bbox-crs": _parameter("bbox-crs", {"type": "string", "format": "uri"}),
    "datetime": _parameter("datetime", _TEXT),
    "crs": _parameter("crs", {"type": "string", "format": "uri"}),
    "filter": _parameter("filter", _TEXT),
    "filter-lang": _parameter("filter-lang", {"type": "string", "enum": ["cql2-text"]}),
    "filter-crs": _parameter("filter-crs", {"type": "string", "format": "uri"}),
    "properties": _parameter("properties", _TEXT),
    "featureId": _parameter("featureId", _TEXT, "path"),
}
_ITEMS = (
    "limit", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs",
    "properties",
)  # fmt: skip


def document(request: HttpRequest, datasets: Sequence[Dataset]) -> Json:
    paths: Json = {
        "/": {"get": _operation(_("This service"))},
        "/conformance": {"get": _operation(_("What it conforms to"))},
        "/collections": {"get": _operation(_("Collections that you see"))},
    }
    for dataset in datasets:
        paths |= _paths(dataset)
    return {
        "openapi": "3.0.3",
        "info": {"title": _("Gis Grid"), "version": "1"},
        "servers": [{"url": address(request, "ogc").rstrip("/")}],
        "security": [{"token": []}, {"password": []}],
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                # The token as password.
                "password": {"type": "http", "scheme": "basic"},
            },
            "parameters": PARAMETERS,
        },
        "paths": paths,
    }


def _operation(summary: str, *parameters: str, kind: str = "application/json") -> Json:
    return {
        "summary": summary,
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in parameters],
        "responses": {"200": {"description": summary, "content": {kind: {}}}},
    }


def _paths(dataset: Dataset) -> Json:
    title = str(dataset.title)
    base = f"/collections/{dataset.name}"
    items: Json = {"get": _operation(title, *_ITEMS, kind=GEOJSON)}
    item: Json = {"get": _operation(title, "featureId", "crs", kind=GEOJSON)}
    for method in editing.methods_of(dataset.name):
        target = items if method == "POST" else item
        names = () if method == "POST" else ("featureId",)
        target[method.lower()] = _operation(title, *names) | (
            {} if method == "DELETE" else {"requestBody": {"content": {GEOJSON: {}}}}
        )
    return {
        base: {"get": _operation(title)},
        f"{base}/queryables": {"get": _operation(_("What filters may name"))},
        f"{base}/schema": {"get": _operation(_("The properties of a feature"))},
        f"{base}/items": items,
        f"{base}/items/{{featureId}}": item,
    }
