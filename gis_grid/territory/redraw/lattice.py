"""Coordinates as whole lattice units of 1e-7°, so that areas and crossings are exact.

A unit is about 1 cm. Shapes of the coverage have all their vertices on the lattice; here
they are float64 arrays of whole numbers. China's longitudes reach 1.4e9 units: products of
two differences inside a town stay far below 2⁵³, where float64 is still exact.
"""

import math
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

UNITS = 1e7
# A line that comes as near as this to a vertex runs through it (units, some 8 mm).
TOUCH = 0.8
# How far along the border a balanced pair may be sought (units, some 4 m).
_REACH = 400

Point = tuple[float, float]
Array = NDArray[np.float64]
G = TypeVar("G", bound=BaseGeometry)


def to_units(coordinates: Any) -> Array:
    """Lon/lat degrees, shape (n, 2), as the nearest lattice units."""
    return np.rint(np.asarray(coordinates, dtype=np.float64).reshape(-1, 2) * UNITS)


def in_units(shape: G) -> G:
    made: G = shapely.transform(shape, to_units)
    return made


def in_degrees(shape: G) -> G:
    """Each coordinate is the float nearest to its seven decimals, always the same one."""
    made: G = shapely.transform(shape, lambda xy: xy / UNITS)
    return made


def area_units(shape: BaseGeometry) -> int:
    """Exact area in half square units: twice the shoelace sum, by whole numbers."""
    total = 0
    for polygon in shapely.get_parts(shape):
        rings = [polygon.exterior, *polygon.interiors]
        sizes = [abs(_twice_signed(shapely.get_coordinates(ring))) for ring in rings]
        total += sizes[0] - sum(sizes[1:])
    return total


def _twice_signed(ring: Array) -> int:
    # A ring may be too large for float64 to sum exactly; whole numbers of Python are not.
    x = (ring[:, 0] - ring[0, 0]).astype(np.int64)
    y = (ring[:, 1] - ring[0, 1]).astype(np.int64)
    terms = x[:-1] * y[1:] - x[1:] * y[:-1]
    return sum(terms.tolist())


def crossing(p: Point, q: Point, a: Point, b: Point) -> Point:
    """Where the lines p–q and a–b cross, rounded to the lattice; they must not be parallel."""
    ux, uy = q[0] - p[0], q[1] - p[1]
    vx, vy = b[0] - a[0], b[1] - a[1]
    t = ((a[0] - p[0]) * vy - (a[1] - p[1]) * vx) / (ux * vy - uy * vx)
    return (float(np.rint(p[0] + t * ux)), float(np.rint(p[1] + t * uy)))


def balanced(a: Point, b: Point, near: Point) -> list[Point]:
    """Vertices to set into the border a–b, one of them close to `near`, so that the land on
    either side keeps its exact area.

    Where a lattice point lies exactly on a–b, it is the only one. Else `n` close by and `m`
    further on, on the other side of the line. With a as origin, the path a, n, m, b bounds
    no area against a–b where n × m + m × b = m × (b − n) = 0: `m` lies on the lattice along
    b − n, which has a point between its ends where its components have a common divisor.
    Empty where none is found (a border of a few units): the caller ends at a vertex then.
    """
    bx, by = int(b[0] - a[0]), int(b[1] - a[1])
    at = ((near[0] - a[0]) * bx + (near[1] - a[1]) * by) / (bx * bx + by * by)
    common = math.gcd(bx, by)
    step = round(at * common)
    if 0 < step < common and abs(at - step / common) * math.hypot(bx, by) <= _REACH:
        return [(a[0] + bx // common * step, a[1] + by // common * step)]
    if at > 0.5:
        return [*reversed(balanced_from(b, a, near))]
    return balanced_from(a, b, near)


def balanced_from(a: Point, b: Point, near: Point) -> list[Point]:
    """`balanced` for a place in the half of the border at `a`: [n, m] in the order from a."""
    bx, by = int(b[0] - a[0]), int(b[1] - a[1])
    length2 = bx * bx + by * by
    at = min(max(((near[0] - a[0]) * bx + (near[1] - a[1]) * by) / length2, 0.0), 1.0)
    for offset in sorted(range(-_REACH, _REACH + 1), key=abs):
        t = at + offset / math.sqrt(length2)
        nx, ny = round(bx * t), round(by * t)
        here = (nx * bx + ny * by) / length2
        if not 0 < here < 1 or (nx, ny) in ((0, 0), (bx, by)):
            continue
        found = _partner((bx, by), (nx, ny), here)
        aside = abs(nx * by - ny * bx) / math.sqrt(length2)
        if found and aside <= TOUCH:
            return [(a[0] + nx, a[1] + ny), (a[0] + found[0], a[1] + found[1])]
    return []


def _partner(b: tuple[int, int], n: tuple[int, int], here: float) -> tuple[int, int] | None:
    """The lattice point along b − n that lies behind `n` and nearest to it, None without."""
    dx, dy = b[0] - n[0], b[1] - n[1]
    common = math.gcd(dx, dy)
    length2 = b[0] * b[0] + b[1] * b[1]
    for part in range(1, common):
        mx, my = dx // common * part, dy // common * part
        if (mx * b[0] + my * b[1]) / length2 > here + 1e-9:
            return (mx, my)
    return None
