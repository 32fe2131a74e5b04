"""The cheapest lines through a piece of land, from each place on its border to each other.

Points between the houses, along the roads and all over open land make a net; what a line of
the net costs is told by the ground. All in metres.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry import Polygon

from gis_grid.territory.suggest.ground import (
    HAMLET_M,
    Array,
    Ground,
    Numbers,
    edges_of_triangles,
    points_at,
    segments,
)

# How many points open land gets, and places on the border where a line may end.
_POINTS, _ENDS = 1_200, 90
# A line stays this far from the border, but for its ends.
_OFF_BORDER_M = 8.0
_ROUNDING_M = 0.05
# Ways through hamlets part houses at a discount, or they would all lead around; by so many
# points amid houses.
_PARTING, _VIA = 0.25, 80
FREE, ROAD, SHORE = 0, 1, 2
# What adds up along a line: from starts (n, 2) and ends to n numbers.
Form = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class Net:
    """Points, the first `ends` of which lie on the border, in its order; and lines between.

    `kinds` of lines: over open land, along a road, along the border of a hole.
    """

    points: Array
    ends: int
    lines: Numbers
    kinds: Numbers
    costs: Array

    @cached_property
    def kind_between(self) -> dict[tuple[int, int], int]:
        pairs = zip(self.lines.tolist(), self.kinds.tolist(), strict=True)
        return {(a, b): kind for (a, b), kind in pairs}


@dataclass(frozen=True)
class Ways:
    """Cheapest ways from end `s` to a later end `t`, straight (`via` -1) or by a point.

    All arrays are as long as there are ways; `households` and `areas` of each lie between the
    way and the border from `s` to `t`.
    """

    net: Net
    s: Numbers
    t: Numbers
    via: Numbers
    costs: Array
    households: Array
    areas: Array
    _before: Numbers

    def path(self, way: int) -> list[int]:
        """The numbers of the net's points along a way."""
        s, t, via = int(self.s[way]), int(self.t[way]), int(self.via[way])
        if via < 0:
            return self._back(s, t)[::-1]
        return [*self._back(s, via)[:0:-1], *self._back(t, via)]

    def _back(self, end: int, point: int) -> list[int]:
        found = [point]
        while found[-1] != end:
            found.append(int(self._before[end, found[-1]]))
        return found


def net_of(piece: Polygon, ground: Ground, parting: float) -> Net:
    """The net of a piece; its exterior is counter-clockwise."""
    step = max(float(np.sqrt(piece.area / _POINTS)), 6.0)
    roads = _roads_in(piece, ground, step)
    border = _ends(piece, roads)
    shore = [shapely.get_coordinates(shapely.segmentize(r, step)) for r in piece.interiors]
    chains = [*((ROAD, road) for road in roads), *((SHORE, ring) for ring in shore)]
    points, index = _unique([border, *(xy for _, xy in chains), _open_points(piece, ground, step)])
    lines, kinds, offset = [], [], len(border)
    for kind, xy in chains:
        numbers = index[offset : offset + len(xy)]
        offset += len(xy)
        lines.append(np.column_stack([numbers[:-1], numbers[1:]]))
        kinds.append(np.full(len(xy) - 1, kind))
    free = _free_lines(piece, points, len(border))
    lines.append(free)
    kinds.append(np.full(len(free), FREE))
    all_lines, all_kinds = _once(np.concatenate(lines), np.concatenate(kinds))
    starts, ends = points[all_lines[:, 0]], points[all_lines[:, 1]]
    costs = ground.cost(starts, ends, all_kinds == ROAD, parting)
    costs[all_kinds == SHORE] = 1e-3
    return Net(points, len(border), all_lines, all_kinds, costs)


