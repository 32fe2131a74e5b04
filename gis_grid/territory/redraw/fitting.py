"""Cells that were drawn elsewhere, cleaned among themselves and led on to the borders here.

Borders that stand already are never moved. Of a village that has an outline only the inner
borders of the file are taken: they are drawn into the outline as a hand would draw them, so
that all of its land is dealt out and its neighbours get the vertices that they need.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis_grid.territory import coverage
from gis_grid.territory.redraw.cutting import faces_of
from gis_grid.territory.redraw.lattice import TOUCH, Point, in_degrees, in_units
from gis_grid.territory.redraw.linework import Key, Linework, edges_of, key_of
from gis_grid.territory.redraw.sheet import (
    Changes,
    DraftCell,
    Sheet,
    joined,
    linework_near,
    points_of,
    with_shape,
)

# So many units are at least a metre in China; what is moved is measured in metres afterwards.
_UNITS_A_METRE = 160.0
# So far (some 100 m) borders are led on to the outline, to tell by how much they miss it.
_FARTHEST = 1e4
# A border that ends so near to a corner (units, some 1 m) is meant to end at it.
_CORNER = 100.0
# The published types of shapely do not know coverage_clean yet.
_SHAPELY: Any = shapely


@dataclass(frozen=True)
class Fitted:
    """The cells in their order, None for one of which nothing is left; `beside` are the
    neighbours that have got vertices.
    """

    cells: list[MultiPolygon | None]
    beside: Changes


def fit(sheet: Sheet, village: str, cells: Sequence[MultiPolygon], tolerance_m: float) -> Fitted:
    """Fit `cells` (degrees, each valid) into the village, as far as the tolerance goes."""
    reach = tolerance_m * _UNITS_A_METRE
    others = {code: cell for code, cell in sheet.items() if cell.village != village}
    own = [cell.shape for cell in sheet.values() if cell.village == village]
    drawn = [in_units(cell) for cell in cells]
    if own:
        whole = DraftCell(village, "", "", coverage.union(own))
        return _into_outline({**others, village: whole}, village, drawn, reach)
    return _on_free_land(others, drawn, reach)


def _into_outline(
    sheet: Sheet, village: str, drawn: Sequence[BaseGeometry], reach: float
) -> Fitted:
    outline = in_units(sheet[village].shape)
    inside = [_areas(shapely.intersection(cell, outline)) for cell in drawn]
    cleaned = _cleaned(inside, reach)
    work = linework_near(sheet, sheet[village].shape.bounds, village)
    for line in _inner_borders(cleaned):
        work.draw(_led_on(line, outline, reach))
    return _dealt_out(sheet, work, faces_of(work, village), cleaned, without=village)


def _on_free_land(sheet: Sheet, drawn: Sequence[BaseGeometry], reach: float) -> Fitted:
    bounds = in_degrees(MultiPolygon([p for cell in drawn for p in shapely.get_parts(cell)])).bounds
    work = linework_near(sheet, bounds)
    taken = shapely.union_all(list(work.shapes.values()))
    free = [_areas(shapely.difference(cell, taken)) for cell in drawn]
    cleaned = [_snapped(cell, taken, reach) for cell in _cleaned(free, reach)]
    for cell in cleaned:
        for line in shapely.get_parts(cell.boundary):
            work.draw(points_of(in_degrees(line)))
    land = shapely.union_all(cleaned).buffer(reach + TOUCH)
    return _dealt_out(sheet, work, work.free_faces(land), cleaned)


def _areas(shape: BaseGeometry) -> MultiPolygon:
    """What has an area, without the points and lines in which shapes only touch."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return MultiPolygon([part for part in parts if isinstance(part, Polygon) and part.area])


