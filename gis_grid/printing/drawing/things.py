"""What stands on the land: patrol routes, households, service points, cameras, incidents."""

import math
from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.core.paper import symbols
from gis_grid.core.paper.canvas import Ink
from gis_grid.core.paper.sizes import Box
from gis_grid.printing import ink
from gis_grid.printing.content import House
from gis_grid.printing.drawing.board import Board
from gis_grid.printing.numbering import reading_order


def sectors(board: Board) -> None:
    for site in board.own(board.content.sites):
        if site.sector is None:
            continue
        shape = board.frame.place(site.sector)
        is_broken = site.state == "broken"
        colour = ink.SECTOR_BROKEN if is_broken else ink.SECTOR
        board.canvas.fill(shape, colour, 0.06 if is_broken else 0.1)
        board.canvas.line(shape, Ink(colour, 0.15 * board.unit, alpha=0.5))


def patrols(board: Board) -> None:
    outline = board.ground.outline
    shown = [one for one in board.content.patrols if one.line.intersects(outline)]
    lines = [board.frame.place(shapely.intersection(one.line, board.seen)) for one in shown]
    for line in lines:
        board.canvas.line(line, ink.ROUTE.times(board.fine))
    # Routes share roads: what tells them apart lies above all lines.
    for line in lines:
        for part in shapely.get_parts(line):
            _arrows(board, part)
            board.take_along(part)
    for patrol in shown:
        for number, place in enumerate(patrol.checkpoints, start=1):
            _checkpoint(board, number, *board.at(place))
    board.shown.saw("patrol", len(shown))


def _arrows(board: Board, line: BaseGeometry) -> None:
    step, size = 28 * board.unit, 1.3 * board.fine
    at = step / 2
    while at < line.length:
        a, b = line.interpolate(at), line.interpolate(min(at + size, line.length))
        turn = math.atan2(b.y - a.y, b.x - a.x)
        with board.canvas.moved(a.x, a.y, turn=turn):
            head = [(size, 0.0), (-size * 0.6, size * 0.75), (-size * 0.6, -size * 0.75)]
            board.canvas.polygon(head, fill=ink.ROUTE.colour, ink=Ink("#ffffff", 0.12))
        at += step


def _checkpoint(board: Board, number: int, x: float, y: float) -> None:
    r = 1.5 * board.fine
    if not board.is_in(x, y):
        return
    board.canvas.circle(x, y, r, fill="#ffffff", ink=Ink(ink.ROUTE.colour, 0.35 * board.fine))
    size = 5.4 * board.fine
    board.plates.add(Box(x - r, y - r, 2 * r, 2 * r))
    board.canvas.text(x, y, str(number), size, bold=True, colour=ink.ROUTE.colour, align=0.5)
    board.take(x, y, r)


def houses(board: Board) -> None:
    looks = {tag.slug: (tag.symbol, tag.colour) for tag in board.content.tags}
    houses = board.own(board.content.houses)
    for house in sorted(houses, key=lambda one: len(one.tags)):
        x, y = board.at(house.place)
        r = board.house_r(house)
        if house.tags:
            symbols.draw_tags(board.canvas, [looks[slug] for slug in house.tags], x, y, r)
            half = symbols.tags_width(len(house.tags), r) / 2
            board.take(x, y, half, r * 1.2)
        else:
            board.canvas.circle(x, y, r, fill=ink.DOT)
            board.take(x, y, r)
            board.shown.saw("household")
        for slug in house.tags:
            board.shown.saw(f"tag:{slug}")
    if not board.is_part:
        _number(board, houses)


def _number(board: Board, houses: Sequence[House]) -> None:
    by_grid: dict[str, list[House]] = {}
    for house in houses:
        by_grid.setdefault(house.area, []).append(house)
    for area, found in sorted(by_grid.items()):
        order = reading_order([house.place for house in found])
        board.shown.index[area] = [found[index] for index in order]
        for number, index in enumerate(order, start=1):
            board.number_of[id(found[index])] = number


def services(board: Board) -> None:
    r = 1.7 * board.fine
    for one in board.own(board.content.services):
        x, y = board.plate(one.place, r)
        symbols.draw_service(board.canvas, one.kind, x, y, r)
        board.plate_of[id(one)] = (x, y)
        board.shown.saw(f"service:{one.kind}")


def sites(board: Board) -> None:
    r = 1.5 * board.fine
    for one in board.own(board.content.sites):
        x, y = board.plate(one.place, r)
        symbols.draw_camera(board.canvas, one.owner, one.state, x, y, r)
        board.shown.saw(f"camera:{one.owner}:{one.state}")


def pins(board: Board) -> None:
    r = 1.8 * board.fine
    for one in board.own(board.content.pins):
        x, y = board.plate(one.place, r)
        symbols.draw_pin(board.canvas, one.kind, one.look, x, y, r)
        board.shown.saw(f"pin:{one.kind}")
        board.shown.saw(f"look:{one.look}")
