"""One sheet: title, map, what stands beside it; goes on over further pages where it must."""

from collections.abc import Callable, Iterator, Sequence

from gis_grid.core.paper.canvas import Book, Canvas, Ink
from gis_grid.core.paper.flow import Block, Column, flow
from gis_grid.core.paper.scales import frame_of
from gis_grid.core.paper.sizes import Box, Paper
from gis_grid.printing.drawing import Board, Shown, draw_map
from gis_grid.printing.drawing.board import Enlarged
from gis_grid.printing.edges import draw_foot, draw_head, draw_strip
from gis_grid.printing.enlarging import draw_parts, sheets_of
from gis_grid.printing.layout import columns_of, plan_of
from gis_grid.printing.legend import legend_block
from gis_grid.printing.lettering import TYPE
from gis_grid.printing.parts import Plan, Sheet, title_of
from gis_grid.printing.tables import grid_block, index_block, locator_block

# In points; no smaller only to save a page.
_SMALLEST_TYPE = 4.8
_SIZES = (1.4, 1.25, 1.12, 1.0, 0.94, 0.88, 0.82)


def add_sheet(book: Book, sheet: Sheet, paper: Paper) -> Shown:
    """Draw the sheet as pages of the book; the first one holds the map."""
    drawn: list[Shown] = []
    pages = lay_out(sheet, paper, drawn)
    for number, draw in enumerate(pages):
        outline = (sheet.title or title_of(sheet.ground)) if number == 0 else ""
        with book.page(paper, outline) as canvas:
            if number == 0:
                canvas.place_named(sheet.ground.area)
            draw(canvas, number + 1)
    return drawn[0]


def lay_out(
    sheet: Sheet, paper: Paper, drawn: list[Shown] | None = None
) -> Iterator[Callable[[Canvas, int], None]]:
    """Pages that draw themselves. The first page draws the map and finds what goes beside it."""
    plan = plan_of(sheet, paper)
    rest: dict[int, list[Column]] = {}

    enlargements: list[tuple[Enlarged, ...]] = []
    boards: list[Board] = []

    def first(canvas: Canvas, number: int) -> None:
        board = _draw_map(canvas, sheet, plan)
        shown = board.shown
        boards.append(board)
        enlargements.extend(sheets_of(shown.enlarged))
        if drawn is not None:
            drawn.append(shown)
        for column in _fitted_columns(sheet, shown, plan):
            rest.setdefault(column.page, []).append(column)
        draw_head(canvas, sheet, plan.head, paper)
        _draw_columns(canvas, rest.pop(0, []), paper)
        draw_foot(canvas, sheet, plan, 1, 1 + len(rest) + len(enlargements))

    yield first
    pages = 1 + len(rest) + len(enlargements)
    for parts in enlargements:

        def enlarged(canvas: Canvas, number: int, parts: Sequence[Enlarged] = parts) -> None:
            draw_head(canvas, sheet, plan.head, paper, is_small=True)
            draw_parts(canvas, sheet, plan, boards[0], parts)
            draw_foot(canvas, sheet, plan, number, pages)

        yield enlarged
    for page in sorted(rest):
        columns = rest[page]

        def following(canvas: Canvas, number: int, columns: list[Column] = columns) -> None:
            draw_head(canvas, sheet, plan.head, paper, is_small=True)
            _draw_columns(canvas, columns, paper)
            draw_foot(canvas, sheet, plan, number, pages)

        yield following


def _fitted_columns(sheet: Sheet, shown: Shown, plan: Plan) -> list[Column]:
    """Everything beside the map, on one page where it can: in larger type where there is room,
    in a little smaller type before it goes on over a second page.
    """
    usual = plan.paper.unit**0.75
    going_on: list[Column] = []
    # An index in larger type would lose the ends of its addresses.
    sizes = (1.0, 0.94, 0.88, 0.82) if sheet.is_numbered and shown.index else _SIZES
    for size in sizes:
        fine = usual * size
        if size < 1 and fine * TYPE.small < _SMALLEST_TYPE:
            break
        columns = flow(_blocks(sheet, shown, plan, fine), columns_of(plan))
        if columns[-1].page == 0:
            return columns
        if size == 1:
            going_on = columns
    return going_on


def _blocks(sheet: Sheet, shown: Shown, plan: Plan, fine: float) -> list[Block]:
    room = plan.columns[0].width
    ground = sheet.ground
    legend = legend_block(shown, sheet.content, fine, room)
    if sheet.blocks is not None:
        return [legend, *sheet.blocks(fine, room)]
    blocks = [
        legend,
        locator_block(ground, fine, room),
        grid_block(ground, fine, sheet.plates),
        index_block(shown, sheet.content, ground, fine) if sheet.is_numbered else None,
    ]
    return [block for block in blocks if block is not None]


# Drawing


def draw_map_alone(canvas: Canvas, sheet: Sheet, paper: Paper) -> None:
    """The map without what stands around it on paper, for a page on a screen."""
    board = Board(
        canvas,
        frame_of(sheet.ground.bounds, Box(0, 0, paper.width, paper.height), margin=6),
        sheet.ground,
        sheet.content,
        unit=paper.unit * 1.4,
        numbered=False,
        changed=sheet.changed,
    )
    draw_map(board)


def _draw_map(canvas: Canvas, sheet: Sheet, plan: Plan) -> Board:
    unit = plan.paper.unit
    inner = plan.map.inner(1.6 * unit)
    frame = frame_of(sheet.ground.bounds, inner, margin=5 * unit)
    board = Board(
        canvas,
        frame,
        sheet.ground,
        sheet.content,
        unit=unit,
        numbered=sheet.is_numbered,
        changed=sheet.changed,
        plates=sheet.plates,
    )
    draw_map(board)
    # The neatline: a thin line at the map, a strong one around it.
    canvas.rectangle(inner, ink=Ink("#333333", 0.2 * unit))
    canvas.rectangle(plan.map, ink=Ink("#333333", 0.7 * unit))
    draw_strip(canvas, frame, sheet, plan)
    return board


def _draw_columns(canvas: Canvas, columns: Sequence[Column], paper: Paper) -> None:
    for column in columns:
        for piece, box in column.drawn:
            piece.draw(canvas, box)
