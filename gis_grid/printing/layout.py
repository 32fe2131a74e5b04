"""Where map and columns stand on a sheet of any size, upright or across."""

import math
from collections.abc import Iterator

from gis_grid.core.paper.flow import Column
from gis_grid.core.paper.sizes import Box, Paper
from gis_grid.printing.parts import Plan, Sheet
from gis_grid.printing.tables import index_row_height

# Of the sheet's width, or height where it stands upright, for what stands beside the map.
_MOST_BESIDE, _LEAST_BESIDE = 0.44, 0.22
_COLUMN = 54.0
_GAP = 4.5


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


def columns_of(plan: Plan) -> Iterator[Column]:
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