def _cleaned(cells: Sequence[BaseGeometry], reach: float) -> list[MultiPolygon]:
    """Matched vertex for vertex: overlaps cut, slits up to `reach` closed, whole units.

    Where slits run together or out into the open, corners are also snapped to each other.
    """
    for options in ({}, {"snapping_distance": reach}):
        if shapely.coverage_is_valid(list(cells), gap_width=reach):
            break
        cells = _SHAPELY.coverage_clean(list(cells), gap_width=reach, **options)
    whole = [shapely.remove_repeated_points(shapely.transform(cell, np.rint)) for cell in cells]
    # Rounding may lay two corners of a narrow place on each other.
    return [_areas(cell if cell.is_valid else shapely.buffer(cell, 0)) for cell in whole]


def _inner_borders(cells: Sequence[MultiPolygon]) -> list[list[Point]]:
    """Chains of the edges that two of the cells share."""
    seen: set[Key] = set()
    shared: set[Key] = set()
    for cell in cells:
        own = {key_of(a, b) for a, b in edges_of(cell)}
        shared |= own & seen
        seen |= own
    if not shared:
        return []
    merged = shapely.line_merge(shapely.multilinestrings(sorted(shared)))
    return [
        [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]
        for line in shapely.get_parts(merged)
    ]


def _led_on(line: list[Point], outline: MultiPolygon, reach: float) -> list[Point]:
    """The line with ends that lie near the outline brought on to it."""
    if line[0] == line[-1]:
        return line
    first, last = _end(line[0], outline, reach), _end(line[-1], outline, reach)
    middle = line[1:-1]
    return [*first, *middle, *reversed(last)]


def _end(end: Point, outline: MultiPolygon, reach: float) -> list[Point]:
    """The end, led to the outline from outside in; the corner in its place where one is near."""
    place = shapely.Point(end)
    border = outline.boundary
    if border.distance(place) > max(reach, _FARTHEST):
        return [end]
    corner = _corner(place, border, reach)
    if corner is not None:
        return [corner]
    if border.distance(place) <= TOUCH:
        return [end]
    x, y = shapely.get_coordinates(shapely.shortest_line(place, border))[1]
    beyond = np.rint([x + np.sign(x - end[0]), y + np.sign(y - end[1])])
    return [(float(beyond[0]), float(beyond[1])), end]


def _corner(place: shapely.Point, border: BaseGeometry, reach: float) -> Point | None:
    corners = shapely.get_coordinates(border)
    apart = np.hypot(*(corners - [place.x, place.y]).T)
    nearest = int(np.argmin(apart))
    if apart[nearest] > max(min(reach, _CORNER), TOUCH):
        return None
    return (float(corners[nearest][0]), float(corners[nearest][1]))


def _snapped(cell: MultiPolygon, taken: BaseGeometry, reach: float) -> MultiPolygon:
    """The cell with vertices that lie near the taken land's border moved on to it."""
    if taken.is_empty:
        return cell
    border = taken.boundary
    shapely.prepare(border)

    def move(xy: Any) -> Any:
        moved = np.array(xy)
        points = shapely.points(xy)
        for i in np.flatnonzero(shapely.dwithin(points, border, reach)):
            corner = _corner(points[i], border, reach)
            ends = shapely.get_coordinates(shapely.shortest_line(points[i], border))
            moved[i] = corner if corner is not None else np.rint(ends[1])
        return moved

    made = shapely.remove_repeated_points(shapely.transform(cell, move))
    return _areas(made if made.is_valid else shapely.buffer(made, 0))


def _dealt_out(
    sheet: Sheet,
    work: Linework,
    faces: Sequence[Polygon],
    cells: Sequence[MultiPolygon],
    without: str = "",
) -> Fitted:
    """Each face to the cell that covers most of it, or else lies nearest."""
    held: list[list[Polygon]] = [[] for _ in cells]
    tree = shapely.STRtree(list(cells))
    for face in faces:
        near = sorted(int(i) for i in tree.query(face, predicate="intersects"))
        covered = [shapely.intersection(face, cells[i]).area for i in near]
        if any(covered):
            held[near[int(np.argmax(covered))]].append(face)
        else:
            held[int(tree.nearest(face))].append(face)
    beside: Changes = {
        code: with_shape(sheet[code], list(work.noded(code).geoms))
        for code in sorted(work.touched() - {without})
    }
    return Fitted([joined(own) if own else None for own in held], beside)
