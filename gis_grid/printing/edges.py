"""Around the map: title, scale and north, who printed it and when."""

from django.utils.translation import gettext as _

from gis_grid.core.paper.canvas import MM_A_PT, Canvas, Ink, fitted, width_of
from gis_grid.core.paper.scales import Frame, bar_of
from gis_grid.core.paper.sizes import Box, Paper
from gis_grid.printing import ink
from gis_grid.printing.lettering import TYPE
from gis_grid.printing.parts import Plan, Sheet, facts_of, title_of


def draw_strip(canvas: Canvas, frame: Frame, sheet: Sheet, plan: Plan) -> None:
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


def draw_head(
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


def draw_foot(canvas: Canvas, sheet: Sheet, plan: Plan, page: int, pages: int) -> None:
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
    if imprint.note:
        words += f" · {imprint.note}"
    canvas.text(
        plan.margin, y, fitted(words, made.small, paper.width * 0.7), made.small, colour="#555555"
    )
    right = paper.width - plan.margin
    if pages > 1:
        text = _("Page %(page)d of %(pages)d") % {"page": page, "pages": pages}
        canvas.text(right, y, text, made.small, colour="#555555", align=1)
