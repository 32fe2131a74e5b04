"""The tables beside the map: grids with who answers for them, and the index of households."""

from collections.abc import Callable, Mapping

import shapely
from django.utils.translation import gettext as _

from gis_grid.core.codes import AreaLevel
from gis_grid.core.paper import symbols
from gis_grid.core.paper.canvas import MM_A_PT, Canvas, Ink, fitted, width_of, wrapped
from gis_grid.core.paper.flow import Block, Piece
from gis_grid.core.paper.scales import frame_of
from gis_grid.core.paper.sizes import Box
from gis_grid.duties.selectors import Answering
from gis_grid.printing.content import Content, House
from gis_grid.printing.drawing import Shown
from gis_grid.printing.ground import Cell, Ground
from gis_grid.printing.legend import heading
from gis_grid.printing.lettering import TYPE, Type

Draw = Callable[[Canvas, Box], None]


def locator_block(ground: Ground, unit: float, room: float) -> Block | None:
    """Where the area lies in the next larger one; None where that is not in sight."""
    if ground.level is AreaLevel.TOWN:
        return None
    is_grid = ground.level is AreaLevel.GRID
    source = ground.small if is_grid else ground.large
    prefix = ground.area[:12] if is_grid else ground.area[:9]
    cells = [cell for code, cell in source.items() if code.startswith(prefix)]
    if len(cells) < 2:
        return None
    made = TYPE.times(unit)
    high = min(room * 0.72, 42 * unit)

    def draw(canvas: Canvas, box: Box) -> None:
        bounds = shapely.total_bounds([cell.shape for cell in cells]).tolist()
        frame = frame_of(tuple(bounds), box, margin=1.5 * unit)
        for cell in cells:
            shape = frame.place(cell.shape)
            is_own = ground.holds(cell.code)
            canvas.fill(shape, symbols.BLUE if is_own else "#f4f3ee", 0.85 if is_own else 1)
            canvas.line(shape, Ink("#999999", 0.18 * unit))
        outline = frame.place(shapely.coverage_union_all([cell.shape for cell in cells]))
        canvas.line(outline, Ink("#333333", 0.35 * unit))

    codes = (ground.area[:12], ground.area[:9] + "000")
    inside = ground.names.get(codes[0] if is_grid else codes[1], "")
    words = _("Where it lies in %(area)s") % {"area": inside} if inside else _("Where it lies")
    return Block([heading(words, made), Piece(high, draw)])


def people_lines(people: list[Answering]) -> list[str]:
    return [f"{one.post} {one.name}" + (f" {one.phone}" if one.phone else "") for one in people]


def grid_block(ground: Ground, unit: float, plates: Mapping[str, int] | None = None) -> Block:
    """Grids with households and people and whoever answers for them; villages with theirs."""
    made = TYPE.times(unit)
    pieces = [heading(_("Grids and who answers for them"), made)]
    again = (heading(_("Grids and who answers for them (continued)"), made),)
    for village in ground.villages:
        pieces += _place(village, ground, made, is_village=True, plates=plates)
        for cell in ground.cells:
            if cell.village == village.code and cell.kind != "void":
                pieces += _place(cell, ground, made, is_village=False, plates=plates)
    return Block(pieces, again)


def _place(
    cell: Cell, ground: Ground, made: Type, *, is_village: bool, plates: Mapping[str, int] | None
) -> list[Piece]:
    counts = ground.counts.get(cell.code, {})
    numbers = _("%(households)d households, %(people)d people") % {
        "households": counts.get("households", 0),
        "people": counts.get("people", 0),
    }
    if plates and cell.code in plates:
        numbers = _("Plate %(number)d") % {"number": plates[cell.code]} + " · " + numbers
    name = cell.name if is_village else f"{cell.code[-3:]} {cell.name}"
    line = made.text * MM_A_PT * 1.5
    people = people_lines(ground.people.get(cell.code, []))
    indent = 0.0 if is_village else 2.5 * made.unit

    def draw(canvas: Canvas, box: Box) -> None:
        if is_village:
            canvas.rectangle(Box(box.x, box.y, box.width, line), fill="#ecebe5")
        y = box.y + line / 2
        room = box.width - width_of(numbers, made.small) - 2 * made.unit - indent
        left = box.x + 0.8 * made.unit + indent
        # So the index of an atlas leads on.
        if plates and cell.code in plates:
            with canvas.link_to(cell.code):
                canvas.text(left, y, fitted(name, made.text, room, bold=True), made.text, bold=True)
        else:
            canvas.text(left, y, fitted(name, made.text, room, bold=True), made.text, bold=True)
        canvas.text(box.right - 0.8 * made.unit, y, numbers, made.small, colour="#555555", align=1)
        for number, words in enumerate(people, start=1):
            room = box.width - indent - 2 * made.unit
            canvas.text(left, y + number * line * 0.86, fitted(words, made.small, room), made.small)
        bottom = box.bottom - 0.1
        canvas.straight(box.x, bottom, box.right, bottom, Ink("#cfcdc4", 0.12 * made.unit))

    high = line * (1.06 + 0.86 * len(people))
    return [Piece(high, draw, is_heading=is_village)]


