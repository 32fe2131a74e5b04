"""Drawing on a page by cairo: text stays text, in fonts embedded as subsets."""

import functools
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cairocffi as cairo
import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.core.paper.fonts import family
from gis_grid.core.paper.sizes import Box, Paper

PT_A_MM = 72 / 25.4
MM_A_PT = 25.4 / 72
_REGULAR, _BOLD = cairo.FONT_WEIGHT_NORMAL, cairo.FONT_WEIGHT_BOLD
# Of the height of a character: where its middle stands above the baseline.
_MIDDLE = 0.36


@dataclass(frozen=True)
class Ink:
    """A line: colour, width in mm, dashes in mm, a white edge of `halo` mm on either side."""

    colour: str
    width: float
    dash: tuple[float, ...] = ()
    alpha: float = 1.0
    halo: float = 0.0

    def times(self, unit: float) -> "Ink":
        dash = tuple(part * unit for part in self.dash)
        return Ink(self.colour, self.width * unit, dash, self.alpha, self.halo * unit)


@functools.cache
def _rgb(colour: str) -> tuple[float, float, float]:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _measuring() -> Any:
    context = cairo.Context(cairo.RecordingSurface(cairo.CONTENT_COLOR, None))
    _plain(context)
    return context


def _plain(context: Any) -> None:
    """No hinting: widths on paper are those of the font."""
    options = cairo.FontOptions(
        hint_style=cairo.HINT_STYLE_NONE, hint_metrics=cairo.HINT_METRICS_OFF
    )
    context.set_font_options(options)


@functools.lru_cache(maxsize=20_000)
def _advance(character: str, *, bold: bool) -> float:
    """Width of one character in ems."""
    context = _measuring()
    context.select_font_face(family(), cairo.FONT_SLANT_NORMAL, _BOLD if bold else _REGULAR)
    context.set_font_size(100)
    width: float = context.text_extents(character)[4]
    return width / 100


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of text in mm; `size` in points."""
    return sum(_advance(character, bold=bold) for character in text) * size * MM_A_PT


def fitted(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, cut and with an ellipsis where it is wider than `room` mm."""
    if width_of(text, size, bold=bold) <= room:
        return text
    while text and width_of(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Lines that fit the room; Chinese breaks anywhere, but not before a comma or full stop."""
    lines, line = [], ""
    for character in text:
        too_wide = width_of(line + character, size, bold=bold) > room
        if line and too_wide and character not in "，。；、：）,.;:) ":
            lines.append(line)
            line = ""
        line += character
    return [*lines, line] if line else lines


class Canvas:
    """A page to draw on. `context` is cairo's, in millimetres."""

    def __init__(self, context: Any) -> None:
        self.context = context

    # Lines and areas

    def trace(self, shape: BaseGeometry) -> None:
        """Make the path of lines and areas; whatever else a collection holds is left out."""
        context = self.context
        context.new_path()
        for part in shapely.get_parts(shape):
            is_area = part.geom_type == "Polygon"
            rings = [part.exterior, *part.interiors] if is_area else [part]
            for ring in rings:
                if ring.is_empty or ring.geom_type not in ("LineString", "LinearRing"):
                    continue
                places = shapely.get_coordinates(ring).tolist()
                context.move_to(*places[0])
                for x, y in places[1:]:
                    context.line_to(x, y)
                if is_area:
                    context.close_path()

    def fill(self, shape: BaseGeometry, colour: str, alpha: float = 1.0) -> None:
        self.trace(shape)
        self._ink(colour, alpha)
        self.context.set_fill_rule(cairo.FILL_RULE_EVEN_ODD)
        self.context.fill()

    def line(self, shape: BaseGeometry, ink: Ink) -> None:
        if ink.halo:
            self.trace(shape)
            self._stroke("#ffffff", ink.width + 2 * ink.halo, 0.9)
        self.trace(shape)
        self._stroke(ink.colour, ink.width, ink.alpha, ink.dash)

    def straight(self, x1: float, y1: float, x2: float, y2: float, ink: Ink) -> None:
        self.context.new_path()
        self.context.move_to(x1, y1)
        self.context.line_to(x2, y2)
        self._stroke(ink.colour, ink.width, ink.alpha, ink.dash)

    def rectangle(
        self, box: Box, *, fill: str = "", alpha: float = 1, ink: Ink | None = None
    ) -> None:
        self.context.new_path()
        self.context.rectangle(box.x, box.y, box.width, box.height)
        self._both(fill, alpha, ink)

    def circle(
        self,
        x: float,
        y: float,
        r: float,
        *,
        fill: str = "",
        alpha: float = 1,
        ink: Ink | None = None,
    ) -> None:
        self.context.new_path()
        self.context.arc(x, y, r, 0, 6.2832)
        self._both(fill, alpha, ink)

    def polygon(
        self, places: Sequence[tuple[float, float]], *, fill: str = "", ink: Ink | None = None
    ) -> None:
        self.context.new_path()
        for x, y in places:
            self.context.line_to(x, y)
        self.context.close_path()
        self._both(fill, 1, ink)

    def _both(self, fill: str, alpha: float, ink: Ink | None) -> None:
        if fill:
            self._ink(fill, alpha)
            self.context.fill_preserve()
        if ink:
            self._stroke(ink.colour, ink.width, ink.alpha, ink.dash)
        self.context.new_path()

    def _stroke(
        self, colour: str, width: float, alpha: float = 1, dash: tuple[float, ...] = ()
    ) -> None:
        self._ink(colour, alpha)
        self.context.set_line_width(width)
        self.context.set_line_join(cairo.LINE_JOIN_ROUND)
        self.context.set_line_cap(cairo.LINE_CAP_BUTT if dash else cairo.LINE_CAP_ROUND)
        self.context.set_dash(list(dash))
        self.context.stroke()

    def _ink(self, colour: str, alpha: float) -> None:
        self.context.set_source_rgba(*_rgb(colour), alpha)

    @contextmanager
    def clipped(self, shape: BaseGeometry) -> Iterator[None]:
        """Draw only inside the area."""
        self.context.save()
        self.trace(shape)
        self.context.set_fill_rule(cairo.FILL_RULE_EVEN_ODD)
        self.context.clip()
        try:
            yield
        finally:
            self.context.restore()

    # Text

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = "#222222",
        align: float = 0.0,
        halo: float = 0.0,
        turn: float = 0.0,
    ) -> None:
        """A line of text at its left (`align` 0), middle (.5) or right (1), in the middle of its
        height; turned clockwise by `turn` radians around that place.
        """
        context = self.context
        context.save()
        context.translate(x, y)
        if turn:
            context.rotate(turn)
        weight = _BOLD if bold else _REGULAR
        context.select_font_face(family(), cairo.FONT_SLANT_NORMAL, weight)
        context.set_font_size(size * MM_A_PT)
        left = -align * width_of(text, size, bold=bold) if align else 0.0
        base = _MIDDLE * size * MM_A_PT
        if halo:
            context.new_path()
            context.move_to(left, base)
            context.text_path(text)
            self._stroke("#ffffff", 2 * halo, 0.92)
        context.move_to(left, base)
        self._ink(colour, 1)
        context.show_text(text)
        context.restore()

    @contextmanager
    def moved(self, x: float, y: float, *, turn: float = 0.0) -> Iterator[None]:
        """Draw around (0, 0), which is that place."""
        self.context.save()
        self.context.translate(x, y)
        if turn:
            self.context.rotate(turn)
        try:
            yield
        finally:
            self.context.restore()

    # Ways through the file

    @contextmanager
    def link_to(self, name: str) -> Iterator[None]:
        """What is drawn leads to the place of that name when it is clicked."""
        self.context.tag_begin("Link", f"dest='{name}'")
        try:
            yield
        finally:
            self.context.tag_end("Link")

    def place_named(self, name: str) -> None:
        """The upper left corner of this page is where links of that name lead."""
        self.context.tag_begin("cairo.dest", f"name='{name}' x=0 y=0")
        self.context.tag_end("cairo.dest")


