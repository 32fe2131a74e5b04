"""The land: water, empty land, roads, borders."""

import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.core.codes import AreaLevel
from gis_grid.core.paper.canvas import Ink
from gis_grid.printing import ink
from gis_grid.printing.drawing.board import Board


def water(board: Board) -> None:
    for way, shape in board.ways(board.content.waters):
        if way.shape.geom_type.endswith("Polygon"):
            board.canvas.fill(shape, ink.WATER_FILL)
            board.canvas.line(shape, Ink(ink.WATER_EDGE, 0.25 * board.unit))
        else:
            width = ink.STREAMS.get(way.kind, 0.4) * board.unit
            board.canvas.line(shape, Ink(ink.WATER_EDGE, width))
        board.shown.saw("water")


def voids(board: Board) -> None:
    for cell in board.ground.cells:
        if cell.kind == "void" and cell.shape.intersects(board.seen):
            _hatch(board, board.frame.place(cell.shape))
            board.shown.saw("void")


def _hatch(board: Board, shape: BaseGeometry) -> None:
    west, north, east, south = shape.bounds
    step = 1.5 * board.unit
    with board.canvas.clipped(shape):
        reach = south - north
        at = west - reach
        while at < east:
            board.canvas.straight(at, south, at + reach, north, ink.HATCH.times(board.unit))
            at += step


def roads(board: Board) -> None:
    roads = sorted(
        board.ways(board.content.roads),
        key=lambda one: ink.ROADS.get(one[0].kind, ink.ROADS["lane"])[0],
    )
    is_town = board.ground.level is AreaLevel.TOWN
    k = board.unit * (0.8 if is_town else 1)
    for way, shape in roads:
        width, edge, _inner = ink.ROADS.get(way.kind, ink.ROADS["lane"])
        board.canvas.line(shape, Ink(edge, width * k))
        board.shown.saw(f"road:{'main' if _inner else 'small'}")
    for way, shape in roads:
        width, _edge, inner = ink.ROADS.get(way.kind, ink.ROADS["lane"])
        if inner:
            board.canvas.line(shape, Ink(inner, width * k - 0.3 * k))


def around(board: Board) -> None:
    """What lies outside is a little greyer, so that the area stands out like an island."""
    outline = board.ground.outline
    outside = shapely.difference(board.seen, outline)
    board.canvas.fill(board.frame.place(outside), "#f4f3ee", 0.72)
    placed = board.frame.place(outline)
    with board.canvas.clipped(board.frame.place(outside)):
        for width, alpha in ((7, 0.05), (4.4, 0.07), (2.2, 0.1)):
            shade = Ink(ink.SHADE, width * board.unit, alpha=alpha)
            board.canvas.line(placed, shade)
    neighbours = board.neighbours()
    board.border(neighbours, ink.AROUND.times(board.unit))
    board.shown.saw("around", len(neighbours))


def borders(board: Board) -> None:
    ground, unit = board.ground, board.unit
    cells = ground.cells
    if len(cells) > 1:
        board.border(cells, ink.SMALL.times(unit))
        board.shown.saw("small", len(cells))
    if ground.level is AreaLevel.TOWN:
        board.border(ground.villages, ink.LARGE.times(unit))
        board.shown.saw("large", len(ground.villages))
    rank = {AreaLevel.TOWN: "town", AreaLevel.VILLAGE: "large", AreaLevel.GRID: "own"}
    own = ink.TOWN if ground.level is AreaLevel.TOWN else ink.LARGE
    board.canvas.line(board.frame.place(ground.outline), own.times(unit))
    board.shown.saw(rank.get(ground.level, "large"))
    for cell in cells:
        if cell.code in board.changed:
            shape = board.frame.place(cell.shape)
            board.canvas.fill(shape, "#aa3377", 0.08)
            board.canvas.line(shape, ink.NEW.times(unit))
            board.shown.saw("changed")
