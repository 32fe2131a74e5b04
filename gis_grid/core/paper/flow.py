"""Blocks of text and tables that flow through columns, and over to further pages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from gis_grid.core.paper.canvas import Canvas
from gis_grid.core.paper.sizes import Box

# Draws itself into the box on the canvas.
Draw = Callable[[Canvas, Box], None]


@dataclass(frozen=True)
class Piece:
    """What is not torn apart: so high, drawn so. A `heading` never stands last in a column."""

    height: float
    draw: Draw
    is_heading: bool = False


@dataclass(frozen=True)
class Block:
    """Pieces one after the other; `again` is repeated at the top of each column it goes on in."""

    pieces: Sequence[Piece]
    again: Sequence[Piece] = ()
    gap: float = 3.0


@dataclass
class Column:
    """A column on some page, filled from above."""

    page: int
    box: Box
    used: float = 0.0
    drawn: list[tuple[Piece, Box]] = field(default_factory=list)

    @property
    def left(self) -> float:
        return self.box.height - self.used

    def put(self, piece: Piece) -> None:
        place = Box(self.box.x, self.box.y + self.used, self.box.width, piece.height)
        self.drawn.append((piece, place))
        self.used += piece.height


def flow(blocks: Sequence[Block], columns: Iterator[Column]) -> list[Column]:
    """Fill columns with the blocks; takes as many as it needs and answers those it used.

    A piece that is higher than a whole column stands in one of its own and hangs over.
    """
    used: list[Column] = []

    def new() -> Column:
        used.append(next(columns))
        return used[-1]

    column = new()
    for block in blocks:
        if column.used:
            column.used += block.gap
        for number, piece in enumerate(block.pieces):
            needed = piece.height
            if piece.is_heading and number + 1 < len(block.pieces):
                needed += block.pieces[number + 1].height
            if needed > column.left and column.used:
                column = new()
                if number:
                    for repeated in block.again:
                        column.put(repeated)
            column.put(piece)
    return used


def height_of(blocks: Sequence[Block]) -> float:
    """How high the blocks are in a single column."""
    pieces = sum(piece.height for block in blocks for piece in block.pieces)
    return pieces + sum(block.gap for block in blocks[1:])