def _roads_in(piece: Polygon, ground: Ground, step: float) -> list[Array]:
    """Roads in the piece as chains of points, without stretches beside its border."""
    if not ground.roads:
        return []
    tree = shapely.STRtree(ground.roads)
    near = [ground.roads[i] for i in sorted(tree.query(piece, predicate="intersects"))]
    inside = shapely.get_parts(shapely.intersection(near, piece))
    shapely.prepare(off := shapely.buffer(piece.exterior, _OFF_BORDER_M))
    found = []
    for part in inside:
        if part.geom_type != "LineString":
            continue
        xy = shapely.get_coordinates(shapely.segmentize(part, step))
        beside = shapely.covers(off, segments(xy[:-1], xy[1:]))
        on_border = np.asarray(shapely.distance(piece.exterior, points_at(xy))) < _ROUNDING_M
        beside &= on_border[:-1] == on_border[1:]
        runs = np.split(np.arange(len(xy)), np.flatnonzero(beside) + 1)
        found += [xy[run] for run in runs if len(run) > 1]
    return found


def _ends(piece: Polygon, roads: list[Array]) -> Array:
    """Places on the exterior for a line to end, in its order: where roads leave, and evenly."""
    ring = piece.exterior
    tips = np.concatenate([road[[0, -1]] for road in roads]) if roads else np.empty((0, 2))
    tips = tips[shapely.distance(ring, points_at(tips)) < _ROUNDING_M]
    vertices = shapely.get_coordinates(ring)[:-1]
    step = max(ring.length / _ENDS, 3.0)
    even = shapely.get_coordinates(
        shapely.line_interpolate_point(ring, np.arange(0, ring.length, step))
    )
    taken: list[float] = []
    found: list[tuple[float, Array]] = []
    # A corner of the border is a better end than a place between; a road that leaves the best.
    for group, apart in ((tips, step / 8), (vertices, step / 2), (even, step / 2)):
        at = np.asarray(shapely.line_locate_point(ring, points_at(group)))
        for where, xy in zip(at, group, strict=True):
            if all(abs(where - other) >= apart for other in taken):
                taken.append(where)
                found.append((where, xy))
    return np.array([xy for _, xy in sorted(found, key=lambda pair: pair[0])])


def _open_points(piece: Polygon, ground: Ground, step: float) -> Array:
    """Points between houses and over open land, none close to the border."""
    west, south, east, north = piece.bounds
    columns, rows = np.arange(west, east, step), np.arange(south, north, step * 0.866)
    x, y = np.meshgrid(columns, rows)
    x[1::2] += step / 2
    net = np.column_stack([x.ravel(), y.ravel()])
    places, pairs = ground.places, ground.neighbours
    if len(places):
        distances = _distance_to(places, net)
        net = net[distances > min(step, HAMLET_M / 2)]
    middles = [net]
    if len(pairs):
        ends = places[pairs]
        apart = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
        # Not where a line between neighbours of a hamlet ends: it counts as crossed or not.
        middles.append(ends[apart > HAMLET_M].mean(axis=1))
    if len(ground.triangles):
        middles.append(places[ground.triangles].mean(axis=1))
    xy = np.concatenate(middles)
    inner = shapely.buffer(piece, -_OFF_BORDER_M)
    shapely.prepare(inner)
    return xy[shapely.contains_xy(inner, xy[:, 0], xy[:, 1])]


def _distance_to(places: Array, points: Array) -> Array:
    from scipy.spatial import cKDTree

    found: Array = cKDTree(places).query(points)[0]
    return found


