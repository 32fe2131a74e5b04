"""Sheets with the parts of a map that are shown once more at a larger scale."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from gis_grid.core.paper.canvas import Canvas, Ink, Recorded, width_of
from gis_grid.core.paper.scales import frame_of
from gis_grid.core.paper.sizes import Box
from gis_grid.printing.drawing import Board, draw_map
from gis_grid.printing.drawing.board import Enlarged
from gis_grid.printing.lettering import TYPE
from gis_grid.printing.parts import Plan, Sheet

_A_SHEET = 4
# Type and symbols than on the whole map, the first of these in which all numbers have room.
_LARGER = (1.8, 1.3, 1.0)


def sheets_of(enlarged: Sequence[Enlarged]) -> list[tuple[Enlarged, ...]]:
    """Up to four parts a sheet."""
    return [tuple(enlarged[at : at + _A_SHEET]) for at in range(0, len(enlarged), _A_SHEET)]


def draw_parts(
    canvas: Canvas, sheet: Sheet, plan: Plan, whole: Board, parts: Sequence[Enlarged]
) -> None:
    """Draw the parts side by side, each at the round scale that fits it."""
    for part, panel in zip(parts, _panels(plan, len(parts)), strict=True):
        _draw_part(canvas, sheet, plan, whole, part, panel)


def _panels(plan: Plan, count: int) -> Iterator[Box]:
    """Equal boxes over the sheet below its head, in rows from the left."""
    paper, unit = plan.paper, plan.paper.unit
    top, gap = plan.head.y + 12 * unit, 4 * unit
    wide, high = paper.width - 2 * plan.margin, paper.height - top - plan.margin * 0.8 - 5.5 * unit
    columns = 1 if count == 1 or (count == 2 and not paper.is_wide) else 2
    rows = -(-count // columns)
    width = (wide - (columns - 1) * gap) / columns
    height = (high - (rows - 1) * gap) / rows
    for number in range(count):
        row, column = divmod(number, columns)
        yield Box(plan.margin + column * (width + gap), top + row * (height + gap), width, height)


def _draw_part(
    canvas: Canvas, sheet: Sheet, plan: Plan, whole: Board, part: Enlarged, panel: Box
) -> None:
    unit = plan.paper.unit
    made = TYPE.times(unit)
    head = 6 * unit
    scale_at = panel.y + head / 2
    room = Box(panel.x, panel.y + head, panel.width, panel.height - head)
    frame = frame_of(part.bounds, room, margin=3 * unit)
    for larger in _LARGER:
        drawing = Recorded()
        board = Board(
            drawing.canvas,
            frame,
            sheet.ground,
            sheet.content,
            unit=unit * larger,
            changed=sheet.changed,
            part_of=whole,
        )
        shown = draw_map(board)
        if not shown.numbers_left_out:
            break
    drawing.show(canvas, room, room.x, room.y)
    canvas.rectangle(room, ink=Ink("#333333", 0.4 * unit))
    canvas.text(panel.x, scale_at, part.letter, made.subtitle * 1.2, bold=True)
    words = "1 : " + f"{frame.scale:,}".replace(",", " ")
    if shown.numbers_left_out:
        told = _("%(count)d numbers had no room here.") % {"count": shown.numbers_left_out}
        words = f"{words}  ·  {told}"
    left = panel.x + width_of(part.letter, made.subtitle * 1.2, bold=True) + 4 * unit
    canvas.text(left, scale_at, words, made.subtitle)
