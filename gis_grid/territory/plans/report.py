"""What a change comes to: statistics before and after, what moves, issues with their place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from django.db.models import Q
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.territory import coverage
from gis_grid.territory.coverage import Issue
from gis_grid.territory.models import Grid
from gis_grid.territory.redraw.rules import is_only_noded
from gis_grid.territory.redraw.sheet import DraftCell
from gis_grid.territory.registries import PointSet, points_of
from gis_grid.territory.services.sentences import sentence

Pair = tuple[DraftCell | None, DraftCell | None]
Pairs = Mapping[str, Pair]
# Names in an answer; all of them stand in the workbook and the list behind it.
TOLD_ITEMS = 200
_VILLAGE_DIGITS = 12


def points_in(user: ActingUser, pairs: Pairs) -> list[PointSet]:
    """The things booked to the changed grids, and those in none, of their villages."""
    codes = {code for code, (before, _after) in pairs.items() if before is not None}
    villages = {cell.village for pair in pairs.values() for cell in pair if cell is not None}
    return points_of(user=user, codes=sorted(codes | villages))


def points_before(user: ActingUser, pairs: Pairs) -> list[PointSet]:
    """The things of today in the villages of a published plan, booked as it found the grids."""
    villages = sorted({cell.village for pair in pairs.values() for cell in pair if cell})
    inside = Q(code__in=villages)
    for village in villages:
        inside |= Q(code__startswith=village)
    codes = sorted(Grid.objects.filter(inside).values_list("code", flat=True))
    back = {code: (after, before) for code, (before, after) in pairs.items()}
    found = []
    for one in points_of(user=user, codes=codes):
        of_villages = one.grids.astype(f"<U{_VILLAGE_DIGITS}")
        loose = replace(one, grids=np.where(one.manual, one.grids, of_villages))
        found.append(replace(one, grids=places_after(loose, back)))
    return found


def is_noding(before: DraftCell | None, after: DraftCell | None) -> bool:
    """True where only vertices were set into a border: no land or word of the grid changes."""
    if before is None or after is None:
        return False
    if (before.village, before.name, before.kind) != (after.village, after.name, after.kind):
        return False
    return is_only_noded(before.shape, after.shape)


def is_worth_telling(before: DraftCell | None, after: DraftCell | None) -> bool:
    """False where a neighbour's line has set vertices into the border, and rounding moved it."""
    if before is None or after is None or is_noding(before, after):
        return before is not after and not (before and after)
    if (before.village, before.name, before.kind) != (after.village, after.name, after.kind):
        return True
    difference = shapely.symmetric_difference(before.shape, after.shape)
    return coverage.area_m2(difference) > coverage.ROUNDING_M2


def tree_of(xy: NDArray[np.float64]) -> shapely.STRtree:
    made: Any = shapely.points(xy)
    return shapely.STRtree(made)


def places_after(points: PointSet, pairs: Pairs) -> NDArray[np.str_]:
    """The grid of each point once the change holds; ties on a border go to the lower code."""
    after = points.grids.astype("<U15")
    shapes = {code: cell.shape for code, (_before, cell) in sorted(pairs.items()) if cell}
    unplaced = np.char.str_len(after) == _VILLAGE_DIGITS
    free = ~points.manual & (np.isin(after, list(pairs)) | unplaced)
    after[free] = after[free].astype(f"<U{_VILLAGE_DIGITS}")
    if not free.any() or not shapes:
        return after
    tree = tree_of(points.xy)
    # Backwards, so that the lowest code has the last word.
    for code, shape in reversed(shapes.items()):
        inside = tree.query(shape, predicate="intersects")
        after[inside[free[inside]]] = code
    return after


