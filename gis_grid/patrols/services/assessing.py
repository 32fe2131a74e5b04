"""A run's judgement: what is stored of the track, and what it says against the route."""

import datetime as dt
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_grid.core.crs import to_zone, zone_epsg
from gis_grid.patrols.judging import Checkpoint, Judgement, judge
from gis_grid.patrols.models import Run
from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion
from gis_grid.territory.services.gridversions import shape_of


def assess(run: Run) -> None:
    """Set `walked` and `judgement` of the run from its track; the caller saves."""
    line = shapely.from_wkb(bytes(run.version.line.wkb))
    lon = line.centroid.x
    found = judge(
        shapely.LineString(shapely.get_coordinates(coverage.in_metres(line, lon))),
        _checkpoints(run, lon),
        _track(run, lon),
        _grids(run, lon),
    )
    run.walked = _stored(found.walked, lon)
    run.judgement = as_json(found, lon, run.started_at)


def _checkpoints(run: Run, lon: float) -> list[Checkpoint]:
    project = to_zone(zone_epsg(lon))
    return [
        Checkpoint(point.order, *project.transform(point.geom.x, point.geom.y), point.radius_m)
        for point in run.version.checkpoints.all()
    ]


def _track(run: Run, lon: float) -> NDArray[np.float64]:
    rows = list(run.track.order_by("at").values_list("at", "lon", "lat", "accuracy_m"))
    if not rows or run.started_at is None:
        return np.empty((0, 4))
    began = run.started_at
    seconds = [(at - began).total_seconds() for at, *_rest in rows]
    lons, lats = [row[1] for row in rows], [row[2] for row in rows]
    x, y = to_zone(zone_epsg(lon)).transform(lons, lats)
    accuracy = [np.nan if row[3] is None else row[3] for row in rows]
    return np.column_stack([seconds, x, y, accuracy]).astype(np.float64)


def _grids(run: Run, lon: float) -> dict[str, BaseGeometry]:
    """The small grids around the track, as they are on the day of the judgement."""
    fixes = run.track.values_list("lon", "lat")
    if not fixes:
        return {}
    places = np.array(list(fixes))
    box = GEOSGeometry(shapely.box(*places.min(axis=0), *places.max(axis=0)).wkt, srid=4490)
    held = GridVersion.objects.at().filter(grid__level=Grid.Level.SMALL, geom__bboverlaps=box)
    return {
        code: coverage.in_metres(shape_of(geom), lon)
        for code, geom in held.values_list("grid__code", "geom")
    }


def _stored(walked: BaseGeometry, lon: float) -> MultiLineString | None:
    if walked.is_empty:
        return None
    # Half a metre is less than any GPS knows.
    shape = coverage.in_degrees(shapely.simplify(walked, 0.5), lon)
    lines = [
        LineString(np.round(shapely.get_coordinates(part), 7).tolist(), srid=4490)
        for part in shapely.get_parts(shape)
    ]
    return MultiLineString(lines, srid=4490)


def as_json(found: Judgement, lon: float, began: dt.datetime | None) -> dict[str, Any]:
    """The judgement as it is kept: lengths in metres, lines in lon/lat."""
    return {
        "share": round(found.share, 4),
        "route_m": round(found.route_m, 1),
        "walked_m": round(found.walked_m, 1),
        "checkpoints": [
            {
                "order": one.order,
                "at": None
                if one.at is None or began is None
                else (began + dt.timedelta(seconds=one.at)).isoformat(timespec="seconds"),
                "in_order": one.in_order,
            }
            for one in found.passings
        ],
        "gaps": [_line(line, lon) for line in found.gaps],
        "detours": [_line(line, lon) for line in found.detours],
        "grids": {code: round(metres, 1) for code, metres in found.by_grid.items()},
    }


def _line(line: shapely.LineString, lon: float) -> dict[str, Any]:
    shape = coverage.in_degrees(shapely.simplify(line, 0.5), lon)
    places = np.round(shapely.get_coordinates(shape), 7)
    return {"metres": round(line.length, 1), "line": places.tolist()}
