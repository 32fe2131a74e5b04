"""Coverages as pure geometry: what a set of grids must hold to, and where it does not.

No Django here. Shapes are shapely polygons or multipolygons in lon/lat degrees
(EPSG:4490); areas and lengths are metres in the local CGCS2000 3° Gauss–Krüger zone.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj.enums import TransformDirection
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis_grid.core.crs import COUNTRY, to_zone, zone_epsg

DECIMALS = 7
MAX_VERTICES = 100_000
CHINA = shapely.box(*COUNTRY)
# Cells that come this close (some 5 m) without sharing the border vertex for vertex leave a slit.
SLIT_DEGREES = 5e-5
# Smaller than the plot of one house, no grid is meant.
SMALLEST_CELL_M2 = 100.0
# Land that changes hands by rounding alone.
ROUNDING_M2 = 1.0
# Half a lattice cell in m², below which two cells only touch.
TOUCH_DEGREES2 = 1e-13

Cell = Polygon | MultiPolygon
Cells = Mapping[str, Cell]


@dataclass(frozen=True)
class Issue:
    """What is wrong, with which cells, and where (`place`: lon/lat geometry)."""

    code: str
    grids: tuple[str, ...]
    place: BaseGeometry | None = None
    params: dict[str, Any] = field(default_factory=dict)


def round_cell(cell: Cell) -> MultiPolygon:
    """The cell on the 1e-7° lattice, as a multipolygon with outer rings counter-clockwise."""
    rounded = shapely.transform(shapely.force_2d(cell), lambda xy: np.round(xy, DECIMALS))
    rounded = shapely.remove_repeated_points(rounded)
    parts = [shapely.orient_polygons(part) for part in shapely.get_parts(rounded)]
    return MultiPolygon(parts)


def cell_issue(code: str, cell: BaseGeometry) -> Issue | None:
    """The first fault of one cell by itself, None where it is sound. Never repairs."""
    if not isinstance(cell, Polygon | MultiPolygon):
        return Issue("not_a_polygon", (code,), params={"type": cell.geom_type})
    if cell.is_empty:
        return Issue("empty", (code,))
    count = int(shapely.count_coordinates(cell))
    if count > MAX_VERTICES:
        return Issue("too_many_vertices", (code,), params={"count": count, "most": MAX_VERTICES})
    if not CHINA.contains(shapely.box(*cell.bounds)):
        return Issue("outside_china", (code,), params={"bounds": list(cell.bounds)})
    if not cell.is_valid:
        reason = shapely.is_valid_reason(cell)
        return Issue("crosses_itself", (code,), _place_of(reason), {"reason": reason})
    if (size := area_m2(cell)) < SMALLEST_CELL_M2:
        return Issue("too_small", (code,), cell, {"area_m2": size})
    return None


def _place_of(reason: str) -> BaseGeometry | None:
    """The point in GEOS's words `Self-intersection[112.4 25.6]`."""
    try:
        x, y = reason.rsplit("[", 1)[1].rstrip("]").split()[:2]
        return shapely.Point(float(x), float(y))
    except (IndexError, ValueError):
        return None


def parts_issue(code: str, cell: Cell) -> Issue | None:
    """A cell of several parts, placed at its smallest one; None for a cell of one piece."""
    parts = sorted(shapely.get_parts(cell), key=lambda part: part.area)
    return Issue("several_parts", (code,), parts[0], {"count": len(parts)}) if parts[1:] else None


def overlaps(cells: Cells, *, against: Cells | None = None) -> list[Issue]:
    """Pairs whose interiors meet, each with the land they share.

    With `against`, pairs inside `cells` and pairs of a cell with one of `against`.
    """
    codes, shapes = list(cells), np.array(list(cells.values()), dtype=object)
    others = dict(against or {})
    all_codes = codes + list(others)
    all_shapes = np.concatenate([shapes, np.array(list(others.values()), dtype=object)])
    tree = shapely.STRtree(all_shapes)
    left, right = tree.query(shapes, predicate="intersects")
    forward = left < right
    left, right = left[forward], right[forward]
    shared = shapely.intersection(all_shapes[left], all_shapes[right])
    found = np.flatnonzero(shapely.area(shared) > TOUCH_DEGREES2)
    return [
        Issue(
            "overlap",
            (all_codes[left[i]], all_codes[right[i]]),
            shared[i],
            {"area_m2": area_m2(shared[i])},
        )
        for i in found
    ]


def holes(cells: Cells) -> list[Polygon]:
    """Land that the cells enclose and none of them covers."""
    if not cells:
        return []
    union = shapely.union_all(list(cells.values()))
    return [Polygon(ring) for part in shapely.get_parts(union) for ring in part.interiors]


