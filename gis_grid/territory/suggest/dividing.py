"""A grid with too many households in parts of near-equal size, by lines that a hand would draw."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon

from gis_grid.territory.coverage import SMALLEST_CELL_M2, Cell
from gis_grid.territory.redraw import rules
from gis_grid.territory.redraw.operations import split
from gis_grid.territory.redraw.sheet import DraftCell, RefusedError
from gis_grid.territory.suggest.cutting import keeps_off, two_sides
from gis_grid.territory.suggest.ground import Ground, Zone, points_at
from gis_grid.territory.suggest.straight import Cut, straightened
from gis_grid.territory.suggest.ways import Ways, ways_through

# A part may miss its share by so much before that weighs; beyond, it soon outweighs all else.
TOLERANCE = 0.15
_MISSING, _MISSING_MUCH = 2.0, 60.0
# A hamlet fenced in by itself amid the land of another part is no grid that anybody draws: a
# side should have this much of its share of the land.
_ROOMY, _POCKET = 0.35, 2.0
# No part may have less of its share, or the grid can't be called divided.
_LEAST_SHARE = 0.3
# A cut that misses its share by more makes it worth looking into hamlets.
_NEAR = 0.3
# So many of the promising ways are drawn and compared.
_DRAWN = 10
_ROAD_WIDTH_M, _MEETING_M = 1.0, 0.01
# A line ends so near to the one that it is drawn up to.
_TIP_M = 0.06


class CannotDivideError(Exception):
    """No fair division. `reason`: `too_few_households` (fewer than parts), `one_place` (too
    many of them under one roof), `several_pieces` (the grid lies in more than one: a split
    leaves those whole that no line divides), `no_line` (none leads through).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Part:
    """A part to be: lon/lat shape and households."""

    shape: Polygon
    households: float


@dataclass(frozen=True)
class Division:
    """`lines` for an operation `split`, in this order; the parts it makes, from west to east.

    `cut_m` is the length of the lines, `along_m` how much of it follows roads and streams.
    """

    lines: tuple[LineString, ...]
    parts: tuple[Part, ...]
    cut_m: float
    along_m: float


@dataclass(frozen=True)
class _Halves:
    cut: Cut
    sides: tuple[Polygon, Polygon]
    shares: tuple[int, int]
    missing: float
    score: float


def divide(
    cell: Cell, homes: Any, weights: Any, parts: int, *, along: Sequence[LineString] = ()
) -> Division:
    """Cut `cell` into `parts` with near-equal households.

    `cell` and `along` (roads, streams) in lon/lat degrees, `homes` an array (n, 2) of such,
    `weights` the households at each. Raises `CannotDivideError`.
    """
    zone = Zone.at(cell)
    xy, counts = zone.metres(homes), np.asarray(weights, dtype=np.float64)
    land = zone.to_metres(cell)
    ground = Ground.of(xy, counts, [zone.to_metres(line) for line in along])
    ground = ground.within(shapely.buffer(land, _MEETING_M))
    pieces = [shapely.orient_polygons(piece) for piece in shapely.get_parts(land)]
    _refuse_hopeless(ground, parts, len(pieces))
    cuts = _cuts(pieces[0], ground.within(pieces[0]), parts)
    drawn = _with_nodes([line for cut in cuts for line in cut.lines])
    lines = tuple(zone.to_degrees(line) for line in drawn)
    made = _parts_after(cell, lines, zone, ground)
    if len(made) != parts:
        raise CannotDivideError("no_line")
    near = shapely.buffer(shapely.union_all(list(ground.roads)), _ROAD_WIDTH_M)
    along_m = shapely.length(shapely.intersection(drawn, near)).sum()
    return Division(lines, made, float(shapely.length(drawn).sum()), float(along_m))


def _refuse_hopeless(ground: Ground, parts: int, pieces: int) -> None:
    if parts < 2:
        raise ValueError("a division has two parts or more")
    if pieces > 1:
        raise CannotDivideError("several_pieces")
    total = float(ground.weights.sum())
    if total < parts:
        raise CannotDivideError("too_few_households")
    _, place = np.unique(np.round(ground.homes, 0), axis=0, return_inverse=True)
    crowd = float(np.bincount(place.reshape(-1), weights=ground.weights).max())
    if (total - crowd) / (parts - 1) < _LEAST_SHARE * total / parts:
        raise CannotDivideError("one_place")


def _cuts(piece: Polygon, ground: Ground, parts: int) -> list[Cut]:
    """Cuts of one piece, each of what the ones before have left."""
    if parts == 1:
        return []
    halves = _halved(piece, ground, parts)
    first, second = halves.sides
    return [
        halves.cut,
        *_cuts(first, ground.within(first), halves.shares[0]),
        *_cuts(second, ground.within(second), halves.shares[1]),
    ]


def _halved(piece: Polygon, ground: Ground, parts: int) -> _Halves:
    """The best cut into two sides that hold whole shares of the households.

    A hamlet is only looked into where no cut around hamlets comes near the shares.
    """
    best: _Halves | None = None
    for hamlets in (False, True):
        if best is None or best.missing > _NEAR:
            ways = ways_through(piece, ground, hamlets=hamlets)
            drawn = _drawn(piece, ground, parts, ways)
            best = min([*drawn, *([best] if best else [])], key=lambda one: one.score, default=None)
    if best is None:
        raise CannotDivideError("no_line")
    return best


