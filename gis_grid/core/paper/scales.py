"""Round scales, scale bars, and the frame between metres of the zone and the paper."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_grid.core.paper.sizes import Box

_STEPS = (1.0, 1.2, 1.5, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 9.0)
_SMALLEST = 200
Bounds = tuple[float, float, float, float]


def round_scale(least: float) -> int:
    """The smallest round denominator that is not below `least`: 4,203 gives 5,000."""
    power = 100
    while True:
        for step in _STEPS:
            value = round(step * power)
            if value >= max(least, _SMALLEST):
                return value
        power *= 10


@dataclass(frozen=True)
class Bar:
    """A scale bar of `metres`, `length` mm long, in equal `parts`."""

    metres: int
    length: float
    parts: int


def bar_of(scale: int, most: float) -> Bar:
    """The longest bar of 1, 2 or 5 times a power of ten metres within `most` mm."""
    best = Bar(10, 10_000 / scale, 2)
    power = 10
    while power * 1000 / scale <= most:
        for step, parts in ((1, 2), (2, 4), (5, 5)):
            length = step * power * 1000 / scale
            if length <= most:
                best = Bar(step * power, length, parts)
        power *= 10
    return best


@dataclass(frozen=True)
class Frame:
    """A window onto the ground: `box` on the paper, with `middle` (metres) in its middle."""

    box: Box
    scale: int
    middle: tuple[float, float]

    @property
    def mm_a_metre(self) -> float:
        return 1000 / self.scale

    def place(self, shape: BaseGeometry) -> BaseGeometry:
        """Metres of the zone (north up) to the paper (south down)."""
        return shapely.transform(shape, self.places)

    def places(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for an array of places."""
        x, y = self.box.centre
        k = self.mm_a_metre
        return np.column_stack(
            (x + (xy[:, 0] - self.middle[0]) * k, y - (xy[:, 1] - self.middle[1]) * k)
        )

    def seen(self, beyond: float = 0.0) -> shapely.Polygon:
        """The ground in the window, and so many millimetres around it, in metres."""
        wide = (self.box.width / 2 + beyond) / self.mm_a_metre
        high = (self.box.height / 2 + beyond) / self.mm_a_metre
        x, y = self.middle
        return shapely.box(x - wide, y - high, x + wide, y + high)


def frame_of(bounds: Bounds, box: Box, *, margin: float) -> Frame:
    """The frame of a round scale that shows the bounds (metres), `margin` mm off its edge."""
    west, south, east, north = bounds
    wide, high = box.width - 2 * margin, box.height - 2 * margin
    least = max((east - west) / wide, (north - south) / high) * 1000
    return Frame(box, round_scale(least), ((west + east) / 2, (south + north) / 2))
