"""Where words stand: never over each other, never over a point.

Boxes are axis-parallel; what is turned is held by a row of small boxes.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.core.paper.sizes import Box

Place = tuple[float, float]
Edges = tuple[float, float, float, float]
# Around a point: to the right first, as one reads.
_DIRECTIONS = (0, -45, 45, 180, -135, 135, -90, 90, -22, 22, 158, -158, -67, 67, 112, -112)


class Taken:
    """What is taken of the paper: boxes in a grid of cells, so that asking is quick."""

    def __init__(self, room: Box, cell: float = 5.0) -> None:
        self.room = room
        self._cell = cell
        # Edges as plain numbers: a crowded sheet asks some hundred thousand times.
        self._cells: dict[tuple[int, int], list[Edges]] = {}

    def copy(self) -> "Taken":
        """The same, to try something on."""
        made = Taken(self.room, self._cell)
        made._cells = {key: list(held) for key, held in self._cells.items()}
        return made

    def _keys(self, box: Box) -> Iterator[tuple[int, int]]:
        for column in range(int(box.x // self._cell), int(box.right // self._cell) + 1):
            for row in range(int(box.y // self._cell), int(box.bottom // self._cell) + 1):
                yield column, row

    def add(self, box: Box) -> None:
        edges = (box.x, box.y, box.right, box.bottom)
        for key in self._keys(box):
            self._cells.setdefault(key, []).append(edges)

    def is_free(self, box: Box) -> bool:
        """Whether the box lies in the room and meets nothing."""
        room = self.room
        west, north, east, south = box.x, box.y, box.right, box.bottom
        if west < room.x or north < room.y or east > room.right or south > room.bottom:
            return False
        for key in self._keys(box):
            for x, y, right, bottom in self._cells.get(key, ()):
                if west < right and x < east and north < bottom and y < south:
                    return False
        return True

    def are_free(self, boxes: Iterable[Box]) -> bool:
        return all(self.is_free(box) for box in boxes)


@dataclass(frozen=True)
class Spot:
    """Where a label stands: its middle; `from_point` is the beginning of a thin line that leads
    to a label further off, None for one beside its point.
    """

    x: float
    y: float
    from_point: Place | None = None


def around(box_at: Place, r: float, wide: float, high: float, taken: Taken) -> Spot | None:
    """A free spot for a label beside a symbol of radius `r`, and takes it; None where none is.

    Near spots first, then rings further out, which a thin line joins to the symbol.
    """
    x, y = box_at
    for ring in (0.0, 1.6, 3.0, 4.6):
        for angle in _DIRECTIONS:
            spot = _off(x, y, angle, r + 0.25 + ring * high, wide, high)
            if not taken.is_free(spot):
                continue
            if ring == 0:
                taken.add(spot)
                return Spot(*spot.centre)
            start, lead = _lead(x, y, r, spot)
            if taken.are_free(lead):
                for part in (spot, *lead):
                    taken.add(part)
                return Spot(*spot.centre, from_point=start)
    return None


def _off(x: float, y: float, angle: float, gap: float, wide: float, high: float) -> Box:
    """The box whose nearest edge is `gap` away in this direction."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    middle_x = x + cos * gap + _sign(cos) * wide / 2
    middle_y = y + sin * gap + _sign(sin) * high / 2
    return Box(middle_x - wide / 2, middle_y - high / 2, wide, high)


def _sign(value: float) -> float:
    return 0.0 if abs(value) < 0.3 else math.copysign(1.0, value)


def _lead(x: float, y: float, r: float, spot: Box) -> tuple[Place, list[Box]]:
    """Where the line to the label begins, and the boxes along it."""
    to_x = min(max(x, spot.x), spot.right)
    to_y = min(max(y, spot.y), spot.bottom)
    length = math.hypot(to_x - x, to_y - y) or 1.0
    start = (x + (to_x - x) / length * r, y + (to_y - y) / length * r)
    steps = max(1, int((length - r) / 0.5))
    held = []
    # The first piece lies in the symbol's own box.
    for number in range(2, steps):
        share = number / steps
        px = start[0] + (to_x - start[0]) * share
        py = start[1] + (to_y - start[1]) * share
        held.append(Box(px - 0.1, py - 0.1, 0.2, 0.2))
    return start, held