def _drawn(piece: Polygon, ground: Ground, parts: int, ways: Ways) -> Iterator[_Halves]:
    """The most promising ways as cuts."""
    total = float(ground.weights.sum())
    for way, share in _promising(ways, total, parts, piece.area):
        cut = straightened(piece, ground, ways.net, ways.path(way))
        sides = two_sides(piece, cut.line) if cut and keeps_off(piece, cut.line) else None
        if cut is None or sides is None:
            continue
        held = [ground.households(side) / total * parts for side in sides]
        if abs(held[0] - share) > abs(held[1] - share):
            sides, held = sides[::-1], held[::-1]
        missing = float(_missing(held[0], share, parts))
        if missing <= 1 - _LEAST_SHARE:
            room = _room(sides[0].area / piece.area * parts, share, parts)
            score = float(_score(cut.cost / np.sqrt(piece.area), missing, room))
            yield _Halves(cut, sides, (share, parts - share), missing, score)


def _missing(held: Any, share: int, parts: int) -> Any:
    """How far a side with `held` shares is from `share`, for each part of the smaller side."""
    return np.abs(held - share) / min(share, parts - share)


def _room(held: Any, share: int, parts: int) -> Any:
    """How much of its share of the land the side that is worse off has, 1 or less."""
    return np.minimum(held / share, (parts - held) / (parts - share))


def _score(cost: Any, missing: Any, room: Any) -> Any:
    much = np.maximum(missing - TOLERANCE, 0)
    pocket = _POCKET * np.maximum(1 - room / _ROOMY, 0)
    return cost + _MISSING * missing + _MISSING_MUCH * much * much + pocket


def _promising(ways: Ways, total: float, parts: int, area: float) -> Iterator[tuple[int, int]]:
    """The ways that look best, with how many shares the one side holds; no two much alike."""
    possible = np.isfinite(ways.costs)
    possible &= np.minimum(ways.areas, area - ways.areas) > SMALLEST_CELL_M2
    found: list[tuple[float, int, int]] = []
    for share in range(1, parts):
        missing = _missing(ways.households / total * parts, share, parts)
        room = _room(ways.areas / area * parts, share, parts)
        # Halving first leaves the least to go wrong later.
        uneven = 0.2 * abs(2 * share - parts) / parts
        scores = _score(ways.costs / np.sqrt(area), missing, room) + uneven
        eligible = np.flatnonzero(possible & (missing <= 1 - _LEAST_SHARE))
        best = eligible[np.argsort(scores[eligible], kind="stable")[: _DRAWN * 10]]
        found += [(float(scores[way]), int(way), share) for way in best]
    alike: dict[tuple[int, int, int], tuple[int, int]] = {}
    for _, way, share in sorted(found):
        alike.setdefault((int(ways.s[way]) // 2, int(ways.t[way]) // 2, share), (way, share))
    return itertools.islice(alike.values(), _DRAWN)


def _with_nodes(lines: Sequence[LineString]) -> list[LineString]:
    """Lines with a vertex wherever another one ends on them."""
    tips = np.concatenate([shapely.get_coordinates(line)[[0, -1]] for line in lines])
    made = []
    for line in lines:
        corners = shapely.get_coordinates(line)
        on_line = tips[shapely.distance(line, points_at(tips)) < _TIP_M]
        apart = np.hypot(*(on_line[:, None] - corners).T)
        # A corner that the other line means is moved to where that line ends.
        inner = apart[1:-1]
        corner, tip = np.nonzero((inner < _TIP_M) & (inner > 0))
        corners[corner + 1] = on_line[tip]
        places = np.concatenate([corners, on_line[apart.min(axis=0) >= _TIP_M]])
        order = np.argsort(shapely.line_locate_point(line, points_at(places)), kind="stable")
        made.append(LineString(places[order]))
    return made


def _parts_after(
    cell: Cell, lines: Sequence[LineString], zone: Zone, ground: Ground
) -> tuple[Part, ...]:
    """What the operation makes of the lines; empty where it refuses them."""
    sheet = {"0": DraftCell("", "", "small", MultiPolygon(shapely.get_parts(cell).tolist()))}
    codes = (str(number) for number in itertools.count(1))
    try:
        outcome = split(
            sheet,
            grid="0",
            lines=[list(line.coords) for line in lines],
            allot=lambda _village: next(codes),
            weigh=lambda face: 0.0,
        )
    except RefusedError:
        return ()
    if rules.issues_after(sheet, outcome):
        return ()
    shapes = [made.shape.geoms[0] for made in outcome.changes.values() if made is not None]
    shapes.sort(key=lambda shape: (shape.centroid.x, -shape.centroid.y))
    # A house right on a line counts on one side only.
    places = points_at(ground.homes)
    far = [shapely.distance(zone.to_metres(shape), places) for shape in shapes]
    counts = np.bincount(np.argmin(far, axis=0), ground.weights, minlength=len(shapes))
    return tuple(Part(shape, float(n)) for shape, n in zip(shapes, counts, strict=True))
