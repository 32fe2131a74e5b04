"""The land in metres: houses, hamlets and roads, and what it costs to draw a line through it.

A cost is a length in metres: a line that follows a road is worth a detour, one that runs
close by a house or between two houses of a hamlet has to save a long one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj.enums import TransformDirection
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from gis_grid.core.crs import to_zone, zone_epsg
from gis_grid.territory.coverage import DECIMALS

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Shapes = NDArray[np.object_]
G = TypeVar("G", bound=BaseGeometry)

# Houses as near as this stand in one hamlet.
HAMLET_M = 50.0
# Nearer than this no line should pass a house.
CLEAR_M = 15.0
# A metre along a road or stream, against one across open land.
ALONG = 0.35
# What a metre costs more right beside a house; on a road people pass there anyway.
BESIDE, BESIDE_ALONG = 8.0, 1.0
# For each two neighbours of one hamlet that a line parts.
PARTED_M, PARTED_ALONG_M = 300.0, 120.0


@dataclass(frozen=True)
class Zone:
    """The Gauss–Krüger zone that a piece of land is measured in."""

    epsg: int

    @classmethod
    def at(cls, shape: BaseGeometry) -> "Zone":
        return cls(zone_epsg(shape.centroid.x))

    def to_metres(self, shape: G) -> G:
        made: G = shapely.transform(shape, self.metres)
        return made

    def to_degrees(self, shape: G) -> G:
        """Back to lon/lat, on the lattice."""
        made: G = shapely.transform(shape, self.degrees)
        return made

    def metres(self, lonlat: Any) -> Array:
        xy = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        return np.column_stack(to_zone(self.epsg).transform(xy[:, 0], xy[:, 1]))

    def degrees(self, xy: Array) -> Array:
        back = to_zone(self.epsg).transform(
            xy[:, 0], xy[:, 1], direction=TransformDirection.INVERSE
        )
        return np.round(np.column_stack(back), DECIMALS)


@dataclass(frozen=True)
class Ground:
    """Homes (n, 2) with their weights, sorted from west to east, and roads that meet in nodes."""

    homes: Array
    weights: Array
    roads: tuple[LineString, ...]

    @classmethod
    def of(cls, homes: Array, weights: Array, along: Sequence[LineString]) -> "Ground":
        order = np.lexsort((homes[:, 1], homes[:, 0]))
        parts = shapely.get_parts(shapely.line_merge(shapely.union_all(list(along))))
        return cls(homes[order], weights[order], tuple(parts))

    @cached_property
    def places(self) -> Array:
        """Where houses stand, each place once."""
        return np.unique(np.round(self.homes, 2), axis=0)

    @cached_property
    def triangles(self) -> Numbers:
        """Neighbouring houses by threes, as indices of `places`; none where all lie in a row."""
        from scipy.spatial import Delaunay, QhullError

        if len(self.places) < 3:
            return np.empty((0, 3), dtype=np.int64)
        try:
            return np.asarray(Delaunay(self.places).simplices, dtype=np.int64)
        except QhullError:
            return np.empty((0, 3), dtype=np.int64)

    @cached_property
    def neighbours(self) -> Numbers:
        """Pairs of neighbouring houses, as indices of `places`."""
        if not len(self.triangles):
            order = np.arange(len(self.places))
            return np.column_stack([order[:-1], order[1:]])
        return edges_of_triangles(self.triangles)

    @cached_property
    def _homes_tree(self) -> shapely.STRtree:
        return shapely.STRtree(points_at(self.places))

    @cached_property
    def _hamlets_tree(self) -> shapely.STRtree:
        """Lines between neighbours of one hamlet."""
        ends = self.places[self.neighbours]
        lengths = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
        ends = ends[lengths <= HAMLET_M]
        return shapely.STRtree(segments(ends[:, 0], ends[:, 1]))

    def cost(
        self, starts: Array, ends: Array, is_along: NDArray[np.bool_], parting: float = 1.0
    ) -> Array:
        """What the straight lines from `starts` to `ends` cost, in metres.

        `parting` scales what it costs to part a hamlet.
        """
        lines = segments(starts, ends)
        lengths = shapely.length(lines)
        nearness = np.zeros(len(lines))
        (near, _), distances = self._homes_tree.query_nearest(
            lines, max_distance=CLEAR_M, return_distance=True, all_matches=False
        )
        nearness[near] = 1 - distances / CLEAR_M
        crossed, _ = self._hamlets_tree.query(lines, predicate="intersects")
        parted = np.bincount(crossed, minlength=len(lines)) * parting
        return np.where(
            is_along,
            lengths * (ALONG + BESIDE_ALONG * nearness) + PARTED_ALONG_M * parted,
            lengths * (1 + BESIDE * nearness) + PARTED_M * parted,
        )

    def parts_hamlet(self, line: LineString) -> bool:
        return bool(len(self._hamlets_tree.query(line, predicate="intersects")))

    def below(self, starts: Array, ends: Array) -> Array:
        """Households south of each line, negative for lines that run west.

        Around a ring they add up to the households inside, negative counter-clockwise: the
        trapezoid rule of areas, for points.
        """
        easts = self.homes[:, 0]
        first = np.searchsorted(easts, np.minimum(starts[:, 0], ends[:, 0]))
        last = np.searchsorted(easts, np.maximum(starts[:, 0], ends[:, 0]))
        counts = last - first
        line = np.repeat(np.arange(len(starts)), counts)
        home = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts - first, counts)
        d = (ends - starts)[line]
        to_home = self.homes[home] - starts[line]
        heading = np.sign(d[:, 0])
        is_south = (d[:, 0] * to_home[:, 1] - d[:, 1] * to_home[:, 0]) * heading < 0
        weights = self.weights[home] * is_south * heading
        return np.bincount(line, weights, minlength=len(starts)).astype(np.float64)

    def households(self, shape: BaseGeometry) -> float:
        shapely.prepare(shape)
        inside = shapely.intersects_xy(shape, self.homes[:, 0], self.homes[:, 1])
        return float(self.weights[inside].sum())

    def within(self, shape: BaseGeometry) -> "Ground":
        """The same roads with the homes in `shape` only."""
        shapely.prepare(shape)
        inside = shapely.intersects_xy(shape, self.homes[:, 0], self.homes[:, 1])
        return Ground(self.homes[inside], self.weights[inside], self.roads)


def points_at(xy: Array) -> Shapes:
    made: Shapes = np.asarray(shapely.points(xy.reshape(-1, 2)))
    return made


def segments(starts: Array, ends: Array) -> Shapes:
    made: Shapes = np.asarray(shapely.linestrings(np.stack([starts, ends], axis=1)))
    return made


def edges_of_triangles(triangles: Numbers) -> Numbers:
    pairs = np.sort(
        np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    )
    return np.unique(pairs, axis=0)
