"""A small map on a page of text as SVG: metres of the local zone, north up, in the map's ink.

Sheets that are maps are drawn by `core/paper`.
"""

from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.core.crs import to_zone, zone_epsg

# So high that a village of a few grids has its table on the same sheet.
WIDTH, MOST_HEIGHT = 1000.0, 600.0
_MARGIN = 24.0
_BARS_M = (20, 50, 100, 200, 500, 1000, 2000, 5000)

# LOOK's inks as attributes: a PDF's drawing knows no style sheet.
_INKS: dict[str, dict[str, str]] = {
    "water": {"fill": "#d6e8f1", "stroke": "#a9cbe0", "stroke-width": "2"},
    "stream": {"stroke": "#a9cbe0", "stroke-width": "2.5"},
    "road": {"stroke": "#c9b28a", "stroke-width": "2.5"},
    "grid": {"stroke": "#666666", "stroke-width": "1.5", "stroke-dasharray": "8 4"},
    "pin": {"fill": "#cc3311", "stroke": "#ffffff", "stroke-width": "2"},
    "village": {"stroke": "#333333", "stroke-width": "3"},
}


@dataclass(frozen=True)
class Shape:
    """A path of the drawing."""

    kind: str
    path: str

    @property
    def ink(self) -> list[tuple[str, str]]:
        """Its attributes; an area that is not filled would be black."""
        return list({"fill": "none", **_INKS[self.kind]}.items())


@dataclass(frozen=True)
class Label:
    """A grid's name at its place; `code` is its last three digits."""

    x: float
    y: float
    name: str
    code: str


@dataclass(frozen=True)
class Drawing:
    """A whole map: `width` × `height` units, a bar of `bar` units that is `bar_m` metres long."""

    width: float
    height: float
    shapes: list[Shape]
    labels: list[Label]
    bar: float
    bar_m: int


def water_kind(shape: BaseGeometry) -> str:
    """The ink of water: an area's or a stream's."""
    return "water" if shape.geom_type.endswith("Polygon") else "stream"


class Frame:
    """From lon/lat to the drawing: metres of the local zone, scaled to the sheet."""

    def __init__(self, west: float, south: float, east: float, north: float) -> None:
        self._project = to_zone(zone_epsg((west + east) / 2))
        x, y = self._project.transform([west, east, west, east], [south, south, north, north])
        self._left, self._top = min(x), max(y)
        wide, high = max(x) - min(x), max(y) - min(y)
        room = (WIDTH - 2 * _MARGIN, MOST_HEIGHT - 2 * _MARGIN)
        self.scale = min(room[0] / wide, room[1] / high)
        self._shift = _MARGIN + (room[0] - wide * self.scale) / 2
        self.height = round(high * self.scale + 2 * _MARGIN, 1)

    def _xy(self, lon: float, lat: float) -> tuple[float, float]:
        x, y = self._project.transform(lon, lat)
        return (
            round((x - self._left) * self.scale + self._shift, 1),
            round((self._top - y) * self.scale + _MARGIN, 1),
        )

    def place(self, point: shapely.Point) -> tuple[float, float]:
        return self._xy(point.x, point.y)

    def path(self, shape: BaseGeometry) -> str:
        """SVG path of lines and areas; empty for an empty shape."""
        steps = []
        for part in shapely.get_parts(shape):
            polygon = part.geom_type == "Polygon"
            rings = [part.exterior, *part.interiors] if polygon else [part]
            for ring in rings:
                if ring.geom_type not in ("LineString", "LinearRing") or ring.is_empty:
                    continue
                places = " ".join("{},{}".format(*self._xy(x, y)) for x, y in ring.coords)
                steps.append(f"M{places}{'Z' if polygon else ''}")
        return "".join(steps)

    def drawing(self, shapes: list[Shape], labels: list[Label]) -> Drawing:
        """The map of these, with the longest bar that takes a quarter of its width at most."""
        bar_m = max((m for m in _BARS_M if m * self.scale <= WIDTH / 4), default=_BARS_M[0])
        shown = [shape for shape in shapes if shape.path]
        return Drawing(WIDTH, self.height, shown, labels, bar_m * self.scale, bar_m)