def index_block(shown: Shown, content: Content, ground: Ground, unit: float) -> Block | None:
    """Households by grid and number; None where none is numbered."""
    if not shown.index:
        return None
    made = TYPE.times(unit)
    looks = {tag.slug: (tag.symbol, tag.colour) for tag in content.tags}
    pieces = [heading(_("Index of households"), made)]
    again = (heading(_("Index of households (continued)"), made),)
    leading = [ground.names.get(code, "") for code in (ground.area[:9] + "000", ground.area[:12])]
    for code, houses in shown.index.items():
        if not houses:
            continue
        name = ground.names.get(code, code)
        if cell := ground.small.get(code):
            name = f"{code[-3:]} {cell.name}"
        if len(shown.index) > 1:
            pieces.append(_grid_heading(name, len(houses), made))
        for number, house in enumerate(houses, start=1):
            pieces.append(_house(number, house, looks, leading, made))
    return Block(pieces, again)


def village_band(name: str, people: list[str], made: Type) -> Piece:
    """A village over its grids, with whoever answers for it."""
    line = made.text * MM_A_PT * 1.5

    def draw(canvas: Canvas, box: Box) -> None:
        canvas.rectangle(Box(box.x, box.y, box.width, line), fill="#ecebe5")
        left = box.x + 0.8 * made.unit
        canvas.text(left, box.y + line / 2, name, made.text, bold=True)
        for number, words in enumerate(people, start=1):
            text = fitted(words, made.small, box.width - 2 * made.unit)
            canvas.text(left, box.y + line * (0.5 + 0.86 * number), text, made.small)

    return Piece(line * (1.06 + 0.86 * len(people)), draw, is_heading=True)


def index_row_height(unit: float) -> float:
    return TYPE.small * unit * MM_A_PT * 1.38


def _grid_heading(name: str, count: int, made: Type) -> Piece:
    words = _("%(count)d households") % {"count": count}

    def draw(canvas: Canvas, box: Box) -> None:
        inner = Box(box.x, box.y + 0.6 * made.unit, box.width, box.height - 0.8 * made.unit)
        canvas.rectangle(inner, fill="#ecebe5")
        y = inner.y + inner.height / 2
        canvas.text(box.x + 0.8 * made.unit, y, name, made.text, bold=True)
        canvas.text(box.right - 0.8 * made.unit, y, words, made.small, colour="#555555", align=1)

    return Piece(made.text * MM_A_PT * 1.9, draw, is_heading=True)


def _house(
    number: int,
    house: House,
    looks: Mapping[str, tuple[str, str]],
    leading: list[str],
    made: Type,
) -> Piece:
    address = house.address
    for part in leading:
        address = address.removeprefix(part)
    who = " ".join(part for part in (house.head, house.phone) if part)

    def draw(canvas: Canvas, box: Box) -> None:
        y = box.y + box.height / 2
        unit = made.unit
        canvas.text(box.x + 5 * unit, y, str(number), made.small, colour="#555555", align=1)
        left = box.x + 6.2 * unit
        canvas.text(left, y, who, made.small, bold=bool(house.tags))
        left += max(9.5 * unit, width_of(who, made.small, bold=bool(house.tags)) + 1.2 * unit)
        for slug in house.tags[:3]:
            symbols.draw_symbol(canvas, *looks[slug], left + 0.9 * unit, y, 0.78 * unit)
            left += 2.3 * unit
        room = box.right - left - 0.4 * unit
        canvas.text(
            left + 0.3 * unit, y, fitted(address, made.small, room), made.small, colour="#444444"
        )

    return Piece(index_row_height(made.unit), draw)


def words_block(title: str, sentences: list[str], unit: float, room: float) -> Block:
    """Running text under a heading."""
    made = TYPE.times(unit)
    high = made.text * MM_A_PT * 1.5

    def line(text: str) -> Draw:
        return lambda canvas, box: canvas.text(box.x, box.y + box.height / 2, text, made.text)

    pieces = [heading(title, made)] if title else []
    for sentence in sentences:
        pieces += [Piece(high, line(text)) for text in wrapped(sentence, made.text, room)]
    return Block(pieces)
