"""Sizes of paper, and how a large sheet is cut into small ones to be glued together."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Orientation = Literal["landscape", "portrait"]

# Short and long side, ISO 216.
SIZES_MM: dict[str, tuple[float, float]] = {
    "A4": (210, 297),
    "A3": (297, 420),
    "A2": (420, 594),
    "A1": (594, 841),
    "A0": (841, 1189),
}
# How much larger than on A3 type and symbols are: a larger sheet is read from further away,
# but not by as much as it is larger.
_UNITS = {"A4": 0.84, "A3": 1.0, "A2": 1.3, "A1": 1.7, "A0": 2.25}
# What home and office printers leave white at the edge, and what neighbouring tiles share.
TILE_MARGIN_MM = 8.0
TILE_OVERLAP_MM = 12.0


@dataclass(frozen=True)
class Box:
    """A rectangle on the paper; `x`, `y` is its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def inner(self, by: float) -> "Box":
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)

    def meets(self, other: "Box") -> bool:
        """Whether the two share any area."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


@dataclass(frozen=True)
class Paper:
    """A sheet: its size, and `unit` by which type and symbols grow with it."""

    width: float
    height: float
    unit: float

    @property
    def is_wide(self) -> bool:
        return self.width > self.height


def paper_of(size: str, orientation: Orientation) -> Paper:
    """KeyError for a size that is none."""
    short, long = SIZES_MM[size]
    width, height = (long, short) if orientation == "landscape" else (short, long)
    return Paper(width, height, _UNITS[size])


@dataclass(frozen=True)
class Tile:
    """A small sheet of a large one: what of it (`part`) it shows; counted from 1."""

    row: int
    column: int
    part: Box


def tiles_of(paper: Paper, tile: Paper) -> list[Tile]:
    """Tiles that cover the paper, row by row; neighbours share `TILE_OVERLAP_MM` or more."""
    return [
        Tile(row, column, Box(x, y, width, height))
        for row, (y, height) in enumerate(_steps(paper.height, tile.height), start=1)
        for column, (x, width) in enumerate(_steps(paper.width, tile.width), start=1)
    ]


def _steps(length: float, tile: float) -> Iterator[tuple[float, float]]:
    """Beginnings and lengths of the pieces along one side, spread so that all are alike."""
    usable = tile - 2 * TILE_MARGIN_MM
    if length <= usable:
        yield 0.0, length
        return
    count = math.ceil((length - TILE_OVERLAP_MM) / (usable - TILE_OVERLAP_MM) - 1e-9)
    for number in range(count):
        yield number * (length - usable) / (count - 1), usable


def better_orientation(paper: Paper, size: str) -> Paper:
    """The small paper upright or across, whichever takes fewer sheets."""
    choices = [paper_of(size, "portrait"), paper_of(size, "landscape")]
    return min(choices, key=lambda tile: len(tiles_of(paper, tile)))
