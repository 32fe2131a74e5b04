"""The map itself, into a frame: what is drawn is also told, for legend and index."""

import logging
from collections.abc import Callable

import shapely

from gis_grid.printing import ink
from gis_grid.printing.content import FAULTS
from gis_grid.printing.drawing import land, names, things
from gis_grid.printing.drawing import numbers as numbering
from gis_grid.printing.drawing.board import Board, Shown

__all__ = ["Board", "Shown", "draw_map"]
_log = logging.getLogger("gis_grid.printing")


def draw_map(board: Board) -> Shown:
    """Everything, layer by layer; one that fails is named in `content.failed`."""
    box, content = board.frame.box, board.content
    board.canvas.rectangle(box, fill="#ffffff")
    with board.canvas.clipped(shapely.box(box.x, box.y, box.right, box.bottom)):
        _try(board, "water", land.water)
        land.voids(board)
        _try(board, "roads", land.roads)
        land.around(board)
        land.borders(board)
        for layer, draw in (
            ("cameras", things.sectors),
            ("patrols", things.patrols),
            ("households", things.houses),
            ("service_points", things.services),
            ("cameras", things.sites),
            ("incidents", things.pins),
        ):
            _try(board, layer, draw)
        names.area_names(board)
        _try(board, "service_points", names.service_names)
        if board.numbered:
            _try(board, "households", numbering.numbers)
        names.names_around(board)
        _try(board, "roads", lambda on: names.way_names(on, content.roads, ink.ROAD_NAME))
        _try(board, "water", lambda on: names.way_names(on, content.waters, ink.WATER_NAME))
    return board.shown


def _try(board: Board, layer: str, draw: Callable[[Board], None]) -> None:
    try:
        draw(board)
    except FAULTS:
        _log.exception("The layer %s could not be drawn", layer)
        board.content.fail(layer)
