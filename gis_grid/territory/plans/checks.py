"""Whether a whole plan could be published now."""

from typing import Any

import shapely

from gis_grid.territory import coverage
from gis_grid.territory.coverage import Issue
from gis_grid.territory.models import Grid, GridVersion, Plan
from gis_grid.territory.plans import report, sheets
from gis_grid.territory.redraw.sheet import Bounds, DraftCell


def stale_bases(plan: Plan) -> list[str]:
    """Grids that have been published anew since the plan was drawn over them."""
    closed = plan.cells.filter(base__isnull=False, base__validity__endswith__isnull=False)
    return list(closed.values_list("code", flat=True))


def blocking(plan: Plan) -> list[dict[str, Any]]:
    """What keeps the plan from being published, each with its sentence and place."""
    pairs = sheets.changed_cells(plan)
    names = report.names_of(pairs)
    found = [Issue("base_changed", (code,)) for code in stale_bases(plan)]
    found = found or _taken_codes(pairs) or _coverage_issues(plan, pairs)
    return [report.issue_json(issue, "error", names) for issue in found]


def _taken_codes(pairs: report.Pairs) -> list[Issue]:
    """Grids that would be new, with codes that others have been published with meanwhile."""
    new = [code for code, (before, after) in pairs.items() if before is None and after]
    taken = Grid.objects.filter(code__in=new).order_by("code").values_list("code", flat=True)
    return [Issue("code_used", (code,), None, {"code": code}) for code in taken]


def _coverage_issues(plan: Plan, pairs: report.Pairs) -> list[Issue]:
    after = {code: cell for code, (_before, cell) in pairs.items() if cell is not None}
    emptied = _emptied_villages(plan, pairs)
    if emptied:
        return [Issue("village_without_grids", (village,)) for village in emptied]
    if not after:
        return []
    shapes = {code: cell.shape for code, cell in after.items()}
    around = sheets.load(plan, bounds=_bounds(pairs)).cells
    beside = {code: cell.shape for code, cell in around.items() if code not in shapes}
    return coverage.coverage_issues(shapes, against=beside)


def _bounds(pairs: report.Pairs) -> Bounds:
    shapes = [cell.shape for pair in pairs.values() for cell in pair if cell is not None]
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return (west, south, east, north)


def _emptied_villages(plan: Plan, pairs: report.Pairs) -> list[str]:
    losing = {code[:12] for code, (before, after) in pairs.items() if before and after is None}
    kept = {cell.village for cell in _after(pairs)}
    published = GridVersion.objects.filter(
        validity__endswith=None, grid__level=Grid.Level.SMALL, parent__code__in=losing - kept
    ).exclude(grid__code__in=list(pairs))
    still = set(published.values_list("parent__code", flat=True))
    return sorted(losing - kept - still)


def _after(pairs: report.Pairs) -> list[DraftCell]:
    return [cell for _before, cell in pairs.values() if cell is not None]
