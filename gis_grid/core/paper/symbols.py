"""The map's symbols on paper: the shapes of `static/js/map/symbols.js`, `pins.js`, `sites.js`."""

import math
from collections.abc import Sequence

from gis_grid.core.paper.canvas import MM_A_PT, Canvas, Ink

Places = list[tuple[float, float]]
INK = "#333333"
BLUE, RED, GREEN, VIOLET, GREY = "#0077bb", "#cc3311", "#117733", "#332288", "#777777"
LOOK_COLOURS = {
    "late": RED,
    "open": "#ee7733",
    "hand": BLUE,
    "waiting": "#bbbbbb",
    "closed": "#009988",
}
KIND_SHAPES = {
    "general": "disc",
    "mediation": "bubble",
    "emergency": "triangle",
    "approval": "sheet",
}
# One character says more than a shape: what stands on the door.
SIGNS = {
    "desk": "便",
    "police": "警",
    "legal": "法",
    "mediation": "调",
    "health": "医",
    "board": "告",
    "shelter": "避",
    "fire": "消",
}
# Shapes of one radius do not look of one size; these make them.
_WEIGHTS = {"star": 1.18, "diamond": 1.08, "triangle": 1.12, "square": 1.02, "ring": 0.86}
_UP = -math.pi / 2
_ARM = 0.36
_PLUS: Places = [
    (-_ARM, -1), (_ARM, -1), (_ARM, -_ARM), (1, -_ARM), (1, _ARM), (_ARM, _ARM),
    (_ARM, 1), (-_ARM, 1), (-_ARM, _ARM), (-1, _ARM), (-1, -_ARM), (-_ARM, -_ARM),
]  # fmt: skip
_BUBBLE: Places = [
    (-0.45, 1), (-0.4, 0.55), (-1, 0.55), (-1, -0.85), (1, -0.85), (1, 0.55), (0.1, 0.55),
]  # fmt: skip
_SHEET: Places = [(-0.75, -1), (0.25, -1), (0.75, -0.5), (0.75, 1), (-0.75, 1)]


def _regular(sides: int, turn: float, inner: float = 1.0) -> Places:
    count = sides if inner == 1 else sides * 2
    return [
        (
            (inner if i % 2 else 1) * math.cos(turn + i * math.tau / count),
            (inner if i % 2 else 1) * math.sin(turn + i * math.tau / count),
        )
        for i in range(count)
    ]


def _turned(places: Places, turn: float) -> Places:
    cos, sin = math.cos(turn), math.sin(turn)
    return [(x * cos - y * sin, x * sin + y * cos) for x, y in places]


_SHAPES: dict[str, Places] = {
    "star": _regular(5, _UP, 0.45),
    "diamond": _regular(4, _UP),
    "triangle": _regular(3, _UP),
    "hexagon": _regular(6, _UP),
    "square": _regular(4, math.pi / 4),
    "plus": _PLUS,
    "cross": _turned(_PLUS, math.pi / 4),
    "bubble": _BUBBLE,
    "sheet": _SHEET,
}


def draw_symbol(
    canvas: Canvas, symbol: str, colour: str, x: float, y: float, r: float, edge: str = ""
) -> None:
    """A symbol with a white edge; a shape that is not known is a dot."""
    radius = r * _WEIGHTS.get(symbol, 1)
    white = Ink("#ffffff", r * 0.5)
    if symbol == "ring":
        canvas.circle(
            x, y, radius * 0.8, fill="#ffffff", ink=Ink("#ffffff", radius * 0.5 + r * 0.4)
        )
        canvas.circle(x, y, radius * 0.8, ink=Ink(colour, radius * 0.5))
        return
    thin = Ink(edge, r * 0.12) if edge else None
    if symbol not in _SHAPES:
        size = radius * (0.95 if symbol == "disc" else 0.8)
        canvas.circle(x, y, size, ink=white)
        canvas.circle(x, y, size, fill=colour, ink=thin)
        return
    places = [(x + radius * px, y + radius * py) for px, py in _SHAPES[symbol]]
    canvas.polygon(places, ink=white)
    canvas.polygon(places, fill=colour, ink=thin)


def draw_pin(canvas: Canvas, kind: str, look: str, x: float, y: float, r: float) -> None:
    """An incident: the kind's shape in the state's colour, with an eye and an edge."""
    shape = KIND_SHAPES.get(kind, "disc")
    draw_symbol(canvas, shape, LOOK_COLOURS.get(look, INK), x, y, r, INK)
    down = r * 0.12 if kind == "emergency" else 0.0
    canvas.circle(x, y + down, r * 0.26, fill=INK if look == "waiting" else "#ffffff")


def draw_camera(canvas: Canvas, owner: str, state: str, x: float, y: float, r: float) -> None:
    """A home's is hollow, one out of order has a red edge and slash."""
    is_broken = state == "broken"
    colour = RED if is_broken else GREY if state == "off" else BLUE
    canvas.circle(x, y, r, fill="#ffffff", ink=Ink(colour, r * (0.22 if is_broken else 0.14)))
    body: Places = [
        (-0.6, -0.38), (0.2, -0.38), (0.2, -0.08), (0.62, -0.36), (0.62, 0.36), (0.2, 0.08),
        (0.2, 0.38), (-0.6, 0.38),
    ]  # fmt: skip
    places = [(x + r * px, y + r * py) for px, py in body]
    if owner == "home":
        canvas.polygon(places, ink=Ink(colour, r * 0.12))
    else:
        canvas.polygon(places, fill=colour)
    if is_broken:
        canvas.straight(x - r * 0.7, y + r * 0.7, x + r * 0.7, y - r * 0.7, Ink(RED, r * 0.25))


def draw_service(canvas: Canvas, kind: str, x: float, y: float, r: float) -> None:
    """A plate with the character of its kind."""
    corners = _regular(4, math.pi / 4)
    side = r * 1.4142
    places = [(x + side * px, y + side * py) for px, py in corners]
    canvas.polygon(places, ink=Ink("#ffffff", r * 0.5))
    canvas.polygon(places, fill=VIOLET if kind in ("police", "fire") else GREEN)
    size = r * 1.4 / MM_A_PT
    canvas.text(x, y, SIGNS.get(kind, "?"), size, bold=True, colour="#ffffff", align=0.5)


def draw_tags(
    canvas: Canvas, tags: Sequence[tuple[str, str]], x: float, y: float, r: float
) -> None:
    """Up to three symbols (shape, colour) side by side, the middle of the row at the place."""
    shown = tags[:3]
    step = 2.1 * r
    start = x - step * (len(shown) - 1) / 2
    for number, (symbol, colour) in enumerate(shown):
        draw_symbol(canvas, symbol, colour, start + number * step, y, r)


def tags_width(count: int, r: float) -> float:
    """How wide `draw_tags` draws so many symbols, their white edges counted."""
    return 2.1 * r * (min(count, 3) - 1) + 2.7 * r