class Book:
    """A PDF in the making: `page` for each sheet, then `done`."""

    def __init__(self, *, title: str, author: str, subject: str = "") -> None:
        self._out = io.BytesIO()
        self._surface = cairo.PDFSurface(self._out, 1, 1)
        for key, words in (
            (cairo.PDF_METADATA_TITLE, title),
            (cairo.PDF_METADATA_AUTHOR, author),
            (cairo.PDF_METADATA_SUBJECT, subject),
        ):
            self._surface.set_metadata(key, words)
        self.pages = 0

    @contextmanager
    def page(self, paper: Paper, outline: str = "") -> Iterator[Canvas]:
        """A page of this size; with `outline` it stands in the list of contents of the file."""
        self._surface.set_size(paper.width * PT_A_MM, paper.height * PT_A_MM)
        context = cairo.Context(self._surface)
        _plain(context)
        context.scale(PT_A_MM, PT_A_MM)
        self.pages += 1
        if outline:
            self._surface.add_outline(
                cairo.PDF_OUTLINE_ROOT, outline, f"page={self.pages} pos=[0 0]", 0
            )
        yield Canvas(context)
        context.show_page()

    def done(self) -> bytes:
        self._surface.finish()
        return self._out.getvalue()


class _Tape:
    """Takes down what is asked of cairo; nothing of what Canvas asks has an answer."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        def noted(*args: Any) -> None:
            self.calls.append((name, args))

        return noted


class Recorded:
    """A drawing kept to be shown in parts on several pages.

    Cairo's own recording, used as a source again, keeps only what its first use showed.
    """

    def __init__(self) -> None:
        self._tape = _Tape()
        self.canvas = Canvas(self._tape)

    def show(self, canvas: Canvas, part: Box, x: float, y: float) -> None:
        """Show this part of the drawing with its upper left corner at `x`, `y`."""
        context = canvas.context
        context.save()
        context.rectangle(x, y, part.width, part.height)
        context.clip()
        context.translate(x - part.x, y - part.y)
        for name, args in self._tape.calls:
            if not name.startswith("tag_"):
                getattr(context, name)(*args)
        context.restore()


def svg_of(paper: Paper, draw: Any) -> bytes:
    """The same drawing for a web page: `draw(canvas)` on a sheet of this size."""
    out = io.BytesIO()
    surface = cairo.SVGSurface(out, paper.width * PT_A_MM, paper.height * PT_A_MM)
    context = cairo.Context(surface)
    _plain(context)
    context.scale(PT_A_MM, PT_A_MM)
    draw(Canvas(context))
    surface.finish()
    return out.getvalue()