def _unique(groups: list[Array]) -> tuple[Array, Numbers]:
    """All points once, the first group first and whole; and the number of each point given."""
    xy = np.concatenate(groups)
    _, first, inverse = np.unique(np.round(xy, 1), axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return xy[first[order]], rank[inverse.reshape(-1)]


def _free_lines(piece: Polygon, points: Array, ends: int) -> Numbers:
    from scipy.spatial import Delaunay

    lines = edges_of_triangles(np.asarray(Delaunay(points).simplices, dtype=np.int64))
    drawn = segments(points[lines[:, 0]], points[lines[:, 1]])
    room = shapely.buffer(piece, _ROUNDING_M)
    shapely.prepare(room)
    inside = shapely.covers(room, drawn)
    on_border = (lines < ends).all(axis=1)
    middles = shapely.line_interpolate_point(drawn, 0.5, normalized=True)
    beside = on_border & (shapely.distance(piece.exterior, middles) < 1.0)
    kept: Numbers = lines[inside & ~beside]
    return kept


def _once(lines: Numbers, kinds: Numbers) -> tuple[Numbers, Numbers]:
    """Each line once, with the kind that comes first."""
    lines = np.sort(lines, axis=1)
    keep = lines[:, 0] != lines[:, 1]
    lines, kinds = lines[keep], kinds[keep]
    _, first = np.unique(lines, axis=0, return_index=True)
    return lines[first], kinds[first]


def ways_through(piece: Polygon, ground: Ground, *, hamlets: bool = False) -> Ways:
    """Cheapest ways between the places on the border of a piece.

    With `hamlets` those that lead by points between their houses, else all direct ones.
    """
    net = net_of(piece, ground, _PARTING if hamlets else 1.0)
    far, before = _from_ends(net)
    s, t = np.triu_indices(net.ends, 1)
    via = _amid_houses(net, ground) if hamlets else np.array([-1])
    s, t, via = np.tile(s, len(via)), np.tile(t, len(via)), np.repeat(via, len(s))
    enclosed = []
    for form in (ground.below, swept):
        sums = _sums(net, before, form)
        border = along_border(piece, net, form)
        way = sums[s, via] - sums[t, via] if hamlets else sums[s, t]
        enclosed.append(np.abs(way - (border[t] - border[s])))
    costs = far[s, via] + far[t, via] if hamlets else far[s, t]
    return Ways(net, s, t, via, costs, enclosed[0], enclosed[1], before)


def _amid_houses(net: Net, ground: Ground) -> Numbers:
    """Points of the net between houses of a hamlet, not too many."""
    distances = _distance_to(ground.places, net.points)
    found = np.flatnonzero(distances < HAMLET_M / 2)
    found = found[found >= net.ends]
    order = np.lexsort(net.points[found].T)
    return found[order][:: max(1, len(found) // _VIA)]


def _from_ends(net: Net) -> tuple[Array, Numbers]:
    """What it costs from each end to each point, and the point before (-1: none)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    size, ends = len(net.points), net.ends
    both = np.concatenate([net.lines, net.lines[:, ::-1]])
    costs = np.concatenate([net.costs, net.costs])
    # An end is left under a number of its own and reached under another: no way runs on
    # through the border.
    start = np.where(both[:, 0] < ends, both[:, 0] + size, both[:, 0])
    graph = csr_array((costs, (start, both[:, 1])), shape=(size + ends, size + ends))
    far, before = dijkstra(graph, indices=np.arange(size, size + ends), return_predecessors=True)
    before = np.where(before >= size, before - size, np.maximum(before, -1))
    return far[:, :size], before[:, :size].astype(np.int64)


def _sums(net: Net, before: Numbers, form: Form) -> Array:
    """`form` added up along the way from each end to each point, doubling the stride."""
    rows = np.arange(len(before))
    stride = np.where(before >= 0, before, np.arange(before.shape[1]))
    stride[rows, rows] = rows
    # Most ends come to a point by the same last line: each line is measured once.
    steps = stride * before.shape[1] + np.arange(before.shape[1])
    used, index = np.unique(steps, return_inverse=True)
    start, end = np.divmod(used, before.shape[1])
    value = form(net.points[start], net.points[end])[index].reshape(before.shape)
    while True:
        value = value + value[rows[:, None], stride]
        further = stride[rows[:, None], stride]
        if np.array_equal(further, stride):
            return value
        stride = further


def along_border(piece: Polygon, net: Net, form: Form) -> Array:
    """`form` added up along the exterior, from its start to each end."""
    ring = piece.exterior
    corners = shapely.get_coordinates(ring)
    reach = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    at = shapely.line_locate_point(ring, points_at(net.points[: net.ends]))
    places, where = np.concatenate([corners, net.points[: net.ends]]), np.concatenate([reach, at])
    order = np.argsort(where, kind="stable")
    xy = places[order]
    total = np.concatenate([[0.0], np.cumsum(form(xy[:-1], xy[1:]))])
    found = np.empty(len(order))
    found[order] = total
    made: Array = found[len(corners) :]
    return made


def swept(starts: Array, ends: Array) -> Array:
    """The area under each line; around a ring they add up to the one inside."""
    made: Array = (ends[:, 0] - starts[:, 0]) * (starts[:, 1] + ends[:, 1]) / 2
    return made
