"""From a choice to a PDF: one sheet, tiles of it, or an atlas."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.paper.canvas import Book, Canvas, Ink, Recorded
from gis_grid.core.paper.sizes import (
    TILE_MARGIN_MM,
    Box,
    Paper,
    Tile,
    better_orientation,
    paper_of,
    tiles_of,
)
from gis_grid.printing.choice import Choice
from gis_grid.printing.content import content_of
from gis_grid.printing.ground import ground_of
from gis_grid.printing.sheet import Imprint, Sheet, add_sheet, lay_out, title_of

# Told how many steps of how many are done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """A finished print; `failed` are the labels of layers that are missing on it."""

    pdf: bytes
    pages: int
    failed: tuple[str, ...]


def _silent(done: int, whole: int) -> None:
    """Nobody waits for news."""


def make(user: User, choice: Choice, progress: Progress = _silent) -> Made:
    """The PDF of a choice that `allowed` has passed; StateError where nothing is published."""
    ground = ground_of(user, choice.area)
    content = content_of(user, choice, ground)
    imprint = Imprint(str(user), timezone.localtime(), ground.is_demo, choice.purpose)
    sheet = Sheet(ground, content, imprint)
    paper = paper_of(choice.size, choice.orientation)
    if choice.form == "atlas":
        book = _atlas(sheet, paper, progress)
    elif choice.form == "tiled":
        book = _tiled(sheet, paper, choice.tile, progress)
    else:
        book = Book(title=title_of(ground), author=str(user))
        add_sheet(book, sheet, paper)
        progress(1, 1)
    return Made(book.done(), book.pages, tuple(content.failed))


def _tiled(sheet: Sheet, paper: Paper, size: str, progress: Progress) -> Book:
    """Each page of the sheet over small ones, with marks to cut and to glue by."""
    small = better_orientation(paper, size)
    tiles = tiles_of(paper, small)
    book = Book(title=title_of(sheet.ground), author=sheet.imprint.by)
    for number, draw in enumerate(lay_out(sheet, paper), start=1):
        whole = Recorded()
        draw(whole.canvas, number)
        for count, tile in enumerate(tiles, start=1):
            with book.page(small) as canvas:
                whole.show(canvas, tile.part, TILE_MARGIN_MM, TILE_MARGIN_MM)
                _draw_marks(canvas, tile, small, f"{number}-{tile.row}-{tile.column}")
            progress(count, len(tiles))
    return book


def _draw_marks(canvas: Canvas, tile: Tile, small: Paper, name: str) -> None:
    """Corners of what is shown, the tile's name, and how the sheets lie."""
    part = Box(TILE_MARGIN_MM, TILE_MARGIN_MM, tile.part.width, tile.part.height)
    ink = Ink("#777777", 0.15)
    for x in (part.x, part.right):
        for y in (part.y, part.bottom):
            canvas.straight(x - 4, y, x + 4, y, ink)
            canvas.straight(x, y - 4, x, y + 4, ink)
    words = _("Sheet %(name)s: row %(row)d, column %(column)d; glue over the marks") % {
        "name": name,
        "row": tile.row,
        "column": tile.column,
    }
    canvas.text(part.x + 6, small.height - TILE_MARGIN_MM / 2, words, 6, colour="#777777")


def _atlas(sheet: Sheet, paper: Paper, progress: Progress) -> Book:
    """An overview that is the index, then a plate for each grid, numbered by code."""
    ground = sheet.ground
    grids = [cell.code for cell in ground.cells if cell.kind != "void"]
    plates = {code: number for number, code in enumerate(grids, start=1)}
    title = _("Atlas of the grids of %(area)s") % {"area": ground.name}
    book = Book(title=title, author=sheet.imprint.by)
    overview = replace(sheet, title=title, plates=plates, with_index=False)
    add_sheet(book, overview, paper)
    for code, number in plates.items():
        add_sheet(book, replace(sheet, ground=ground.about(code), plates=plates), paper)
        progress(number, len(plates))
    return book
