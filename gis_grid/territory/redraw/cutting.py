"""Lines that a hand draws: their ends brought to borders, and who stands across a border."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gis_grid.territory.coverage import Issue
from gis_grid.territory.redraw.lattice import Point, area_units, in_degrees, in_units
from gis_grid.territory.redraw.linework import Linework, edges_of, key_of
from gis_grid.territory.redraw.sheet import RefusedError

# An end this near to a border (3 m) is meant to lie on it.
_REACH_UNITS = 300.0


def reaching_borders(points: list[Point], shapes: Sequence[BaseGeometry]) -> list[Point]:
    """The line with ends brought to the borders of `shapes` (degrees) where they are near.

    An end goes on to the nearest place of a border, and a little beyond, so that it crosses.
    """
    if len(points) < 2:
        return points
    borders = [in_units(shape.boundary) for shape in shapes]
    first, last = _extended(points[0], borders), _extended(points[-1], borders)
    return [*first, *points, *last]


def _extended(end: Point, borders: Sequence[BaseGeometry]) -> list[Point]:
    place = shapely.Point(end)
    nearest = min(borders, key=place.distance, default=None)
    if nearest is None or not 0 < nearest.distance(place) <= _REACH_UNITS:
        return []
    x, y = shapely.get_coordinates(shapely.shortest_line(place, nearest))[1]
    beyond = np.rint([x + (x - end[0]) * 1e-3, y + (y - end[1]) * 1e-3])
    found: Point = (float(beyond[0]), float(beyond[1]))
    return [] if found == end else [found]


def across(work: Linework, code: str, piece: Polygon, *, among: set[str]) -> str | None:
    """The neighbour with the longest old border along a piece of `code`, None where none is."""
    lengths: dict[str, float] = {}
    for a, b in edges_of(shapely.MultiPolygon([piece])):
        for other in work.owners.get(key_of(a, b), set()) - {code}:
            if other in among:
                lengths[other] = lengths.get(other, 0.0) + float(np.hypot(*np.subtract(b, a)))
    return max(sorted(lengths), key=lambda other: lengths[other]) if lengths else None


def faces_of(work: Linework, code: str) -> list[Polygon]:
    """The pieces that the lines cut the cell into, the largest first; together all of it."""
    cell = work.noded(code)
    faces = sorted(work.faces(code), key=lambda face: -face.area) if cell.is_valid else []
    if sum(map(area_units, faces)) != area_units(cell):
        # Borders or vertices a unit from each other, put on the wrong side by the rounding.
        raise RefusedError(Issue("line_too_close", (code,), in_degrees(cell.boundary)))
    return faces


def by_part(work: Linework, code: str) -> list[list[Polygon]]:
    """`faces_of` for each part of the cell."""
    faces, parts = faces_of(work, code), work.noded(code).geoms
    if len(parts) == 1:
        return [faces]
    return [[f for f in faces if part.contains(f.representative_point())] for part in parts]
