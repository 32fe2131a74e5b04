"""What the services say of themselves: landing page, collections, queryables, schema."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.ogc import editing
from gis_grid.ogc.crs import CRS84, Crs, known_to
from gis_grid.territory.datasets import Column, Dataset, served_columns

Json = dict[str, Any]
GEOJSON, JSON = "application/geo+json", "application/json"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_SPEC = "http://www.opengis.net/spec/"
CONFORMS = [
    f"{_SPEC}ogcapi-common-1/1.0/conf/core",
    f"{_SPEC}ogcapi-common-2/1.0/conf/collections",
    f"{_SPEC}ogcapi-features-1/1.0/conf/core",
    f"{_SPEC}ogcapi-features-1/1.0/conf/oas30",
    f"{_SPEC}ogcapi-features-1/1.0/conf/geojson",
    f"{_SPEC}ogcapi-features-2/1.0/conf/crs",
    f"{_SPEC}ogcapi-features-3/1.0/conf/filter",
    f"{_SPEC}ogcapi-features-3/1.0/conf/features-filter",
    f"{_SPEC}ogcapi-features-3/1.0/conf/queryables",
    f"{_SPEC}cql2/1.0/conf/cql2-text",
    f"{_SPEC}cql2/1.0/conf/basic-cql2",
    f"{_SPEC}cql2/1.0/conf/advanced-comparison-operators",
    f"{_SPEC}cql2/1.0/conf/case-insensitive-comparison",
    f"{_SPEC}cql2/1.0/conf/basic-spatial-functions",
    f"{_SPEC}cql2/1.0/conf/property-property",
    f"{_SPEC}ogcapi-features-4/1.0/conf/create-replace-delete",
    f"{_SPEC}ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    f"{_SPEC}ogcapi-tiles-1/1.0/conf/core",
    f"{_SPEC}ogcapi-tiles-1/1.0/conf/tileset",
    f"{_SPEC}ogcapi-tiles-1/1.0/conf/tilesets-list",
    f"{_SPEC}ogcapi-tiles-1/1.0/conf/mvt",
    f"{_SPEC}tms/2.0/conf/tilematrixset",
]
_FORMS: dict[str, Json] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
}


def link(href: str, rel: str, kind: str = JSON, title: str = "") -> Json:
    said = {"href": href, "rel": rel, "type": kind}
    return said | ({"title": title} if title else {})


def address(request: HttpRequest, name: str, *args: str) -> str:
    return request.build_absolute_uri(reverse(name, args=args))


def landing(request: HttpRequest) -> Json:
    def to(name: str, rel: str, kind: str = JSON) -> Json:
        return link(address(request, name), rel, kind)

    return {
        "title": _("Gis Grid"),
        "description": _(
            "Regions, grids, households and what stands beside them, within your scope."
        ),
        "links": [
            to("ogc", "self"),
            to("ogc_api", "service-desc", OPENAPI),
            to("ogc_conformance", "conformance"),
            to("ogc_conformance", f"{_REL}conformance"),
            to("ogc_collections", "data"),
            to("ogc_tilesets", f"{_REL}tilesets-vector"),
            to("ogc_tile_matrix_sets", f"{_REL}tiling-schemes"),
            link(address(request, "ogc_style"), "stylesheet", "application/vnd.mapbox.style+json"),
        ],
    }


def collections(request: HttpRequest, user: User, datasets: Sequence[Dataset]) -> Json:
    systems = known_to(user)
    return {
        "links": [link(address(request, "ogc_collections"), "self")],
        "crs": [crs.uri for crs in systems],
        "collections": [
            collection(request, user, dataset, systems, shared=True) for dataset in datasets
        ],
    }


def collection(
    request: HttpRequest,
    user: User,
    dataset: Dataset,
    systems: Sequence[Crs],
    *,
    shared: bool = False,
) -> Json:
    """A collection; `shared`: its systems are those at the head of the list."""

    def to(name: str, rel: str, kind: str) -> Json:
        return link(address(request, name, dataset.name), rel, kind)

    extent: Json = {}
    if frame := _frame(user, dataset):
        extent["spatial"] = {"bbox": [frame], "crs": CRS84}
    if dataset.times is not None:
        extent["temporal"] = {
            "interval": [[None, None]],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return {
        "id": dataset.name,
        "title": str(dataset.title),
        "itemType": "feature",
        "extent": extent,
        "crs": ["#/crs"] if shared else [crs.uri for crs in systems],
        "storageCrs": CRS84,
        "links": [
            to("ogc_collection", "self", JSON),
            to("ogc_items", "items", GEOJSON),
            to("ogc_queryables", f"{_REL}queryables", SCHEMA),
            to("ogc_queryables", "queryables", SCHEMA),
            to("ogc_schema", f"{_REL}schema", SCHEMA),
            to("ogc_schema", "describedby", SCHEMA),
        ],
    }


def _frame(user: User, dataset: Dataset) -> list[float] | None:
    """The box of all that the person sees of it; None where there is nothing."""
    sight = dataset.sight(user)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM ("
            f" SELECT ST_Extent({dataset.geometry}) AS e FROM {dataset.relation}"
            f" WHERE {sight.where}) frame",
            sight.params,
        )
        found = cursor.fetchone()
    return None if found[0] is None else [float(number) for number in found]


def _described(column: Column) -> Json:
    said: Json = {"title": str(column.label)} | _FORMS[column.kind]
    if column.words and column.is_closed and column.kind == "text":
        said["enum"] = list(column.words)
    return said


def _geometry(dataset: Dataset) -> Json:
    forms = {
        "Point": "geometry-point",
        "LineString": "geometry-linestring",
        "MultiPolygon": "geometry-multipolygon",
    }
    return {"x-ogc-role": "primary-geometry", "format": forms.get(dataset.shape, "geometry-any")}


def queryables(request: HttpRequest, user: User, dataset: Dataset) -> Json:
    columns = served_columns(dataset.sight(user))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address(request, "ogc_queryables", dataset.name),
        "type": "object",
        "title": str(dataset.title),
        "properties": {
            "geometry": _geometry(dataset),
            **{column.name: _described(column) for column in columns},
        },
        "additionalProperties": False,
    }


def schema(request: HttpRequest, user: User, dataset: Dataset) -> Json:
    """As `queryables`, and what may be written by a client, where anything may."""
    written = editing.fields_of(dataset.name)
    said = queryables(request, user, dataset)
    for name, described in said["properties"].items():
        if written and name not in (*written, "geometry", "revision"):
            described["readOnly"] = True
    missing = {name: _FORMS["text"] for name in written if name not in said["properties"]}
    said["properties"] |= {name: form | {"writeOnly": True} for name, form in missing.items()}
    return said | {"$id": address(request, "ogc_schema", dataset.name)}
