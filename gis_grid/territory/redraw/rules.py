"""What must hold after each operation, looked at only where something has changed."""

from collections.abc import Mapping

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from gis_grid.territory import coverage
from gis_grid.territory.coverage import Issue
from gis_grid.territory.redraw.lattice import TOUCH, area_units, in_degrees, in_units
from gis_grid.territory.redraw.sheet import Outcome, Sheet

# Half the width below which nobody can walk a grid: 1 m in degrees of latitude.
_HALF_WIDTH_DEGREES = 0.9e-5
ENCLAVE = "enclave"


def issues_after(sheet: Sheet, outcome: Outcome) -> list[Issue]:
    """What keeps the outcome from being taken; empty where everything holds."""
    after = {code: cell for code, cell in outcome.changes.items() if cell is not None}
    found = [
        issue
        for code, cell in after.items()
        if (issue := _single_issue(code, cell.shape, is_enclave=cell.kind == ENCLAVE))
    ]
    if found:
        return found
    shapes = {code: cell.shape for code, cell in after.items()}
    if not outcome.gains and (issue := _land_issue(sheet, outcome, shapes)):
        return [issue]
    beside = _beside(sheet, outcome, shapes)
    unfit = coverage.overlaps(shapes, against=beside) or coverage.unmatched_edges(
        shapes, against=beside
    )
    if not unfit and not outcome.gains and (issue := _outline_issue(sheet, outcome, shapes)):
        return [issue]
    return unfit


def _single_issue(code: str, shape: MultiPolygon, *, is_enclave: bool) -> Issue | None:
    issue = coverage.cell_issue(code, shape)
    if issue is None and not is_enclave:
        issue = coverage.parts_issue(code, shape)
    if issue is None and shapely.buffer(shape, -_HALF_WIDTH_DEGREES, quad_segs=1).is_empty:
        issue = Issue("too_thin", (code,), shape)
    return issue


def _land_issue(sheet: Sheet, outcome: Outcome, shapes: Mapping[str, MultiPolygon]) -> Issue | None:
    """The changed cells cover together what they covered before, to the last square unit."""
    before = {code: sheet[code].shape for code in outcome.changes if code in sheet}
    if sum(area_units(in_units(shape)) for shape in before.values()) == sum(
        area_units(in_units(shape)) for shape in shapes.values()
    ):
        return None
    old = shapely.union_all(list(before.values()))
    new = shapely.union_all(list(shapes.values()))
    parts = shapely.get_parts(shapely.symmetric_difference(old, new))
    place = parts[np.argmax(shapely.area(parts))] if len(parts) else old
    return Issue("outline_moved", tuple(outcome.changes), place)


def _outline_issue(
    sheet: Sheet, outcome: Outcome, shapes: Mapping[str, MultiPolygon]
) -> Issue | None:
    """The changed cells lie together where they lay, also where the area alone is the same."""
    before = [sheet[code].shape for code in outcome.changes if code in sheet]
    old, new = (in_units(coverage.union(cells).boundary) for cells in (before, [*shapes.values()]))
    for line, other in ((old, new), (new, old)):
        shapely.prepare(other)
        corners = shapely.points(shapely.get_coordinates(line))
        is_astray = ~shapely.dwithin(corners, other, TOUCH)
        if np.any(is_astray):
            place = in_degrees(shapely.Point(shapely.get_coordinates(line)[np.argmax(is_astray)]))
            return Issue("outline_moved", tuple(outcome.changes), place)
    return None


def is_only_noded(before: MultiPolygon, after: MultiPolygon) -> bool:
    """Whether vertices were set into the border and nothing else: those there were still stand,
    the new ones lie on the old border but for the rounding, and no square unit is won or lost.
    """
    old, new = in_units(before), in_units(after)
    corners, added = ({*map(tuple, shapely.get_coordinates(s).tolist())} for s in (old, new))
    if not corners <= added or area_units(old) != area_units(new):
        return False
    fresh = shapely.points([*(added - corners)]) if added - corners else np.array([])
    return bool(np.all(shapely.dwithin(fresh, old.boundary, TOUCH)))


def _beside(
    sheet: Sheet, outcome: Outcome, shapes: Mapping[str, MultiPolygon]
) -> dict[str, MultiPolygon]:
    """Unchanged cells of the sheet that lie around the changed ones."""
    if not shapes:
        return {}
    frame = shapely.box(*shapely.total_bounds(list(shapes.values()))).buffer(1e-4)
    return {
        code: cell.shape
        for code, cell in sheet.items()
        if code not in outcome.changes and shapely.intersects(cell.shape, frame)
    }
