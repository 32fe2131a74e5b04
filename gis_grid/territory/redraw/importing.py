"""Boundaries from a file in the place of a village's grids: cleaned, fitted, and measured.

What is drawn by others seldom meets vertex for vertex. `fitting` closes slits, cuts overlaps
and leads the borders on to the neighbours'; how far that moved each grid is measured here
and held against the tolerance.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis_grid.territory import coverage
from gis_grid.territory.coverage import Issue
from gis_grid.territory.redraw.fitting import Fitted, fit
from gis_grid.territory.redraw.sheet import (
    Allot,
    Changes,
    DraftCell,
    Outcome,
    RefusedError,
    Sheet,
    Step,
)

# Of all grids of a village together; half of it takes a second.
MOST_VERTICES = 20_000
# By so much the lattice moves a border by itself.
_ROUNDING_M = 0.02
# Land that tells where a grid comes from, and is worth showing where it changed.
_SPLINTER_M2 = 1.0
_MOST_SHOWN = 2_000


def import_cells(
    sheet: Sheet,
    *,
    village: str,
    incoming: Sequence[Mapping[str, Any]],
    tolerance_m: float,
    allot: Allot,
) -> Outcome:
    """Make `incoming` (`{code, name, kind, geometry}`) the small grids of the village.

    They take all of the land that it has, no more and no less; a village without grids takes
    free land. No border moves by more than `tolerance_m`: `params["cleaned"]` tells how far
    each did, its area before and after, and the land that it lost or won.
    """
    codes = [str(cell.get("code") or "") or allot(village) for cell in incoming]
    shapes: list[Any] = [shapely.geometry.shape(cell["geometry"]) for cell in incoming]
    _check(village, codes, shapes)
    before = [coverage.round_cell(shape) for shape in shapes]
    old = {code: cell for code, cell in sheet.items() if cell.village == village}
    if issues := _wide_faults(old, dict(zip(codes, before, strict=True)), tolerance_m):
        raise RefusedError(*issues)
    fitted = fit(sheet, village, before, tolerance_m)
    told = _measured(codes, before, fitted, tolerance_m)
    changes: Changes = {**fitted.beside, **dict.fromkeys(old)}
    for code, cell, shape in zip(codes, incoming, fitted.cells, strict=True):
        if shape is not None:
            name, kind = str(cell.get("name") or code), str(cell.get("kind") or "small")
            changes[code] = DraftCell(village, name, kind, shape)
    return Outcome(changes, _lineage(old, codes, changes), {"cleaned": told}, gains=not old)


def _check(village: str, codes: Sequence[str], shapes: Sequence[BaseGeometry]) -> None:
    for code, shape in zip(codes, shapes, strict=True):
        if not code.startswith(village):
            raise RefusedError(Issue("code_of_other_village", (code,), None, {"code": code}))
        if codes.count(code) > 1:
            raise RefusedError(Issue("code_twice", (code,), shape))
        if issue := coverage.cell_issue(code, shape):
            raise RefusedError(issue)
    count = int(shapely.get_num_coordinates(shapes).sum())
    if count > MOST_VERTICES:
        values = {"count": count, "most": MOST_VERTICES}
        raise RefusedError(Issue("file_too_fine", (village,), None, values))


def _wide_faults(old: Sheet, cells: Mapping[str, MultiPolygon], tolerance_m: float) -> list[Issue]:
    """Overlaps of the file, and land of the village that it leaves out, wider than tolerated."""
    found = [
        issue
        for issue in coverage.overlaps(cells)
        if issue.place is not None and _is_wider(issue.place, tolerance_m)
    ]
    if old:
        land = coverage.union([cell.shape for cell in old.values()])
        left = shapely.difference(land, shapely.union_all(list(cells.values())))
        wide = [part for part in shapely.get_parts(left) if _is_wider(part, tolerance_m)]
        found += [
            Issue(
                "left_out",
                tuple(code for code, cell in cells.items() if cell.distance(part) == 0),
                part,
                {"area_m2": coverage.area_m2(part)},
            )
            for part in wide
        ]
    return found


def _is_wider(land: BaseGeometry, metres: float) -> bool:
    half = metres / 2 + _ROUNDING_M
    if land.is_empty:
        return False
    return not coverage.in_metres(land, land.centroid.x).buffer(-half, quad_segs=2).is_empty


def _measured(
    codes: Sequence[str], before: Sequence[MultiPolygon], fitted: Fitted, tolerance_m: float
) -> list[dict[str, Any]]:
    told = []
    for code, old, new in zip(codes, before, fitted.cells, strict=True):
        if new is None:
            raise RefusedError(Issue("vanishes", (code,), old))
        moved = _moved_m(old, new)
        splinters = _splinters(old, new)
        if moved > tolerance_m + _ROUNDING_M:
            place = max(splinters, key=lambda part: part.area, default=old)
            raise RefusedError(Issue("moved_too_far", (code,), place, {"metres": f"{moved:.2f}"}))
        shown = MultiPolygon([p for p in splinters if coverage.area_m2(p) > _SPLINTER_M2])
        told.append(
            {
                "code": code,
                "before_m2": round(coverage.area_m2(old), 1),
                "after_m2": round(coverage.area_m2(new), 1),
                "moved_m": round(moved, 2),
                "changed": shapely.geometry.mapping(coverage.round_cell(shown))
                if 0 < shapely.get_num_coordinates(shown) <= _MOST_SHOWN
                else None,
            }
        )
    return told


def _splinters(old: MultiPolygon, new: MultiPolygon) -> list[shapely.Polygon]:
    """The pieces of land that the grid won or lost."""
    parts = shapely.get_parts(shapely.get_parts(shapely.symmetric_difference(old, new)))
    return [part for part in parts if isinstance(part, shapely.Polygon)]


def _moved_m(before: MultiPolygon, after: MultiPolygon) -> float:
    """How far one border lies from the other at most, in metres of the local zone.

    Looked at every few metres: between two corners it may be further than at either.
    """
    lon = before.centroid.x
    old, new = (coverage.in_metres(shape.boundary, lon) for shape in (before, after))
    apart = 0.0
    for line, other in ((old, new), (new, old)):
        shapely.prepare(other)
        step = max(line.length / 5_000, 5.0)
        points = shapely.points(shapely.get_coordinates(shapely.segmentize(line, step)))
        apart = max(apart, float(np.max(shapely.distance(points, other))))
    return apart


def _lineage(old: Sheet, codes: Sequence[str], changes: Changes) -> list[Step]:
    """What goes on under its code; of a new grid and of one that ends, whose land it is."""
    steps = []
    for code in codes:
        cell = changes[code]
        sources = [code] if code in old else []
        for other, was in old.items():
            is_news = code not in old or changes[other] is None
            if cell and is_news and other != code and _shares_land(was, cell):
                sources.append(other)
        steps += [Step("survey", source, code) for source in sources]
        if not sources:
            steps.append(Step("create", None, code))
    return steps


def _shares_land(a: DraftCell, b: DraftCell) -> bool:
    if not shapely.intersects(a.shape, b.shape):
        return False
    return coverage.area_m2(shapely.intersection(a.shape, b.shape)) > coverage.SMALLEST_CELL_M2
