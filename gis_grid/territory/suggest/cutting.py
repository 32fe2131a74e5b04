"""What a line from border to border makes of a piece of land. All in metres."""

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.ops import substring

# Nearer to each other than this, borders leave a slit; a line nears the border only where it
# arrives there.
_SLIT_M, _ARRIVING_M = 6.0, 15.0


def keeps_off(piece: Polygon, line: LineString) -> bool:
    """True where the line comes near the border at its ends only: no neck of land stays."""
    if line.length <= 2 * _ARRIVING_M:
        return True
    inner = substring(line, _ARRIVING_M, line.length - _ARRIVING_M)
    return bool(inner.distance(piece.exterior) >= _SLIT_M - 1)


def two_sides(piece: Polygon, line: LineString) -> tuple[Polygon, Polygon] | None:
    """The two polygons that a line cuts a piece into, None where they are not two.

    Nor where a slit would lie between the line and the border, which no grid may have.
    """
    linework = shapely.union_all([piece.boundary, _led_on(line)])
    faces = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(linework))))
    shapely.prepare(piece)
    faces = faces[shapely.contains(piece, shapely.point_on_surface(faces))]
    faces = faces[shapely.area(faces) > 1e-3]
    if len(faces) != 2 or not shapely.coverage_is_valid(faces, gap_width=_SLIT_M):
        return None
    first, second = shapely.orient_polygons(faces)
    return first, second


def _led_on(line: LineString) -> LineString:
    """The line a few centimetres longer at either end: a border there may lie a hair beyond."""
    xy = shapely.get_coordinates(line)
    first, last = xy[0] - xy[1], xy[-1] - xy[-2]
    tips = (xy[0] + 0.05 * first / np.hypot(*first), xy[-1] + 0.05 * last / np.hypot(*last))
    return LineString([tips[0], *xy, tips[1]])
