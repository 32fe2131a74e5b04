"""A walked track against its route: share covered, checkpoints, gaps, detours, metres by grid.

Pure: numpy and shapely in metres of one zone, no Django. A track is an array of rows
(seconds, x, y, accuracy in metres; nan where the device told none), in any order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

Track = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """What counts as walked: settings, with the values that hold unless others are given.

    Twenty metres is what a tablet's GPS is off by under trees; a patrol's motorcycle does not go
    faster than 25 m/s (90 km/h).
    """

    tolerance_m: float = 20.0
    worst_accuracy_m: float = 60.0
    fastest_mps: float = 25.0
    # Where nothing was heard for so long and so far, the way between is not known.
    silence_s: float = 180.0
    leap_m: float = 150.0
    # So many points in a row that are "too fast" are no spike: the one before them was.
    most_spikes: int = 4


@dataclass(frozen=True)
class Checkpoint:
    """A place of the route that has to be passed, within `radius_m`."""

    order: int
    x: float
    y: float
    radius_m: float


@dataclass(frozen=True)
class Passing:
    """When a checkpoint was first passed; None where it never was."""

    order: int
    at: float | None
    in_order: bool


@dataclass(frozen=True)
class Judgement:
    """What came of a run; lengths in metres, shapes in the plane that was given."""

    share: float
    route_m: float
    walked_m: float
    passings: list[Passing]
    gaps: list[shapely.LineString]
    detours: list[shapely.LineString]
    by_grid: dict[str, float]
    walked: BaseGeometry = field(default_factory=shapely.MultiLineString)


def cleaned(track: Track, limits: Limits | None = None) -> list[Track]:
    """The track in pieces that were really walked, each in time: no spikes, no doubled points."""
    limits = limits or Limits()
    good = track[np.isfinite(track[:, :3]).all(axis=1)]
    good = good[~(good[:, 3] > limits.worst_accuracy_m)]
    good = good[np.argsort(good[:, 0], kind="stable")]
    if len(good):
        good = good[np.concatenate([[True], np.diff(good[:, 0]) > 0])]
    return [piece for piece in _pieces(_without_spikes(good, limits), limits) if len(piece)]


def _without_spikes(track: Track, limits: Limits) -> Track:
    """Points that could not be reached from the one before are left out, unless many agree."""
    kept: list[int] = []
    skipped: list[int] = []
    for index in range(len(track)):
        if not kept or _speed(track[kept[-1]], track[index]) <= limits.fastest_mps:
            kept.append(index)
            skipped = []
            continue
        skipped.append(index)
        together = _agreeing(track, skipped, limits)
        if len(together) > limits.most_spikes:
            # Where they stand is where the patrol is; if it was a single point before them that
            # jumped, that one goes.
            if len(kept) == 1:
                kept = []
            kept += together
            skipped = []
    return track[kept]


def _agreeing(track: Track, indices: list[int], limits: Limits) -> list[int]:
    """The last run of points each reachable from the one before it."""
    run = [indices[-1]]
    for index in reversed(indices[:-1]):
        if _speed(track[index], track[run[-1]]) > limits.fastest_mps:
            break
        run.append(index)
    return run[::-1]


def _speed(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.hypot(b[1] - a[1], b[2] - a[2]) / max(b[0] - a[0], 1e-9))


def _pieces(track: Track, limits: Limits) -> list[Track]:
    if len(track) < 2:
        return [track] if len(track) else []
    steps = np.diff(track[:, :3], axis=0)
    far = np.hypot(steps[:, 1], steps[:, 2])
    torn = (far > limits.leap_m) & (steps[:, 0] > limits.silence_s)
    # What could not be walked in the time was not walked.
    torn |= far > limits.fastest_mps * np.maximum(steps[:, 0], 1e-9)
    cuts = np.flatnonzero(torn) + 1
    return np.split(track, cuts)


def judge(
    route: shapely.LineString,
    checkpoints: Sequence[Checkpoint],
    track: Track,
    grids: Mapping[str, BaseGeometry] | None = None,
    limits: Limits | None = None,
) -> Judgement:
    """The track against the route; `grids` are areas by code."""
    limits = limits or Limits()
    pieces = cleaned(track, limits)
    lines = [shapely.LineString(piece[:, 1:3]) for piece in pieces if len(piece) > 1]
    lone = [shapely.Point(piece[0, 1:3]) for piece in pieces if len(piece) == 1]
    lines = [line for line in lines if line.length > 0]
    way = Near([*lines, *lone], limits.tolerance_m)
    planned = Near([route], limits.tolerance_m)
    gaps = list(way.misses(route))
    return Judgement(
        share=1 - sum(gap.length for gap in gaps) / route.length if route.length else 0.0,
        route_m=float(route.length),
        walked_m=float(sum(line.length for line in lines)),
        passings=_passings(checkpoints, pieces),
        gaps=[gap for gap in gaps if gap.length >= limits.tolerance_m / 4],
        # A step aside of a few metres over the tolerance is no detour.
        detours=[
            aside
            for line in lines
            for aside in planned.misses(line)
            if aside.length >= limits.tolerance_m
        ],
        by_grid=_by_grid(shapely.MultiLineString(lines), grids or {}),
        walked=shapely.MultiLineString(lines),
    )


class Near:
    """What lies within a distance of some shapes, asked metre by metre.

    Not by a buffer: that of a track that goes to and fro over itself can take minutes, as
    measured with GEOS 3.14 for a pause of an hour.
    """

    _STEP_M = 1.0

    def __init__(self, shapes: Sequence[BaseGeometry], within_m: float) -> None:
        segments = [_segments(shape) for shape in shapes]
        self._tree = shapely.STRtree(np.concatenate(segments) if segments else [])
        self._within = within_m

    def misses(self, line: shapely.LineString) -> Iterator[shapely.LineString]:
        """The stretches of the line that lie farther away, in its order."""
        if line.length == 0:
            return
        ends, is_near = self._asked(line)
        changes = np.flatnonzero(np.diff(is_near)) + 1
        starts = np.concatenate([[0], changes])
        stops = np.concatenate([changes, [len(is_near)]])
        for start, stop in zip(starts, stops, strict=True):
            if not is_near[start]:
                yield shapely.LineString(substring(line, ends[start], ends[stop]).coords)

    def share(self, line: shapely.LineString) -> float:
        """The share of the line's length that lies within the distance."""
        if line.length == 0:
            return 0.0
        ends, is_near = self._asked(line)
        return float(np.diff(ends)[is_near].sum() / line.length)

    def _asked(self, line: shapely.LineString) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Distances along the line that part it, and of each part whether its middle is near."""
        count = int(np.ceil(line.length / self._STEP_M)) + 1
        ends = np.linspace(0.0, line.length, count)
        middles = shapely.line_interpolate_point(line, (ends[:-1] + ends[1:]) / 2)
        found = self._tree.query(middles, predicate="dwithin", distance=self._within)
        is_near = np.zeros(len(middles), dtype=np.bool_)
        is_near[found[0]] = True
        return ends, is_near


def _segments(shape: BaseGeometry) -> NDArray[np.object_]:
    """The single segments of a line; a point is its own."""
    if shape.geom_type == "Point":
        return np.array([shape], dtype=object)
    parts = [shapely.get_coordinates(part) for part in shapely.get_parts(shape)]
    pairs = np.concatenate([np.stack([xy[:-1], xy[1:]], axis=1) for xy in parts])
    return np.atleast_1d(np.asarray(shapely.linestrings(pairs), dtype=object))


def _passings(checkpoints: Sequence[Checkpoint], pieces: list[Track]) -> list[Passing]:
    """When each was first passed; out of order is what does not fit into the longest ascent."""
    times = {point.order: _first_time(point, pieces) for point in checkpoints}
    passed = sorted((at, order) for order, at in times.items() if at is not None)
    fitting = _longest_ascent([order for _at, order in passed])
    return [
        Passing(point.order, times[point.order], point.order in fitting)
        for point in sorted(checkpoints, key=lambda one: one.order)
    ]


def _first_time(point: Checkpoint, pieces: list[Track]) -> float | None:
    """The first moment at which the track came within the radius, between points too."""
    here = np.array([point.x, point.y])
    for piece in pieces:
        start, step = piece[:-1], np.diff(piece[:, :3], axis=0)
        if len(piece) == 1:
            if np.hypot(*(piece[0, 1:3] - here)) <= point.radius_m:
                return float(piece[0, 0])
            continue
        squared = np.maximum((step[:, 1:] ** 2).sum(axis=1), 1e-12)
        along = ((here - start[:, 1:3]) * step[:, 1:]).sum(axis=1) / squared
        along = along.clip(0, 1)
        nearest = start[:, 1:3] + along[:, None] * step[:, 1:]
        hits = np.flatnonzero(np.hypot(*(nearest - here).T) <= point.radius_m)
        if len(hits):
            first = hits[0]
            return float(start[first, 0] + along[first] * step[first, 0])
    return None


def _longest_ascent(orders: Sequence[int]) -> set[int]:
    """The members of a longest strictly ascending subsequence."""
    best: list[list[int]] = []
    for index, order in enumerate(orders):
        before = [best[other] for other in range(index) if orders[other] < order]
        best.append([*_longest(before), order])
    return set(_longest(best))


def _longest(lists: Sequence[list[int]]) -> list[int]:
    return sorted(lists, key=len)[-1] if lists else []


def _by_grid(walked: BaseGeometry, grids: Mapping[str, BaseGeometry]) -> dict[str, float]:
    """Metres walked in each grid; along a shared border in the lower code only."""
    found: dict[str, float] = {}
    rest = walked
    for code in sorted(grids):
        inside = float(shapely.intersection(rest, grids[code]).length)
        if inside > 0:
            found[code] = inside
            rest = shapely.difference(rest, grids[code])
    return found
