"""Invented land and hamlets, in metres from a corner."""

from typing import Any

import numpy as np
from shapely.geometry import Polygon

WEST, SOUTH = 112.4, 25.6
# A metre here, in degrees.
EAST_M, NORTH_M = 1 / 100_400, 1 / 110_800


def at(*metres: tuple[float, float]) -> Any:
    """Lon/lat on the lattice of places in metres from a corner."""
    return np.round(np.array([WEST, SOUTH]) + np.array(metres) * [EAST_M, NORTH_M], 7)


def land(*metres: tuple[float, float], holes: Any = ()) -> Polygon:
    return Polygon(at(*metres), [at(*hole) for hole in holes])


def hamlet(x: float, y: float, houses: int = 12) -> list[tuple[float, float]]:
    """Houses in rows of four, 20 m apart, a little out of line."""
    return [(x + i % 4 * 20 + i % 3, y + i // 4 * 20 + i % 5) for i in range(houses)]