def settled(x: float, y: float, r: float, taken: Taken) -> Place | None:
    """Where a large symbol stands: at its place, or as near to it as is free, and takes that;
    None where all is taken around.
    """
    for ring in range(9):
        turns = (0.0,) if ring == 0 else tuple(range(0, 360, 30))
        for angle in turns:
            px = x + ring * r * 0.7 * math.cos(math.radians(angle))
            py = y + ring * r * 0.7 * math.sin(math.radians(angle))
            box = Box(px - r, py - r, 2 * r, 2 * r)
            if taken.is_free(box):
                taken.add(box)
                return px, py
    return None


def in_area(
    area: BaseGeometry,
    wide: float,
    high: float,
    taken: Taken,
    *,
    inside: bool = True,
) -> Spot | None:
    """A free spot for the name of an area, and takes it: at its pole or as near to it as can be.

    `inside`: the whole label in the area; otherwise only its middle.
    """
    seen = shapely.intersection(area, shapely.box(*_corners(taken.room)))
    parts = [part for part in shapely.get_parts(seen) if isinstance(part, shapely.Polygon)]
    if not parts:
        return None
    largest = max(parts, key=lambda part: part.area)
    if largest.area < wide * high * (1 if inside else 0.3):
        return None
    shapely.prepare(largest)
    for x, y in _candidates(largest, high):
        box = Box(x - wide / 2, y - high / 2, wide, high)
        if not taken.is_free(box):
            continue
        if inside and not largest.covers(shapely.box(*_corners(box))):
            continue
        taken.add(box)
        return Spot(x, y)
    return None


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.right, box.bottom


def _candidates(area: shapely.Polygon, step: float) -> list[Place]:
    """The pole of inaccessibility, then a lattice of places in the area by their distance."""
    pole = shapely.get_coordinates(shapely.maximum_inscribed_circle(area, tolerance=0.5))[0]
    west, south, east, north = area.bounds
    step = max(step * 0.7, math.sqrt(max((east - west) * (north - south), 1e-6) / 1500))
    lattice = [
        (west + step * (i + 0.5), south + step * (j + 0.5))
        for i in range(int((east - west) / step) + 1)
        for j in range(int((north - south) / step) + 1)
    ]
    if lattice:
        within = shapely.contains_xy(area, [x for x, _y in lattice], [y for _x, y in lattice])
        lattice = [place for place, is_in in zip(lattice, within, strict=True) if is_in]
    lattice.sort(key=lambda place: math.hypot(place[0] - pole[0], place[1] - pole[1]))
    return [(float(pole[0]), float(pole[1])), *lattice]


@dataclass(frozen=True)
class Letter:
    """One character on a line: its middle, and how far it is turned (radians, clockwise)."""

    character: str
    x: float
    y: float
    turn: float


def along(
    line: BaseGeometry, text: str, advances: Sequence[float], high: float, taken: Taken
) -> list[Letter]:
    """The name of a road along it, and takes its place; empty where it fits nowhere.

    It never stands on its head, and bends by less than 35 degrees from letter to letter.
    """
    gap = high * 0.25
    whole = sum(advances) + gap * (len(advances) - 1)
    if line.length < whole * 1.2:
        return []
    room = line.length - whole
    for share in (0.5, 0.35, 0.65, 0.2, 0.8, 0.05, 0.95):
        letters = _letters(line, text, advances, gap, room * share)
        boxes = [
            Box(one.x - high * 0.6, one.y - high * 0.6, high * 1.2, high * 1.2) for one in letters
        ]
        turns = [one.turn for one in letters]
        bends = [abs(b - a) for a, b in itertools.pairwise(turns)]
        if max(bends, default=0) < math.radians(35) and taken.are_free(boxes):
            for box in boxes:
                taken.add(box)
            return letters
    return []


def _letters(
    line: BaseGeometry, text: str, advances: Sequence[float], gap: float, start: float
) -> list[Letter]:
    whole = sum(advances) + gap * (len(advances) - 1)
    first, last = line.interpolate(start), line.interpolate(start + whole)
    if (last.x - first.x, first.y - last.y) < (0, 0):
        line = shapely.reverse(line)
        start = line.length - start - whole
    letters = []
    at = start
    for character, advance in zip(text, advances, strict=True):
        middle = line.interpolate(at + advance / 2)
        a, b = line.interpolate(at), line.interpolate(at + advance)
        turn = math.atan2(b.y - a.y, b.x - a.x)
        letters.append(Letter(character, middle.x, middle.y, turn))
        at += advance + gap
    return letters
