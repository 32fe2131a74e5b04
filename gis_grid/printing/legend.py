"""The legend: of what stands on the sheet, and of nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

import shapely
from django.utils.translation import gettext as _

from gis_grid.core.paper import symbols
from gis_grid.core.paper.canvas import MM_A_PT, Canvas, Ink, fitted, width_of, wrapped
from gis_grid.core.paper.flow import Block, Piece
from gis_grid.core.paper.sizes import Box
from gis_grid.facilities.models import ServicePoint
from gis_grid.facilities.words import CAMERA_SIGNS
from gis_grid.incidents.models import Kind
from gis_grid.incidents.sight import LOOK_LABELS
from gis_grid.printing import ink
from gis_grid.printing.content import Content
from gis_grid.printing.drawing import Shown
from gis_grid.printing.lettering import TYPE, Type

# Draws a sample in the middle of its box.
Sample = Callable[[Canvas, float, float], None]


@dataclass(frozen=True)
class Entry:
    """A line of the legend."""

    label: str
    sample: Sample


def legend_block(shown: Shown, content: Content, unit: float, room: float) -> Block:
    """The heading, then two entries a line where there is room for both."""
    made = TYPE.times(unit)
    entries = _entries(shown, content, unit)
    high = 4.4 * unit
    half = room / 2 - 10.5 * unit
    pieces = [heading(_("Legend"), made)]
    while entries:
        are_short = [width_of(entry.label, made.text) <= half for entry in entries[:2]]
        # Two beside each other where both fit.
        count = 2 if are_short == [True, True] else 1
        columns = 2 if are_short[0] else 1
        pieces.append(Piece(high, _row(entries[:count], columns, made)))
        entries = entries[count:]
    pieces += _notes(shown, content, made, room)
    return Block(pieces)


def heading(words: str, made: Type) -> Piece:
    """A heading of the side, with a line under it."""

    def draw(canvas: Canvas, box: Box) -> None:
        y = box.y + box.height * 0.4
        canvas.rectangle(
            Box(box.x, y - made.heading * 0.18, made.unit, made.heading * 0.36), fill="#333333"
        )
        room = box.width - 2 * made.unit
        canvas.text(
            box.x + 2 * made.unit,
            y,
            fitted(words, made.heading, room, bold=True),
            made.heading,
            bold=True,
        )
        line = box.y + box.height - 0.9 * made.unit
        canvas.straight(box.x, line, box.right, line, Ink("#333333", 0.25 * made.unit))

    return Piece(made.heading * MM_A_PT * 2.1, draw, is_heading=True)


def _row(entries: list[Entry], columns: int, made: Type) -> Callable[[Canvas, Box], None]:
    def draw(canvas: Canvas, box: Box) -> None:
        wide = box.width / columns
        for number, entry in enumerate(entries):
            x = box.x + number * wide
            entry.sample(canvas, x + 4.5 * made.unit, box.y + box.height / 2)
            room = wide - 10.5 * made.unit
            canvas.text(
                x + 10 * made.unit, box.y + box.height / 2,
                fitted(entry.label, made.text, room), made.text,
            )  # fmt: skip

    return draw


def note(
    words: str, made: Type, room: float, colour: str = "#555555", *, bold: bool = False
) -> list[Piece]:
    """Small type over as many lines as it takes."""

    def line(text: str) -> Callable[[Canvas, Box], None]:
        return lambda canvas, box: canvas.text(
            box.x, box.y + box.height / 2, text, made.small, colour=colour, bold=bold
        )

    high = made.small * MM_A_PT * 1.35
    lines = wrapped(words, made.small, room, bold=bold)
    return [Piece(high, line(text)) for text in lines]


def _notes(shown: Shown, content: Content, made: Type, room: float) -> list[Piece]:
    pieces = []
    for label in content.failed:
        words = _("The layer “%(layer)s” could not be drawn and is missing on this sheet.")
        pieces += note(words % {"layer": label}, made, room, symbols.RED, bold=True)
    if shown.enlarged:
        words = _(
            "What stands in a frame with a letter is shown larger, with its numbers, on the"
            " following sheets."
        )
        pieces += note(words, made, room)
    if shown.numbers_left_out:
        words = _(
            "%(count)d numbers had no room on the map at this scale; their households stand in"
            " the index. A larger sheet shows more of them."
        )
        pieces += note(words % {"count": shown.numbers_left_out}, made, room)
    if shown.names_left_out:
        words = _("%(count)d names had no room on the map at this scale.")
        pieces += note(words % {"count": shown.names_left_out}, made, room)
    return pieces


def _line(line: Ink, unit: float) -> Sample:
    made = Ink(line.colour, line.width * unit, tuple(d * unit for d in line.dash))
    return lambda canvas, x, y: canvas.straight(x - 3.6 * unit, y, x + 3.6 * unit, y, made)


def _road(kind: str, unit: float) -> Sample:
    width, edge, inner = ink.ROADS[kind]

    def draw(canvas: Canvas, x: float, y: float) -> None:
        canvas.straight(x - 3.4 * unit, y, x + 3.4 * unit, y, Ink(edge, width * unit))
        if inner:
            canvas.straight(x - 3.7 * unit, y, x + 3.7 * unit, y, Ink(inner, (width - 0.3) * unit))

    return draw


def _area(fill: str, edge: str, unit: float) -> Sample:
    def draw(canvas: Canvas, x: float, y: float) -> None:
        box = Box(x - 3.4 * unit, y - 1.3 * unit, 6.8 * unit, 2.6 * unit)
        canvas.rectangle(box, fill=fill, ink=Ink(edge, 0.25 * unit))

    return draw


def _hatched(unit: float) -> Sample:
    def draw(canvas: Canvas, x: float, y: float) -> None:
        box = Box(x - 3.4 * unit, y - 1.3 * unit, 6.8 * unit, 2.6 * unit)
        with canvas.clipped(shapely.box(box.x, box.y, box.right, box.bottom)):
            for step in range(-4, 9):
                at = box.x + step * 1.2 * unit
                canvas.straight(at, box.bottom, at + box.height, box.y, ink.HATCH.times(unit))
        canvas.rectangle(box, ink=Ink("#b5bdab", 0.2 * unit))

    return draw


def _entries(shown: Shown, content: Content, unit: float) -> list[Entry]:
    return [
        *_land(shown, unit),
        *_households(shown, content, unit),
        *_services(shown, unit),
        *_cameras(shown, unit),
        *_incidents(shown, unit),
    ]


def _land(shown: Shown, unit: float) -> list[Entry]:
    lines = {
        "town": Entry(_("Town border"), _line(ink.TOWN, unit)),
        "large": Entry(_("Village border"), _line(ink.LARGE, unit)),
        "own": Entry(_("Border of the grid"), _line(ink.LARGE, unit)),
        "small": Entry(_("Grid border"), _line(ink.SMALL, unit)),
        "changed": Entry(_("Changed by this division"), _line(ink.NEW, unit)),
        "around": Entry(_("Border of neighbours"), _line(ink.AROUND, unit)),
        "void": Entry(_("Uninhabited land"), _hatched(unit)),
        "road:main": Entry(_("Main road"), _road("town", unit)),
        "road:small": Entry(_("Village road, lane"), _road("village", unit)),
        "water": Entry(_("Water"), _area(ink.WATER_FILL, ink.WATER_EDGE, unit)),
        "patrol": Entry(_("Patrol route"), _line(ink.ROUTE, unit)),
    }
    return [entry for key, entry in lines.items() if key in shown.keys]


def _households(shown: Shown, content: Content, unit: float) -> list[Entry]:
    found = []
    for tag in content.tags:
        if count := shown.keys.get(f"tag:{tag.slug}"):
            label = _("%(tag)s (%(count)d)") % {"tag": tag.label, "count": count}
            found.append(Entry(label, _tag(tag.symbol, tag.colour, unit)))
    if count := shown.keys.get("household"):
        words = _("Other household (%(count)d)") if content.tags else _("Household (%(count)d)")
        found.append(Entry(words % {"count": count}, _dot(unit)))
    return found


def _services(shown: Shown, unit: float) -> list[Entry]:
    return [
        Entry(str(kind.label), _service(kind.value, unit))
        for kind in ServicePoint.Kind
        if f"service:{kind.value}" in shown.keys
    ]


def _cameras(shown: Shown, unit: float) -> list[Entry]:
    found = [
        Entry(str(label), _camera(owner, state, unit))
        for owner, state, label in CAMERA_SIGNS
        if f"camera:{owner}:{state}" in shown.keys
    ]
    if {"camera:public:off", "camera:home:off"} & shown.keys.keys():
        found.append(Entry(_("Camera switched off"), _camera("public", "off", unit)))
    return found


def _incidents(shown: Shown, unit: float) -> list[Entry]:
    kinds = [
        Entry(_("Incident: %(kind)s") % {"kind": kind.label}, _pin(kind.value, "", unit))
        for kind in Kind
        if f"pin:{kind.value}" in shown.keys
    ]
    looks = [
        Entry(str(words), _pin("general", look, unit))
        for look, words in LOOK_LABELS.items()
        if f"look:{look}" in shown.keys
    ]
    return kinds + looks


def _tag(symbol: str, colour: str, fine: float) -> Sample:
    return lambda canvas, x, y: symbols.draw_symbol(canvas, symbol, colour, x, y, 1.25 * fine)


def _dot(fine: float) -> Sample:
    return lambda canvas, x, y: canvas.circle(x, y, 0.6 * fine, fill=ink.DOT)


def _service(kind: str, fine: float) -> Sample:
    return lambda canvas, x, y: symbols.draw_service(canvas, kind, x, y, 1.6 * fine)


def _camera(owner: str, state: str, fine: float) -> Sample:
    return lambda canvas, x, y: symbols.draw_camera(canvas, owner, state, x, y, 1.6 * fine)


def _pin(kind: str, look: str, fine: float) -> Sample:
    def draw(canvas: Canvas, x: float, y: float) -> None:
        if look:
            symbols.draw_pin(canvas, kind, look, x, y, 1.6 * fine)
        else:
            shape = symbols.KIND_SHAPES[kind]
            symbols.draw_symbol(canvas, shape, "#ffffff", x, y, 1.6 * fine, symbols.INK)

    return draw
