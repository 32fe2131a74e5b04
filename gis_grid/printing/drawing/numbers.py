"""Numbers of households: beside their points, or in an enlargement where these stand too close."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gis_grid.core.paper import symbols
from gis_grid.core.paper.canvas import MM_A_PT, Ink, width_of
from gis_grid.core.paper.labels import Spot, Taken, around
from gis_grid.core.paper.sizes import Box
from gis_grid.printing.content import House
from gis_grid.printing.drawing.board import Board, Enlarged

_TYPE = 4.6
# Frames take in what does not fit outside of them, and so grow a few times.
_ROUNDS = 6
# Around a household in a frame, and between two frames that stay apart: mm on A3.
_MARGIN, _APART = 2.4, 5.0
# Of the map's width and height: a frame as large as the map would enlarge nothing.
_MOST = 0.5
_FRAME = "#aa3377"


@dataclass(frozen=True)
class _Label:
    house: House
    spot: Spot | None


def numbers(board: Board) -> None:
    """Draw the numbers, and frames with a letter around the households that have no room for
    theirs; these go into `shown.enlarged`.

    A part of a map has no frames: what does not fit there either is left out, and counted.
    """
    houses = [one for one in board.own(board.content.houses) if id(one) in board.number_of]
    frames: list[Box] = []
    for _round in range(_ROUNDS):
        taken = board.taken.copy()
        for frame in frames:
            taken.add(frame)
        outside = [house for house in houses if not _is_framed(board, house, frames)]
        labels = list(_placed(board, outside, taken))
        crowded = [label.house for label in labels if label.spot is None]
        if board.is_part or not crowded:
            break
        frames = _framed(board, frames, crowded)
    board.taken = taken
    for label in labels:
        _draw(board, label)
    for number, frame in enumerate(_as_one_reads(frames)):
        _draw_frame(board, frame, _letter(number))


def _is_framed(board: Board, house: House, frames: Iterable[Box]) -> bool:
    x, y = board.at(house.place)
    return any(f.x <= x <= f.right and f.y <= y <= f.bottom for f in frames)


def _placed(board: Board, houses: Sequence[House], taken: Taken) -> Iterator[_Label]:
    high = _TYPE * board.fine * MM_A_PT * 0.86
    # Those that are known by something are looked for first.
    for house in sorted(houses, key=lambda one: not one.tags):
        r = board.house_r(house)
        reach = symbols.tags_width(len(house.tags), r) / 2 if house.tags else r
        wide = width_of(str(board.number_of[id(house)]), _TYPE * board.fine) + 0.2
        yield _Label(house, around(board.at(house.place), reach, wide, high, taken))


def _draw(board: Board, label: _Label) -> None:
    if label.spot is None:
        board.shown.numbers_left_out += 1
        return
    board.lead(label.spot)
    colour = "#222222" if label.house.tags else "#5a5a5a"
    text, spot = str(board.number_of[id(label.house)]), label.spot
    board.canvas.text(spot.x, spot.y, text, _TYPE * board.fine, colour=colour, align=0.5)


def _draw_frame(board: Board, frame: Box, letter: str) -> None:
    size = 8 * board.fine
    high = size * MM_A_PT * 1.3
    tag = Box(frame.x, frame.y, width_of(letter, size, bold=True) + 1.6 * board.fine, high)
    board.canvas.rectangle(frame, ink=Ink(_FRAME, 0.3 * board.fine))
    board.canvas.rectangle(tag, fill=_FRAME)
    board.canvas.text(*tag.centre, letter, size, bold=True, colour="#ffffff", align=0.5)
    west, north = board.on_ground(frame.x, frame.y)
    east, south = board.on_ground(frame.right, frame.bottom)
    board.shown.enlarged.append(Enlarged(letter, (west, south, east, north)))


def _letter(number: int) -> str:
    """A to Z, then AA, AB, …"""
    first, last = divmod(number, 26)
    return (_letter(first - 1) if first else "") + chr(ord("A") + last)


def _as_one_reads(frames: Iterable[Box]) -> list[Box]:
    return sorted(frames, key=lambda frame: (frame.y, frame.x))


def _framed(board: Board, frames: Sequence[Box], crowded: Sequence[House]) -> list[Box]:
    """The frames, grown around households that have no room outside of them."""
    margin, room = _MARGIN * board.fine, board.frame.box
    found = list(frames)
    for house in crowded:
        x, y = board.at(house.place)
        found.append(_within(room, Box(x - margin, y - margin, 2 * margin, 2 * margin)))
    most = (room.width * _MOST, room.height * _MOST)
    return merged(found, _APART * board.fine, most)


def merged(boxes: Sequence[Box], apart: float, most: tuple[float, float]) -> list[Box]:
    """The boxes around groups of boxes that are nearer than `apart` to each other, none of them
    wider and higher than `most`.
    """
    groups: list[Box] = []
    for box in boxes:
        grown = box
        while near := next((g for g in groups if _may_join(g, grown, apart, most)), None):
            groups.remove(near)
            grown = _around(near, grown)
        groups.append(grown)
    return groups


def _may_join(one: Box, other: Box, apart: float, most: tuple[float, float]) -> bool:
    both = _around(one, other)
    return one.inner(-apart).meets(other) and both.width <= most[0] and both.height <= most[1]


def _around(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    right, bottom = max(one.right, other.right), max(one.bottom, other.bottom)
    return Box(x, y, right - x, bottom - y)


def _within(room: Box, box: Box) -> Box:
    x, y = max(room.x, box.x), max(room.y, box.y)
    return Box(x, y, min(room.right, box.right) - x, min(room.bottom, box.bottom) - y)
