"""What a sheet shows, and in what words."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gis_grid.core.codes import AreaLevel
from gis_grid.core.paper.flow import Block
from gis_grid.core.paper.sizes import Box, Paper
from gis_grid.printing.content import Content
from gis_grid.printing.ground import Ground

M2_PER_MU = 2000 / 3


@dataclass(frozen=True)
class Imprint:
    """Who printed it and when; `purpose` where one was needed."""

    by: str
    at: dt.datetime
    is_demo: bool
    purpose: str = ""
    # What else the foot says.
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a sheet shows. `extra` are blocks that go before the tables."""

    ground: Ground
    content: Content
    imprint: Imprint
    title: str = ""
    subtitle: str = ""
    changed: frozenset[str] = frozenset()
    # Of an atlas: the number of each grid's plate.
    plates: dict[str, int] = field(default_factory=dict)
    # Blocks beside the map instead of the usual tables; they get the unit and a column's width.
    blocks: Callable[[float, float], list[Block]] | None = None
    with_index: bool = True

    @property
    def is_numbered(self) -> bool:
        return self.with_index and self.ground.level is not AreaLevel.TOWN


@dataclass(frozen=True)
class Plan:
    """Where everything stands on the first page."""

    paper: Paper
    margin: float
    head: Box
    map: Box
    strip: Box
    columns: list[Box]


def title_of(ground: Ground) -> str:
    name = ground.name
    if ground.level is AreaLevel.GRID:
        name = f"{ground.names.get(ground.area[:12], '')} {name}".strip()
    return _("Grid map of %(area)s") % {"area": name}


def facts_of(ground: Ground) -> str:
    """The area in figures, in one line."""
    counts = ground.counts.get(ground.area, {})
    parts = [" · ".join(ground.above)] if ground.above else []
    parts.append(
        _("%(km2).2f km² (%(mu)d mu)")
        % {"km2": ground.area_m2 / 1e6, "mu": round(ground.area_m2 / M2_PER_MU)}
    )
    grids = sum(cell.kind != "void" for cell in ground.cells)
    if ground.level is not AreaLevel.GRID:
        parts.append(_("%(count)d grids") % {"count": grids})
    parts.append(
        _("%(households)d households, %(people)d people")
        % {"households": counts.get("households", 0), "people": counts.get("people", 0)}
    )
    return "  ·  ".join(parts)
