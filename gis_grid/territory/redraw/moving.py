"""Vertices moved, set in and taken out: the operation that works on vertices, not on land."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import shapely
from shapely.geometry import Point as Place
from shapely.geometry import Polygon

from gis_grid.territory.coverage import Issue
from gis_grid.territory.redraw.lattice import in_degrees, in_units
from gis_grid.territory.redraw.sheet import Changes, Outcome, RefusedError, Sheet, Step, points_of


def move_nodes(
    sheet: Sheet,
    *,
    moves: Sequence[Mapping[str, Any]] = (),
    insert: Sequence[Mapping[str, Any]] = (),
    remove: Sequence[Sequence[float]] = (),
) -> Outcome:
    """Move, set in and take out vertices; every cell that has them follows."""
    target = {points_of([move["from"]])[0]: points_of([move["to"]])[0] for move in moves}
    gone = {points_of([place])[0] for place in remove}
    added = {}
    for one in insert:
        a, b = (points_of([place])[0] for place in one["between"])
        added[(a, b)] = added[(b, a)] = points_of([one["at"]])[0]
    seen: set[Any] = set()
    changes: Changes = {}
    for code, cell in sheet.items():
        rings = [
            _moved_rings(part, target, gone, added, seen) for part in in_units(cell.shape).geoms
        ]
        if all(rings_of_part is None for rings_of_part in rings):
            continue
        parts = [
            made if made is not None else part
            for made, part in zip(rings, in_units(cell.shape).geoms, strict=True)
        ]
        changes[code] = replace(cell, shape=_multi(parts))
    for wanted in (*target, *gone, *((a, b) for a, b in added if a <= b)):
        if wanted not in seen and (not isinstance(wanted[0], tuple) or wanted[::-1] not in seen):
            place = in_degrees(Place(*(wanted[0] if isinstance(wanted[0], tuple) else wanted)))
            raise RefusedError(Issue("no_vertex_there", (), place))
    steps = [Step("reshape", code, code) for code in sorted(changes)]
    return Outcome(changes, steps)


def _multi(parts: Sequence[Polygon]) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.orient_polygons(in_degrees(part)) for part in parts])


def _moved_rings(
    part: Polygon,
    target: Mapping[Any, Any],
    gone: set[Any],
    added: Mapping[Any, Any],
    seen: set[Any],
) -> Polygon | None:
    """The part with its vertices moved, None where it has none of them."""
    made, changed = [], False
    for ring in (part.exterior, *part.interiors):
        points = [tuple(xy) for xy in shapely.get_coordinates(ring)[:-1].tolist()]
        new: list[Any] = []
        for here, after in zip(points, [*points[1:], points[0]], strict=True):
            seen.update({here} & (target.keys() | gone))
            changed |= here in target or here in gone or (here, after) in added
            if here not in gone:
                new.append(target.get(here, here))
            if (here, after) in added:
                seen.add((here, after))
                new.append(added[(here, after)])
        # A vertex moved onto the next one takes the edge between them away.
        new = [here for here, after in zip(new, [*new[1:], *new[:1]], strict=True) if here != after]
        if len(new) < 3:
            raise RefusedError(Issue("ring_vanishes", (), in_degrees(part)))
        made.append(new)
    return Polygon(made[0], made[1:]) if changed else None
