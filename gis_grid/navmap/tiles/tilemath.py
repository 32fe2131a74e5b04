"""Where a tile of the web's pyramid lies; pure arithmetic, no framework."""

import math
from dataclasses import dataclass

EXTENT = 4096
# What areas and lines reach over the tile's edge, in units of the extent: no seams.
BUFFER = 64
MAX_ZOOM = 22
_HALF_WORLD_M = math.pi * 6378137.0


@dataclass(frozen=True)
class Box:
    west: float
    south: float
    east: float
    north: float


def is_in_pyramid(z: int, x: int, y: int) -> bool:
    return 0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z


def mercator_box(z: int, x: int, y: int, *, margin: float = 0.0) -> Box:
    """The tile in metres of EPSG:3857, widened on each side by `margin` tiles.

    Neighbours without a margin share the very same number at their edge, so that a point
    compared with `west <= x < east`, `south < y <= north` lies in exactly one tile.
    """
    size = 2 * _HALF_WORLD_M / (1 << z)
    return Box(
        (x - margin) * size - _HALF_WORLD_M,
        _HALF_WORLD_M - (y + 1 + margin) * size,
        (x + 1 + margin) * size - _HALF_WORLD_M,
        _HALF_WORLD_M - (y - margin) * size,
    )


def degree_box(z: int, x: int, y: int, *, margin: float = 0.0) -> Box:
    """The tile in degrees, widened on each side by `margin` tiles."""
    return Box(
        _longitude(x - margin, z),
        _latitude(y + 1 + margin, z),
        _longitude(x + 1 + margin, z),
        _latitude(y - margin, z),
    )


def _longitude(column: float, z: int) -> float:
    return column / (1 << z) * 360.0 - 180.0


def _latitude(row: float, z: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / (1 << z)))))


def pixel_m(z: int) -> float:
    """Metres of EPSG:3857 to one CSS pixel of a 256 pixel tile."""
    return 2 * _HALF_WORLD_M / (1 << z) / 256
