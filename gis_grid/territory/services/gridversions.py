"""Versions of grids: shapes to and from the database, versions closed and opened."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Func, Value
from django.db.models.functions import Lower
from shapely.geometry import MultiPolygon

from gis_grid.core.crs import CGCS2000
from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion


def shape_of(geometry: GEOSGeometry) -> MultiPolygon:
    return MultiPolygon(shapely.get_parts(shapely.from_wkb(bytes(geometry.wkb))).tolist())


def stored(shape: shapely.Geometry) -> Any:
    # Any: GEOSGeometry builds the subclass that the bytes name, which types can't say.
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=CGCS2000)


def close_versions(versions: Iterable[GridVersion], now: dt.datetime) -> None:
    until = Func(Lower("validity"), Value(now), Value("[)"), function="tstzrange")
    pks = [version.pk for version in versions]
    GridVersion.objects.filter(pk__in=pks).update(validity=until)


def new_version(
    grid: Grid, parent: Grid | None, name: str, kind: str, shape: MultiPolygon, now: dt.datetime
) -> GridVersion:
    return GridVersion(
        grid=grid,
        parent=parent,
        validity=DateTimeTZRange(now, None, "[)"),
        name=name,
        kind=kind,
        geom=stored(shape),
        label_point=stored(coverage.label_point(shape)),
        area_m2=coverage.area_m2(shape),
    )
