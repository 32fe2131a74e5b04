"""A way through the net, drawn as a hand would: few vertices, on roads their own."""

import itertools
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon

from gis_grid.territory.suggest.ground import Array, Ground, Numbers, segments
from gis_grid.territory.suggest.ways import FREE, ROAD, SHORE, Net

# A vertex has to save so many metres of cost to be drawn; on a road it is there anyway.
_VERTEX_M, _ROAD_VERTEX_M = 12.0, 1.0
# How many steps of the net a straight stretch may replace; not every number has to be tried.
_SPANS = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 26, 32, 40)


@dataclass(frozen=True)
class Cut:
    """A line from border to border: its stretches inside the land, and how it was drawn.

    `line` is the whole, `lines` without stretches along the border of a hole.
    """

    line: LineString
    lines: tuple[LineString, ...]
    cost: float


def straightened(piece: Polygon, ground: Ground, net: Net, path: list[int]) -> Cut | None:
    """The way with the vertices that are worth it, each household on the side where it was.

    None where it can't be drawn without crossing itself.
    """
    kind_between = net.kind_between
    kinds = [kind_between[min(a, b), max(a, b)] for a, b in itertools.pairwise(path)]
    xy = net.points[path]
    chosen = _cheapest(xy, _stretches(piece, ground, xy, kinds))
    points, steps = xy[[0, *(j for _, j, _ in chosen)]], [kind for _, _, kind in chosen]
    line = LineString(points)
    if not line.is_simple:
        return None
    cost = float(ground.cost(points[:-1], points[1:], np.array(steps) == ROAD).sum())
    return Cut(line, tuple(_ashore(points, steps)), cost)


Stretch = tuple[int, int, int]


def _stretches(
    piece: Polygon, ground: Ground, xy: Array, kinds: list[int]
) -> list[tuple[Stretch, float]]:
    """The steps of the way, and straight stretches that are cheaper than those they pass over."""
    steps = ground.cost(xy[:-1], xy[1:], np.array(kinds) == ROAD)
    vertices = {ROAD: _ROAD_VERTEX_M, SHORE: 0.0, FREE: _VERTEX_M}
    steps = np.where(np.array(kinds) == SHORE, 0.0, steps) + [vertices[kind] for kind in kinds]
    found: list[tuple[Stretch, float]] = [
        ((i, i + 1, kind), cost)
        for i, (kind, cost) in enumerate(zip(kinds, steps.tolist(), strict=True))
    ]
    reach = np.concatenate([[0.0], np.cumsum(steps)])
    i, j = np.triu_indices(len(xy), 2)
    passed = reach[j] - reach[i]
    # What is cheap to know is asked first.
    fit = np.isin(j - i, _SPANS) & (np.hypot(*(xy[j] - xy[i]).T) + _VERTEX_M < passed)
    i, j, passed = i[fit], j[fit], passed[fit]
    costs = ground.cost(xy[i], xy[j], np.zeros(len(i), dtype=bool)) + _VERTEX_M
    fit = costs < passed
    pairs, costs = np.column_stack([i[fit], j[fit]]), costs[fit]
    allowed = _is_allowed(piece, ground, xy, pairs)
    straight = zip(pairs[allowed].tolist(), costs[allowed].tolist(), strict=True)
    return found + [((start, end, FREE), cost) for (start, end), cost in straight]


def _is_allowed(piece: Polygon, ground: Ground, xy: Array, pairs: Numbers) -> NDArray[np.bool_]:
    """Inside the land, off its border but for the ends, all households on their own side."""
    sums = np.concatenate([[0.0], np.cumsum(ground.below(xy[:-1], xy[1:]))])
    starts, ends = xy[pairs[:, 0]], xy[pairs[:, 1]]
    same = np.isclose(ground.below(starts, ends), sums[pairs[:, 1]] - sums[pairs[:, 0]])
    drawn = segments(starts, ends)
    shapely.prepare(room := shapely.buffer(piece, 0.05))
    inside = shapely.covers(room, drawn)
    middles = shapely.line_interpolate_point(drawn[:, None], [[0.2, 0.5, 0.8]], normalized=True)
    off = (shapely.distance(piece.exterior, middles) > 1.0).all(axis=1)
    made: NDArray[np.bool_] = same & inside & off
    return made


def _cheapest(xy: Array, stretches: list[tuple[Stretch, float]]) -> list[Stretch]:
    """The stretches from the first to the last point that cost least together."""
    total = [0.0] + [np.inf] * (len(xy) - 1)
    last: list[Stretch | None] = [None] * len(xy)
    for stretch, cost in sorted(stretches, key=lambda one: one[0]):
        i, j, _ = stretch
        if total[i] + cost < total[j]:
            total[j], last[j] = total[i] + cost, stretch
    chosen: list[Stretch] = []
    while (stretch_to := last[chosen[0][0] if chosen else len(xy) - 1]) is not None:
        chosen.insert(0, stretch_to)
    return chosen


def _ashore(points: Array, kinds: list[int]) -> list[LineString]:
    """The parts of a line that do not run along the border of a hole."""
    along = np.flatnonzero(np.array(kinds) == SHORE)
    runs = np.split(np.arange(len(points)), along + 1)
    return [_tidy(points[run]) for run in runs if len(run) > 1]


def _tidy(points: Array) -> LineString:
    """Without the vertices that lie straight between their neighbours."""
    return LineString(shapely.get_coordinates(shapely.simplify(LineString(points), 0.05)))
