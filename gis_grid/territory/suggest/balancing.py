"""Neighbouring grids with unequal households: whole hamlets to hand over the common border."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon

from gis_grid.territory.coverage import SMALLEST_CELL_M2, Cell
from gis_grid.territory.redraw import rules
from gis_grid.territory.redraw.operations import transfer
from gis_grid.territory.redraw.sheet import DraftCell, RefusedError, Sheet
from gis_grid.territory.suggest.cutting import keeps_off, two_sides
from gis_grid.territory.suggest.ground import Array, Ground, Numbers, Zone, points_at
from gis_grid.territory.suggest.straight import straightened
from gis_grid.territory.suggest.ways import Ways, along_border, ways_through

# Grids whose households differ by less of the mean are left as they are, and nothing is
# handed over that brings them less near.
TOLERANCE, _LEAST_GAIN = 0.15, 0.1
# What a gain of the mean household number is worth, against border in widths of the grid.
_WORTH = 6.0
# Land handed over touches the grid that gets it along so much border.
_LEAST_SHARED_M = 30.0
# It has so much of its whole border there; and from some part of the grid's land on, handing
# it over turns the map round for a few houses.
_LEAST_SHARED, _MUCH_LAND, _LAND = 0.15, 0.35, 6.0
_DRAWN = 12


@dataclass(frozen=True)
class Exchange:
    """An operation `transfer` of the land in `area` (lon/lat) with so many households."""

    source: str
    to: str
    area: Polygon
    households: float


@dataclass(frozen=True)
class _State:
    """The grids as they are after the exchanges so far; `codes` tells where each home counts."""

    sheet: Sheet
    zone: Zone
    homes: Array
    weights: Array
    codes: NDArray[np.str_]
    roads: Sequence[LineString]

    def counts(self) -> dict[str, float]:
        return {code: float(self.weights[self.codes == code].sum()) for code in self.sheet}

    def mean(self) -> float:
        return sum(self.counts().values()) / len(self.sheet)


def balance(
    cells: Mapping[str, Cell],
    homes: Any,
    weights: Any,
    codes: Sequence[str],
    *,
    along: Sequence[LineString] = (),
) -> list[Exchange]:
    """Exchanges that bring the households of neighbouring `cells` nearer each other.

    Shapes and `homes` (n, 2) in lon/lat degrees; `codes` tells in which grid each home counts.
    Each exchange can be applied after those before it, and both grids stay in one piece. No
    hamlet is parted: where that leaves nothing worth doing, the list is empty.
    """
    zone = Zone.at(shapely.union_all(list(cells.values())))
    sheet = {
        code: DraftCell("", code, "small", MultiPolygon(shapely.get_parts(cell).tolist()))
        for code, cell in cells.items()
    }
    roads = [zone.to_metres(line) for line in along]
    counted = np.asarray(weights, dtype=np.float64)
    state = _State(sheet, zone, zone.metres(homes), counted, np.asarray(codes, dtype=str), roads)
    found: list[Exchange] = []
    while len(found) < len(cells) and (done := _next_exchange(state)):
        found.append(done[0])
        state = done[1]
    return found


def _next_exchange(state: _State) -> tuple[Exchange, _State] | None:
    """The first worth doing, between the neighbours that differ most."""
    counts, mean = state.counts(), state.mean()
    pairs = [
        (counts[a] - counts[b], a, b)
        for a in sorted(counts)
        for b in sorted(counts)
        if counts[a] - counts[b] > TOLERANCE * mean
    ]
    known: dict[str, tuple[Polygon, Ground, Ways]] = {}
    for difference, a, b in sorted(pairs, key=lambda pair: (-pair[0], *pair[1:])):
        pieces = state.sheet[a].shape.geoms
        if len(pieces) > 1 or not _touch(pieces[0], state.sheet[b].shape):
            continue
        if a not in known:
            piece = shapely.orient_polygons(state.zone.to_metres(pieces[0]))
            own = state.codes == a
            ground = Ground.of(state.homes[own], state.weights[own], state.roads).within(piece)
            known[a] = (piece, ground, ways_through(piece, ground))
        for exchange in _exchanges(state, a, b, difference, known[a]):
            after = _applied(state, exchange)
            if after is not None:
                return exchange, after
    return None


def _touch(piece: Polygon, other: MultiPolygon) -> bool:
    return bool(piece.intersection(other.boundary).length > 0)


def _exchanges(
    state: _State, a: str, b: str, difference: float, known: tuple[Polygon, Ground, Ways]
) -> Iterator[Exchange]:
    """What `a` may hand to `b`, the best first; not yet tried."""
    piece, ground, ways = known
    border = state.zone.to_metres(state.sheet[b].shape).boundary
    found: list[tuple[float, int, Polygon]] = []
    for way, side_area in _promising(ways, piece, border, difference, state.mean(), ground):
        cut = straightened(piece, ground, ways.net, ways.path(way))
        if cut is None or ground.parts_hamlet(cut.line) or not keeps_off(piece, cut.line):
            continue
        sides = two_sides(piece, cut.line)
        if sides is None:
            continue
        side = min(sides, key=lambda one: abs(one.area - side_area))
        shared = shapely.intersection(side.boundary, shapely.buffer(border, 0.1)).length
        gain = difference - abs(difference - 2 * ground.households(side))
        score = _score(cut.cost - shared, side.area, piece.area, gain / state.mean())
        touches = shared >= max(_LEAST_SHARED_M, _LEAST_SHARED * side.length)
        if touches and gain >= _LEAST_GAIN * state.mean() and score < 0:
            found.append((score, len(found), side))
    for _, _, side in sorted(found, key=lambda one: one[:2]):
        yield Exchange(a, b, state.zone.to_degrees(side), ground.households(side))


def _score(border_m: Any, given: Any, area: float, gain: Any) -> Any:
    much = np.maximum(given / area - _MUCH_LAND, 0)
    return border_m / np.sqrt(area) + _LAND * much - _WORTH * gain


def _promising(
    ways: Ways,
    piece: Polygon,
    border: MultiLineString,
    difference: float,
    mean: float,
    ground: Ground,
) -> list[tuple[int, float]]:
    """Ways that cut off what is best handed over the border, with the area of that side."""
    shapely.prepare(border)

    def shared_by(starts: Array, ends: Array) -> Array:
        is_shared = shapely.dwithin(border, points_at((starts + ends) / 2), 0.05)
        made: Array = np.hypot(*(ends - starts).T) * is_shared
        return made

    reached = along_border(piece, ways.net, shared_by)
    inside = reached[ways.t] - reached[ways.s]
    whole = shared_by(*_steps(piece)).sum()
    total = float(ground.weights.sum())
    found: list[tuple[float, int, float]] = []
    for households, areas, shared in (
        (ways.households, ways.areas, inside),
        (total - ways.households, piece.area - ways.areas, whole - inside),
    ):
        gain = difference - np.abs(difference - 2 * households)
        scores = _score(ways.costs - shared, areas, piece.area, gain / mean)
        smaller = np.minimum(areas, piece.area - areas)
        fit = (shared >= _LEAST_SHARED_M) & (gain >= _LEAST_GAIN * mean)
        fit &= np.isfinite(ways.costs) & (smaller > SMALLEST_CELL_M2) & (scores < 0)
        eligible: Numbers = np.flatnonzero(fit)
        best = eligible[np.argsort(scores[eligible], kind="stable")[:_DRAWN]]
        found += [(float(scores[way]), int(way), float(areas[way])) for way in best]
    return [(way, area) for _, way, area in sorted(found)[:_DRAWN]]


def _steps(piece: Polygon) -> tuple[Array, Array]:
    xy = shapely.get_coordinates(piece.exterior)
    return xy[:-1], xy[1:]


def _applied(state: _State, exchange: Exchange) -> _State | None:
    """The grids after an exchange, None where the operation would be refused."""
    area = exchange.area
    rings = [list(ring.coords) for ring in (area.exterior, *area.interiors)]
    a, b = exchange.source, exchange.to
    try:
        outcome = transfer(state.sheet, source=a, to=b, allot=str, area=rings)
    except RefusedError:
        return None
    if outcome.changes[a] is None or rules.issues_after(state.sheet, outcome):
        return None
    sheet = {**state.sheet, **{k: cell for k, cell in outcome.changes.items() if cell is not None}}
    land = state.zone.to_metres(area)
    moves = (state.codes == a) & shapely.intersects_xy(land, state.homes[:, 0], state.homes[:, 1])
    return replace(state, sheet=sheet, codes=np.where(moves, b, state.codes))
