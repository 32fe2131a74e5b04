"""One sheet: title, map, what stands beside it; goes on over further pages where it must."""

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gis_grid.core.codes import AreaLevel
from gis_grid.core.paper.canvas import MM_A_PT, Book, Canvas, Ink, fitted, width_of
from gis_grid.core.paper.flow import Block, Column, flow
from gis_grid.core.paper.scales import Frame, bar_of, frame_of
from gis_grid.core.paper.sizes import Box, Paper
from gis_grid.printing import ink
from gis_grid.printing.content import Content
from gis_grid.printing.drawing import Board, Shown, draw_map
from gis_grid.printing.ground import Ground
from gis_grid.printing.legend import legend_block
from gis_grid.printing.lettering import TYPE
from gis_grid.printing.tables import grid_block, index_block, index_row_height, locator_block

M2_PER_MU = 2000 / 3
# Of the sheet's width, or height where it stands upright, for what stands beside the map.
_MOST_BESIDE, _LEAST_BESIDE = 0.44, 0.22
_COLUMN = 54.0
_GAP = 4.5
# In points; no smaller only to save a page.
_SMALLEST_TYPE = 4.8


@dataclass(frozen=True)
class Imprint:
    """Who printed it and when; `purpose` where one was needed."""

    by: str
    at: dt.datetime
    is_demo: bool
    purpose: str = ""
    # What else the foot says.
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a sheet shows. `extra` are blocks that go before the tables."""

    ground: Ground
    content: Content
    imprint: Imprint
    title: str = ""
    subtitle: str = ""
    changed: frozenset[str] = frozenset()
    # Of an atlas: the number of each grid's plate.
    plates: dict[str, int] = field(default_factory=dict)
    # Blocks beside the map instead of the usual tables; they get the unit and a column's width.
    blocks: Callable[[float, float], list[Block]] | None = None
    with_index: bool = True

    @property
    def is_numbered(self) -> bool:
        return self.with_index and self.ground.level is not AreaLevel.TOWN


@dataclass(frozen=True)
class Plan:
    """Where everything stands on the first page."""

    paper: Paper
    margin: float
    head: Box
    map: Box
    strip: Box
    columns: list[Box]


def title_of(ground: Ground) -> str:
    name = ground.name
    if ground.level is AreaLevel.GRID:
        name = f"{ground.names.get(ground.area[:12], '')} {name}".strip()
    return _("Grid map of %(area)s") % {"area": name}


def facts_of(ground: Ground) -> str:
    """The area in figures, in one line."""
    counts = ground.counts.get(ground.area, {})
    parts = [" · ".join(ground.above)] if ground.above else []
    parts.append(
        _("%(km2).2f km² (%(mu)d mu)")
        % {"km2": ground.area_m2 / 1e6, "mu": round(ground.area_m2 / M2_PER_MU)}
    )
    grids = sum(cell.kind != "void" for cell in ground.cells)
    if ground.level is not AreaLevel.GRID:
        parts.append(_("%(count)d grids") % {"count": grids})
    parts.append(
        _("%(households)d households, %(people)d people")
        % {"households": counts.get("households", 0), "people": counts.get("people", 0)}
    )
    return "  ·  ".join(parts)


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

    def first(canvas: Canvas, number: int) -> None:
        shown = _draw_map(canvas, sheet, plan)
        if drawn is not None:
            drawn.append(shown)
        for column in _fitted_columns(sheet, shown, plan):
            rest.setdefault(column.page, []).append(column)
        _draw_head(canvas, sheet, plan.head, paper)
        _draw_columns(canvas, rest.pop(0, []), paper)
        _draw_foot(canvas, sheet, plan, 1, 1 + len(rest))

    yield first
    pages = 1 + len(rest)
    for page in sorted(rest):
        columns = rest[page]

        def following(canvas: Canvas, number: int, columns: list[Column] = columns) -> None:
            _draw_head(canvas, sheet, plan.head, paper, is_small=True)
            _draw_columns(canvas, columns, paper)
            _draw_foot(canvas, sheet, plan, number, pages)

        yield following


# Layout


def plan_of(sheet: Sheet, paper: Paper) -> Plan:
    unit = paper.unit
    margin = 9 * unit
    head = Box(margin, margin * 0.8, paper.width - 2 * margin, 19 * unit)
    foot = 5.5 * unit
    strip_high = 12 * unit
    body = Box(
        margin,
        head.bottom + 1.5 * unit,
        paper.width - 2 * margin,
        paper.height - head.bottom - 1.5 * unit - margin * 0.8 - foot,
    )
    gap = _GAP * unit
    column = _COLUMN * unit**0.75
    if paper.is_wide:
        count = _columns_wanted(sheet, body.height, unit)
        most = max(1, int((_MOST_BESIDE * body.width + gap) // (column + gap)))
        # What goes on over further pages anyway leaves the map its room.
        count = max(1, count if count <= most else min(2, most))
        beside = max(count * (column + gap), _LEAST_BESIDE * body.width)
        wide = (beside - count * gap) / count
        map_box = Box(body.x, body.y, body.width - beside, body.height - strip_high)
        columns = [
            Box(map_box.right + gap + n * (wide + gap), body.y, wide, body.height)
            for n in range(count)
        ]
    else:
        count = max(2, int((body.width + gap) // (column + gap)))
        wide = (body.width - (count - 1) * gap) / count
        total = _columns_wanted(sheet, 100, unit) * 100
        high = min(0.42, max(0.24, total / count / body.height)) * body.height
        map_box = Box(body.x, body.y, body.width, body.height - high - strip_high - gap)
        top = map_box.bottom + strip_high + gap * 0.6
        columns = [
            Box(body.x + n * (wide + gap), top, wide, body.bottom - top) for n in range(count)
        ]
    strip = Box(map_box.x, map_box.bottom, map_box.width, strip_high)
    return Plan(paper, margin, head, map_box, strip, columns)


def _columns_wanted(sheet: Sheet, high: float, unit: float) -> int:
    """How many columns of this height all that stands beside the map will fill, about."""
    fine: float = unit**0.75
    ground = sheet.ground
    rows = sum(ground.holds(house.area) for house in sheet.content.houses)
    index = rows * index_row_height(fine) if sheet.is_numbered else 0
    grids = len(ground.cells) * 10 * fine + len(ground.villages) * 12 * fine
    return math.ceil((index + grids + 95 * fine) / high)


def _columns(plan: Plan) -> Iterator[Column]:
    for box in plan.columns:
        yield Column(0, box)
    paper, unit = plan.paper, plan.paper.unit
    gap = _GAP * unit
    top = plan.head.y + 12 * unit
    wide = plan.columns[0].width
    whole = paper.width - 2 * plan.margin
    count = max(1, int((whole + gap) // (wide + gap)))
    wide = (whole - (count - 1) * gap) / count
    high = paper.height - top - plan.margin * 0.8 - 5.5 * unit
    page = 1
    while True:
        for number in range(count):
            yield Column(page, Box(plan.margin + number * (wide + gap), top, wide, high))
        page += 1


def _fitted_columns(sheet: Sheet, shown: Shown, plan: Plan) -> list[Column]:
    """Everything beside the map, on one page where type a little smaller makes it fit."""
    usual = plan.paper.unit**0.75
    first: list[Column] = []
    for squeeze in (1.0, 0.94, 0.88, 0.82):
        fine = usual * squeeze
        if first and fine * TYPE.small < _SMALLEST_TYPE:
            break
        columns = flow(_blocks(sheet, shown, plan, fine), _columns(plan))
        if columns[-1].page == 0:
            return columns
        first = first or columns
    return first


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


def _draw_map(canvas: Canvas, sheet: Sheet, plan: Plan) -> Shown:
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
    shown = draw_map(board)
    # The neatline: a thin line at the map, a strong one around it.
    canvas.rectangle(inner, ink=Ink("#333333", 0.2 * unit))
    canvas.rectangle(plan.map, ink=Ink("#333333", 0.7 * unit))
    _draw_strip(canvas, frame, sheet, plan)
    return shown


def _draw_strip(canvas: Canvas, frame: Frame, sheet: Sheet, plan: Plan) -> None:
    """Under the map: north, scale with its bar, and from when the boundaries are."""
    unit, strip = plan.paper.unit, plan.strip
    made = TYPE.times(unit)
    middle = strip.y + strip.height * 0.55
    _draw_north(canvas, strip.x + 5 * unit, middle, 4.2 * unit)
    bar = bar_of(frame.scale, min(strip.width * 0.34, 95 * unit))
    left = strip.x + 14 * unit
    scale = "1 : " + f"{frame.scale:,}".replace(",", " ")
    canvas.text(left, middle, scale, made.subtitle, bold=True)
    left += width_of(scale, made.subtitle, bold=True) + 6 * unit
    _draw_bar(canvas, left, middle + 1.2 * unit, bar.length, bar.metres, bar.parts, unit)
    words = [
        _("Boundaries as of %(day)s") % {"day": sheet.ground.since.isoformat()},
        _("CGCS2000, 3° Gauss–Krüger"),
    ]
    room = strip.right - left - bar.length - 20 * unit
    for number, text in enumerate(words):
        canvas.text(
            strip.right, middle + (number - 0.5) * 3.4 * unit,
            fitted(text, made.small, room), made.small, colour="#444444", align=1,
        )  # fmt: skip


def _draw_north(canvas: Canvas, x: float, y: float, r: float) -> None:
    canvas.polygon([(x, y - r), (x + r * 0.5, y + r), (x, y + r * 0.55)], fill="#333333")
    half = [(x, y - r), (x - r * 0.5, y + r), (x, y + r * 0.55)]
    canvas.polygon(half, fill="#ffffff", ink=Ink("#333333", r * 0.07))
    words = _("N")
    canvas.text(x + r * 0.95, y - r * 0.55, words, r * 1.9, bold=True, align=0.5)


def _draw_bar(
    canvas: Canvas, x: float, y: float, length: float, metres: int, parts: int, unit: float
) -> None:
    high, size = 1.3 * unit, TYPE.small * unit
    step = length / parts
    for number in range(parts):
        box = Box(x + number * step, y - high / 2, step, high)
        fill = "#333333" if number % 2 == 0 else "#ffffff"
        canvas.rectangle(box, fill=fill, ink=Ink("#333333", 0.15 * unit))
    in_km = metres >= 2000
    for number in range(parts + 1):
        value = metres * number / parts
        text = f"{value / 1000:g}" if in_km else f"{value:g}"
        if number == parts:
            text += " km" if in_km else " m"
        canvas.text(x + number * step, y - 2.3 * unit, text, size, align=0.5)


def _draw_head(
    canvas: Canvas, sheet: Sheet, head: Box, paper: Paper, *, is_small: bool = False
) -> None:
    unit = paper.unit
    made = TYPE.times(unit)
    title = sheet.title or title_of(sheet.ground)
    badge = _draw_demo(canvas, head, unit) if sheet.imprint.is_demo else 0.0
    if plate := sheet.plates.get(sheet.ground.area):
        words = _("Plate %(number)d") % {"number": plate}
        if is_small:
            title = f"{words}  {title}"
        else:
            canvas.text(head.x, head.y + 5.2 * unit, words, made.subtitle * 1.5, bold=True)
            badge = max(badge, width_of(words, made.subtitle * 1.5, bold=True) + 4 * unit)
    if is_small:
        y = head.y + 4 * unit
        canvas.text(head.x, y, title, made.heading * 1.3, bold=True)
        line = head.y + 9 * unit
    else:
        room = head.width - 2 * badge
        size = made.title
        while width_of(title, size, bold=True) > room and size > made.heading:
            size *= 0.94
        x = head.x + head.width / 2
        canvas.text(x, head.y + 5.6 * unit, title, size, bold=True, align=0.5)
        facts = sheet.subtitle or facts_of(sheet.ground)
        canvas.text(
            x, head.y + 13.4 * unit, fitted(facts, made.subtitle, head.width), made.subtitle,
            colour="#444444", align=0.5,
        )  # fmt: skip
        line = head.bottom - 1.4 * unit
    canvas.straight(head.x, line, head.right, line, Ink("#333333", 0.6 * unit))
    canvas.straight(head.x, line + unit, head.right, line + unit, Ink("#333333", 0.15 * unit))


def _draw_demo(canvas: Canvas, head: Box, unit: float) -> float:
    """The mark of invented data, in Chinese for everybody; answers how wide it is."""
    words, size = "演示数据", 10 * unit
    wide, high = width_of(words, size, bold=True) + 6 * unit, size * MM_A_PT * 1.8
    box = Box(head.right - wide, head.y + 0.4 * unit, wide, high)
    canvas.rectangle(box, fill=ink.DEMO)
    x, y = box.centre
    canvas.text(x, y, words, size, bold=True, colour="#ffffff", align=0.5)
    return wide + 4 * unit


def _draw_columns(canvas: Canvas, columns: Sequence[Column], paper: Paper) -> None:
    for column in columns:
        for piece, box in column.drawn:
            piece.draw(canvas, box)


def _draw_foot(canvas: Canvas, sheet: Sheet, plan: Plan, page: int, pages: int) -> None:
    unit, paper = plan.paper.unit, plan.paper
    made = TYPE.times(unit**0.75)
    y = paper.height - plan.margin * 0.8 - 1.2 * unit
    imprint = sheet.imprint
    words = _("Printed %(at)s by %(by)s") % {
        "at": imprint.at.strftime("%Y-%m-%d %H:%M"),
        "by": imprint.by,
    }
    if imprint.purpose:
        words += " · " + _("for: %(purpose)s") % {"purpose": imprint.purpose}
    canvas.text(
        plan.margin, y, fitted(words, made.small, paper.width * 0.7), made.small, colour="#555555"
    )
    right = paper.width - plan.margin
    if pages > 1:
        text = _("Page %(page)d of %(pages)d") % {"page": page, "pages": pages}
        canvas.text(right, y, text, made.small, colour="#555555", align=1)