def gaps(cells: Cells, *, against: Cells | None = None) -> list[Issue]:
    """Enclosed land that belongs to no cell, with the cells around it."""
    together = {**(against or {}), **cells}
    found = []
    for hole in holes(together):
        around = tuple(code for code, cell in together.items() if cell.intersects(hole))
        if any(code in cells for code in around):
            found.append(Issue("gap", around, hole, {"area_m2": area_m2(hole)}))
    return found


def outline_issues(village: str, before: Cell, after: Cell) -> list[Issue]:
    """Land that a village would lose or win, each with its place; empty for the same outline."""
    changes = {"land_lost": before.difference(after), "land_won": after.difference(before)}
    return [
        Issue(kind, (village,), land, {"area_m2": size})
        for kind, land in changes.items()
        if (size := area_m2(land)) > ROUNDING_M2
    ]


def unmatched_edges(cells: Cells, *, against: Cells | None = None) -> list[Issue]:
    """Borders that run beside a neighbour's without sharing its vertices, or leave a slit."""
    together = {**cells, **(against or {})}
    codes, shapes = list(together), list(together.values())
    if not codes:
        return []
    bad = shapely.coverage_invalid_edges(shapes, gap_width=SLIT_DEGREES)
    return [
        Issue("unmatched_edge", (codes[i],), edge)
        for i, edge in enumerate(bad)
        if edge is not None
        and not edge.is_empty
        and codes[i] in cells
        and _has_land_beyond(edge, shapes[i], shapes[:i] + shapes[i + 1 :])
    ]


def _has_land_beyond(edge: BaseGeometry, cell: Cell, others: Sequence[Cell]) -> bool:
    """Whether others lie just outside a cell's border.

    GEOS also names borders at the rim of all land: where a neck of under 5 m parts them from the
    next grid, and where a hole touches the outline.
    """
    forward = {
        (tuple(a), tuple(b))
        for part in shapely.get_parts(shapely.orient_polygons(cell))
        for ring in (part.exterior, *part.interiors)
        for a, b in itertools.pairwise(shapely.get_coordinates(ring).tolist())
    }
    strips = []
    for line in shapely.get_parts(edge):
        for a, b in itertools.pairwise(shapely.get_coordinates(line)):
            start, end = (a, b) if (tuple(a), tuple(b)) in forward else (b, a)
            along = (end - start) / np.hypot(*(end - start))
            # Rings run with the land on their left.
            outward = np.array([along[1], -along[0]]) * SLIT_DEGREES
            strips.append(Polygon([start, end, end + outward, start + outward]))
    reached = shapely.STRtree(others).query(strips, predicate="intersects")
    shared = [others[j].intersection(strips[i]) for i, j in reached.T]
    return any(land.area > TOUCH_DEGREES2 for land in shared)


def coverage_issues(cells: Cells, *, against: Cells | None = None) -> list[Issue]:
    """Everything that keeps `cells` from being published beside `against`.

    Faults of single cells come first and end the search: the rest needs valid shapes.
    Edges are looked at only where no overlap explains them already.
    """
    single = [issue for code, cell in cells.items() if (issue := cell_issue(code, cell))]
    if single:
        return single
    found = overlaps(cells, against=against) + gaps(cells, against=against)
    explained = {code for issue in found for code in issue.grids}
    return found + [
        issue
        for issue in unmatched_edges(cells, against=against)
        if issue.grids[0] not in explained
    ]


def in_metres(shape: BaseGeometry, lon: float) -> BaseGeometry:
    """The shape in the plane of the Gauss–Krüger zone at `lon`."""
    project = to_zone(zone_epsg(lon))

    def to_metres(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(project.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(shape, to_metres)


def in_degrees(shape: BaseGeometry, lon: float) -> BaseGeometry:
    """The shape in lon/lat again, from the plane of the Gauss–Krüger zone at `lon`."""
    project = to_zone(zone_epsg(lon))

    def to_degrees(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        inverse = TransformDirection.INVERSE
        return np.column_stack(project.transform(xy[:, 0], xy[:, 1], direction=inverse))

    return shapely.transform(shape, to_degrees)


def area_m2(shape: BaseGeometry) -> float:
    """Plane area in the Gauss–Krüger zone of the shape's centroid, in m²."""
    return 0.0 if shape.is_empty else float(in_metres(shape, shape.centroid.x).area)


def length_m(shape: BaseGeometry) -> float:
    """Plane length in the Gauss–Krüger zone of the shape's centroid, in metres."""
    return 0.0 if shape.is_empty else float(in_metres(shape, shape.centroid.x).length)


def label_point(cell: Cell) -> shapely.Point:
    """Where a name stands best: the centre of the largest circle inside the largest part."""
    largest = max(shapely.get_parts(cell), key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=1e-5)
    return shapely.Point(circle.coords[0])


def union(cells: Sequence[Cell]) -> MultiPolygon:
    """Outline of a valid coverage: shared borders vanish exactly, no new vertex appears."""
    merged = shapely.coverage_union_all(list(cells))
    return MultiPolygon(shapely.get_parts(merged).tolist())
