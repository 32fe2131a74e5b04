"""Which tile a place of the tests' ground lies in."""

import math

from tests.conftest import COLUMNS, rectangle


def tile_at(longitude: float, latitude: float, z: int) -> tuple[int, int]:
    """(x, y) of the tile that holds the point."""
    count = 1 << z
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * count
    return int((longitude + 180) / 360 * count), int(y)


def tile_of(grid_code: str, z: int) -> tuple[int, int]:
    """(x, y) of the tile over the middle of a grid."""
    centre = rectangle(COLUMNS[grid_code]).centroid
    return tile_at(centre.x, centre.y, z)
