"""Words on the map, after all points have their place."""

from collections.abc import Sequence

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_grid.core.codes import AreaLevel
from gis_grid.core.paper import symbols
from gis_grid.core.paper.canvas import MM_A_PT, width_of
from gis_grid.core.paper.labels import Letter, along, around, in_area
from gis_grid.printing.content import Way
from gis_grid.printing.drawing.board import Board
from gis_grid.printing.ground import Cell


def area_names(board: Board) -> None:
    ground, unit = board.ground, board.unit
    if ground.level is AreaLevel.TOWN:
        for cell in ground.villages:
            _area_name(board, cell, cell.name, 12 * unit, bold=True, colour="#222222")
    if ground.level is AreaLevel.GRID:
        return
    size, colour = (7.5, "#555555") if ground.level is AreaLevel.TOWN else (13, "#333333")
    for cell in sorted(ground.cells, key=lambda one: -one.area_m2):
        if cell.kind != "void":
            is_bold = ground.level is not AreaLevel.TOWN
            _area_name(board, cell, cell.name, size * unit, bold=is_bold, colour=colour)


def _area_name(
    board: Board, cell: Cell, name: str, size: float, *, bold: bool, colour: str
) -> None:
    """The name in the area, smaller where it does not fit; in atlases with its plate."""
    shape = board.frame.place(shapely.intersection(cell.shape, board.seen))
    if shape.is_empty:
        return
    plate = board.plates_of.get(cell.code)
    text = f"{plate} {name}" if plate else name
    for share in (1.0, 0.85, 0.7, 0.58):
        wide = width_of(text, size * share, bold=bold) + 0.8
        high = size * share * MM_A_PT * 1.15
        spot = in_area(shape, wide, high, board.taken, inside=share > 0.6)
        if spot is not None:
            board.canvas.text(
                spot.x, spot.y, text, size * share,
                bold=bold, colour=colour, align=0.5, halo=0.5 * board.unit * share,
            )  # fmt: skip
            return
    board.shown.names_left_out += 1


def service_names(board: Board) -> None:
    if board.ground.level is AreaLevel.TOWN:
        return
    size = 6 * board.fine
    village = board.ground.names.get(board.ground.area[:12], "")
    for one in board.content.services:
        if id(one) not in board.plate_of:
            continue
        x, y = board.plate_of[id(one)]
        name = one.name.removeprefix(village) or one.name
        wide, high = width_of(name, size) + 0.4, size * MM_A_PT * 1.1
        spot = around((x, y), 2 * board.fine, wide, high, board.taken)
        if spot is None:
            board.shown.names_left_out += 1
            continue
        board.lead(spot)
        board.canvas.text(
            spot.x, spot.y, name, size, colour=symbols.GREEN, align=0.5, halo=0.35 * board.fine
        )


def names_around(board: Board) -> None:
    outside = board.ground.outline
    for cell in board.neighbours():
        shape = shapely.difference(shapely.intersection(cell.shape, board.frame.seen()), outside)
        placed = board.frame.place(shape)
        size = 8.5 * board.unit
        plate = board.plates_of.get(cell.code)
        name = (
            _("%(name)s (plate %(number)d)") % {"name": cell.name, "number": plate}
            if plate
            else cell.name
        )
        wide, high = width_of(name, size) + 0.8, size * MM_A_PT * 1.15
        spot = None if placed.is_empty else in_area(placed, wide, high, board.taken)
        if spot is not None:
            board.canvas.text(
                spot.x, spot.y, name, size, colour="#8a8a84", align=0.5, halo=0.3 * board.unit
            )


def way_names(board: Board, ways: Sequence[Way], colour: str) -> None:
    size = 5.6 * board.fine
    high = size * MM_A_PT
    named: dict[str, list[BaseGeometry]] = {}
    for way, shape in board.ways([one for one in ways if one.name]):
        lines = shapely.boundary(shape) if way.shape.geom_type.endswith("Polygon") else shape
        if not way.shape.geom_type.endswith("Polygon"):
            named.setdefault(way.name, []).append(lines)
    for name, shapes in named.items():
        merged = shapely.line_merge(shapely.union_all(shapes))
        longest = max(shapely.get_parts(merged), key=lambda part: part.length)
        advances = [width_of(character, size) for character in name]
        for one in _along(board, shapely.simplify(longest, 0.4), name, advances, high):
            board.canvas.text(
                one.x, one.y, one.character, size,
                colour=colour, align=0.5, turn=one.turn, halo=0.3 * board.fine,
            )  # fmt: skip


def _along(
    board: Board, line: BaseGeometry, name: str, advances: list[float], high: float
) -> list[Letter]:
    """On the road, or else beside it."""
    for off in (0.0, high * 1.1, -high * 1.1):
        way = shapely.offset_curve(line, off) if off else line
        if way.geom_type == "LineString" and not way.is_empty:
            letters = along(way, name, advances, high, board.taken)
            if letters:
                return letters
    return []
