"""The notice as a sheet of the wall map's engine: the map, and beside it what is told."""

from collections.abc import Iterable, Mapping

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_grid.core.paper.canvas import MM_A_PT, Canvas, Ink, fitted, width_of
from gis_grid.core.paper.flow import Block, Piece
from gis_grid.core.paper.sizes import Box
from gis_grid.navmap.notice.content import Line, Notice, VillagePart
from gis_grid.printing.content import Content, Way
from gis_grid.printing.ground import Cell, Ground, Metres
from gis_grid.printing.lettering import TYPE, Type
from gis_grid.printing.sheet import Imprint, Sheet
from gis_grid.printing.tables import people_lines, village_band, words_block
from gis_grid.territory import coverage
from gis_grid.territory.models import ReferenceFeature


def sheet_of(notice: Notice, features: Iterable[ReferenceFeature], imprint: Imprint) -> Sheet:
    """The whole notice; roads and waters of `features` lie under its grids."""
    ground = _ground(notice)
    metres = Metres(ground.lon)
    content = Content()
    for feature in features:
        way = Way(feature.kind, feature.name, metres.of(feature.geom))
        is_road = feature.layer == ReferenceFeature.Layer.ROAD
        (content.roads if is_road else content.waters).append(way)
    return Sheet(
        ground,
        content,
        imprint,
        title=_("Division of %(area)s into grids") % {"area": notice.area_name},
        subtitle=_("Public notice"),
        changed=notice.changed,
        blocks=lambda unit, room: _blocks(notice, unit, room),
    )


def _ground(notice: Notice) -> Ground:
    bounds = shapely.total_bounds([cell.shape for cell in notice.cells.values()])
    lon = float(bounds[0] + bounds[2]) / 2
    metres = Metres(lon)
    small = {
        code: Cell(
            code,
            cell.name,
            cell.kind,
            metres(cell.shape),
            coverage.area_m2(cell.shape),
            notice.since,
        )
        for code, cell in notice.cells.items()
    }
    names = {village.code: village.name for village in notice.villages}
    parts = notice.villages
    area = parts[0].code if len(parts) == 1 else notice.plan.area_code
    return Ground(
        area=area,
        lon=lon,
        small=small,
        large={code: _village(code, name, small, notice) for code, name in names.items()},
        names={**names, notice.plan.area_code: notice.area_name},
        counts={},
        people={},
        is_demo=notice.is_demo,
    )


def _village(code: str, name: str, small: Mapping[str, Cell], notice: Notice) -> Cell:
    shapes: list[BaseGeometry] = [cell.shape for cell in small.values() if cell.village == code]
    union = shapely.coverage_union_all(shapes)
    return Cell(code, name, "large", union, union.area, notice.since)


def _blocks(notice: Notice, unit: float, room: float) -> list[Block]:
    day = notice.since.isoformat()
    lead = _("%(reason)s. In force from %(day)s.") % {"reason": notice.reason, "day": day}
    blocks = [words_block(_("What is decided"), [lead], unit, room)]
    for village in notice.villages:
        blocks.append(_table(village, unit, room))
    told = _("Whoever has an objection tells the village committee or the town's service centre.")
    blocks.append(words_block("", [told, notice.area_name, day], unit, room))
    return blocks


def _table(village: VillagePart, unit: float, room: float) -> Block:
    made = TYPE.times(unit)
    pieces = [village_band(village.name, people_lines(village.people), made)]
    pieces += [_line(line, made) for line in village.grids]
    ended = _("No longer a grid of its own:") + " " + "、".join(village.ended)
    said = [ended] if village.ended else []
    if village.hearing:
        said.append(
            _("Heard in the village on %(day)s, %(count)s people present.")
            % {"day": village.hearing.held_on.isoformat(), "count": village.hearing.present}
        )
    pieces += words_block("", said, unit, room).pieces
    return Block(pieces)


def _line(line: Line, made: Type) -> Piece:
    """A grid: what it is called, how large it is, what changed, who answers for it."""
    high = made.text * MM_A_PT * 1.5
    people = people_lines(line.people)
    facts = _("%(kind)s, %(mu)d mu, %(change)s") % {
        "kind": line.kind,
        "mu": round(line.area_mu),
        "change": line.change,
    }

    def draw(canvas: Canvas, box: Box) -> None:
        y = box.y + high / 2
        left = box.x + 0.8 * made.unit
        name = fitted(line.name, made.text, box.width * 0.5, bold=True)
        canvas.text(left, y, name, made.text, bold=True)
        after = left + width_of(name, made.text, bold=True) + 2 * made.unit
        canvas.text(after, y, line.code, made.small, colour="#555555")
        for number, words in enumerate([facts, *people], start=1):
            place = y + number * high * 0.86
            text = fitted(words, made.small, box.width - 2 * made.unit)
            canvas.text(left + 2 * made.unit, place, text, made.small)
        bottom = box.bottom - 0.1
        canvas.straight(box.x, bottom, box.right, bottom, Ink("#cfcdc4", 0.12 * made.unit))

    return Piece(high * (1.06 + 0.86 * (1 + len(people))), draw)
