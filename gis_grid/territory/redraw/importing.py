"""Boundaries from a file laid over a sheet: cleaned, fitted to the neighbours, and measured.

What is drawn by others seldom meets vertex for vertex. `coverage_clean` closes slits and
cuts overlaps; how far that moved each grid is measured and held against the tolerance.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis_grid.territory import coverage
from gis_grid.territory.coverage import Issue
from gis_grid.territory.redraw.sheet import (
    Allot,
    Changes,
    DraftCell,
    Outcome,
    RefusedError,
    Sheet,
    Step,
)

_METRES_A_DEGREE = 111_000.0
# The published types of shapely do not know coverage_clean yet.
_SHAPELY: Any = shapely


def import_cells(
    sheet: Sheet,
    *,
    village: str,
    incoming: Sequence[Mapping[str, Any]],
    tolerance_m: float,
    allot: Allot,
) -> Outcome:
    """Make `incoming` (`{code, name, kind, geometry}`) the small grids of the village.

    Slits and overlaps among them are closed where no border moves by more than
    `tolerance_m`; `params["cleaned"]` tells the area of each before and after.
    """
    codes = [str(cell.get("code") or "") or allot(village) for cell in incoming]
    shapes: list[Any] = [shapely.geometry.shape(cell["geometry"]) for cell in incoming]
    for code, shape in zip(codes, shapes, strict=True):
        if issue := coverage.cell_issue(code, shape):
            raise RefusedError(issue)
    cleaned = _cleaned(codes, [coverage.round_cell(shape) for shape in shapes], tolerance_m)
    changes: Changes = {code: None for code, cell in sheet.items() if cell.village == village}
    told = []
    for code, cell, before, after in zip(codes, incoming, shapes, cleaned, strict=True):
        changes[code] = DraftCell(
            village, str(cell.get("name") or code), str(cell.get("kind") or "small"), after
        )
        told.append(
            {
                "code": code,
                "before_m2": round(coverage.area_m2(before), 1),
                "after_m2": round(coverage.area_m2(after), 1),
                "moved_m": round(_moved_m(before, after), 2),
            }
        )
    steps = [
        Step("survey", code, code) if code in sheet else Step("create", None, code)
        for code in codes
    ]
    return Outcome(changes, steps, {"cleaned": told}, gains=True)


def _cleaned(
    codes: Sequence[str], rounded: list[MultiPolygon], tolerance_m: float
) -> list[MultiPolygon]:
    if shapely.coverage_is_valid(rounded, gap_width=coverage.SLIT_DEGREES):
        return rounded
    gap = max(tolerance_m / _METRES_A_DEGREE, 0.0)
    made = _SHAPELY.coverage_clean(rounded, gap_maximum_width=gap)
    cleaned = []
    for code, before, after in zip(codes, rounded, made, strict=True):
        if after is None or after.is_empty:
            raise RefusedError(Issue("empty", (code,), before))
        fitted = coverage.round_cell(after)
        moved = _moved_m(before, fitted)
        if moved > tolerance_m:
            place = shapely.symmetric_difference(before, fitted)
            values = {"metres": f"{moved:.2f}"}
            raise RefusedError(Issue("moved_too_far", (code,), place, values))
        cleaned.append(fitted)
    return cleaned


def _moved_m(before: BaseGeometry, after: BaseGeometry) -> float:
    """How far the border moved at most, in metres (degrees of latitude taken for both axes)."""
    distance = shapely.hausdorff_distance(before.boundary, after.boundary)
    return float(distance) * _METRES_A_DEGREE