def statistics(user: ActingUser, pairs: Pairs, points: Sequence[PointSet]) -> list[dict[str, Any]]:
    """Area and counts of each changed grid in the scope, before and after."""
    scope = user.scope(Permission.MAP_VIEW)
    codes = [
        code
        for code, pair in sorted(pairs.items())
        if scope.covers(code) and is_worth_telling(*pair)
    ]
    placed = [(one, places_after(one, pairs)) for one in points]
    found = []
    for code in codes:
        before, after = pairs[code]
        cell = after or before
        found.append(
            {
                "code": code,
                "name": cell.name if cell else "",
                "before": _counted(before, [(one.grids == code, one) for one in points]),
                "after": _counted(after, [(where == code, one) for one, where in placed]),
            }
        )
    return found


def _counted(
    cell: DraftCell | None, chosen: Sequence[tuple[NDArray[np.bool_], PointSet]]
) -> dict[str, Any] | None:
    if cell is None:
        return None
    counts: dict[str, Any] = {"area_m2": round(coverage.area_m2(cell.shape), 1), "tags": {}}
    for mask, points in chosen:
        for name, values in points.measures.items():
            total = int(values[mask].sum())
            if name.startswith("tag:"):
                counts["tags"][name.removeprefix("tag:")] = total
            else:
                counts[name] = total
    return counts


def moves(user: ActingUser, pairs: Pairs, points: Sequence[PointSet]) -> list[dict[str, Any]]:
    """Who changes grid: `{from, to, kind, count, items}`, the largest move first."""
    found = []
    scope = user.scope(Permission.MAP_VIEW)
    for one in points:
        after = places_after(one, pairs)
        moved = np.flatnonzero(after != one.grids)
        ways: dict[tuple[str, str], list[int]] = {}
        for index in moved.tolist():
            ways.setdefault((str(one.grids[index]), str(after[index])), []).append(index)
        for (source, target), indexes in ways.items():
            items = [{"id": int(one.ids[i]), "code": one.labels[i]} for i in indexes[:TOLD_ITEMS]]
            found.append(
                {
                    "from": source,
                    # Of a grid out of sight only the village is told.
                    "to": target if scope.covers(target) else target[:12],
                    "kind": one.kind,
                    "count": len(indexes),
                    "items": items,
                }
            )
    return sorted(found, key=lambda move: (-move["count"], move["from"], move["to"]))


def issue_json(
    issue: Issue, severity: str, names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    place = issue.place
    return {
        "code": issue.code,
        "severity": severity,
        "message": sentence(issue, names=names),
        "grids": list(issue.grids),
        "place": None if place is None or place.is_empty else shapely.geometry.mapping(place),
    }


def empty_grids(stats: Iterable[Mapping[str, Any]], pairs: Pairs) -> list[Issue]:
    """Grids that end up without a household: no fault, but worth knowing."""
    found = []
    for row in stats:
        cell = pairs[row["code"]][1]
        after = row["after"]
        if cell and cell.kind != "void" and after and after.get("households") == 0:
            found.append(Issue("nobody_lives_there", (row["code"],), cell.shape))
    return found


def feature(code: str, cell: DraftCell, properties: Mapping[str, Any]) -> dict[str, Any]:
    """GeoJSON of a cell; outer rings are counter-clockwise as RFC 7946 wants."""
    return {
        "type": "Feature",
        "id": code,
        "geometry": shapely.geometry.mapping(cell.shape),
        "properties": {
            "code": code,
            "name": cell.name,
            "kind": cell.kind,
            "village": cell.village,
            **properties,
        },
    }


def names_of(pairs: Pairs) -> dict[str, str]:
    return {
        code: cell.name for code, pair in pairs.items() if (cell := pair[1] or pair[0]) is not None
    }


def told(issues: Sequence[Mapping[str, Any]], most: int = 5) -> str:
    """Issues as one text for a person."""
    sentences = [str(issue["message"]) for issue in issues[:most]]
    if len(issues) > most:
        sentences.append(_("And %(count)d more.") % {"count": len(issues) - most})
    return " ".join(sentences)
