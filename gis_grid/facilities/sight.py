"""What cameras look at, on the ground. Pure: numpy, shapely and pyproj, no Django.

A sector is what lies within range and field of view: what houses and trees hide is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

# CGCS2000's ellipsoid differs from GRS80 by 0.1 mm.
_GROUND = Geod(ellps="GRS80")
_STEP_DEGREES = 5.0
# Pieces of road shorter than this are no gaps.
_GAP_M = 1.0
# A junction is a place of some metres: a camera on its corner sees it.
_JUNCTION_M = 10.0


def sector(
    lon: float, lat: float, *, bearing: float | None, field_of_view: float, range_m: float
) -> shapely.Polygon:
    """The piece of a disc that a camera sees, lon/lat degrees on the lattice of 1e-7°.

    `bearing` is clockwise from true north; geodesics on the ellipsoid, so metres are metres
    at any longitude of a zone. All round for `field_of_view` 360.
    """
    is_round = field_of_view >= 360
    begin = 0.0 if is_round else (bearing or 0.0) - field_of_view / 2
    steps = max(2, int(np.ceil(field_of_view / _STEP_DEGREES)) + 1)
    angles = begin + np.linspace(0.0, 360.0 if is_round else field_of_view, steps)
    angles = angles[:-1] if is_round else angles
    lons, lats, _back = _GROUND.fwd(
        np.full(len(angles), lon), np.full(len(angles), lat), angles, np.full(len(angles), range_m)
    )
    arc = np.round(np.column_stack([lons, lats]), 7)
    rim = arc if is_round else np.vstack([arc, [[lon, lat]]])
    return shapely.Polygon(rim)


@dataclass(frozen=True)
class Watched:
    """How much of the roads and junctions is seen; `gaps` and `unseen` are what is not.

    Lengths in metres; `gaps` are lines, `unseen` points, in the CRS that was given.
    """

    length_m: float
    seen_m: float
    gaps: list[shapely.LineString]
    junctions: int
    unseen: list[shapely.Point]

    @property
    def share(self) -> float | None:
        """Seen length by whole length; None where there is no road."""
        return self.seen_m / self.length_m if self.length_m else None


def watched(
    roads: Sequence[BaseGeometry], area: BaseGeometry, sectors: Sequence[BaseGeometry]
) -> Watched:
    """How much of the roads inside `area` lies in the sectors; all in metres of one zone.

    Gaps shorter than a metre are no gaps. Junctions are where three or more roads meet; one is
    seen where a sector comes within 10 m of it.
    """
    net = shapely.union_all(list(roads)) if roads else shapely.LineString()
    inside = shapely.intersection(net, area)
    seen = shapely.union_all(list(sectors)) if sectors else shapely.Polygon()
    rest = shapely.difference(inside, seen)
    pieces = shapely.get_parts(shapely.line_merge(_lines(rest)))
    gaps = [piece for piece in pieces.tolist() if piece.length >= _GAP_M]
    places = [place for place in junctions(net) if area.covers(place)]
    unseen = [place for place in places if seen.is_empty or seen.distance(place) > _JUNCTION_M]
    length = float(shapely.length(inside))
    return Watched(length, length - float(shapely.length(rest)), gaps, len(places), unseen)


def junctions(net: BaseGeometry) -> list[shapely.Point]:
    """Places where three or more pieces of a noded network meet, each once."""
    ends = [
        shapely.get_coordinates(part)[index]
        for part in shapely.get_parts(_lines(shapely.node(_lines(net)))).tolist()
        for index in (0, -1)
    ]
    if not ends:
        return []
    places, counts = np.unique(np.round(np.array(ends), 2), axis=0, return_counts=True)
    return [shapely.Point(place) for place in places[counts >= 3]]


def _lines(shape: BaseGeometry) -> shapely.MultiLineString:
    parts = shapely.get_parts(shape).tolist()
    return shapely.MultiLineString([p for p in parts if p.geom_type == "LineString" and p.length])
