"""A sheet: cells of a coverage near each other, and what an operation makes of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis_grid.territory.coverage import Issue
from gis_grid.territory.redraw.lattice import Point, in_degrees, in_units, to_units
from gis_grid.territory.redraw.linework import Linework


@dataclass(frozen=True)
class DraftCell:
    """One small grid of a draft: shape in lon/lat degrees on the lattice."""

    village: str
    name: str
    kind: str
    shape: MultiPolygon


Sheet = Mapping[str, DraftCell]
Changes = dict[str, DraftCell | None]
# How many households (or what else counts) lie in a piece of land, given in degrees.
Weigh = Callable[[Polygon], float]
# West, south, east, north in degrees.
Bounds = tuple[float, float, float, float]
# The next free code of a village.
Allot = Callable[[str], str]
# Lines may be led on to a border that lies a little outside (5 m).
_MARGIN_DEGREES = 5e-5


@dataclass(frozen=True)
class Step:
    """One edge of the lineage; `source` None for land that had no grid."""

    kind: str
    source: str | None
    target: str


@dataclass(frozen=True)
class Outcome:
    """What an operation makes of a sheet.

    `changes` holds every changed cell, None for one that ends; `params` what replaying the
    operation needs beside its own parameters; `gains` that land without a grid gets one.
    """

    changes: Changes
    lineage: Sequence[Step] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    gains: bool = False


class RefusedError(Exception):
    """The operation can't be done: `issues` say why and where."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__(issues[0].code)
        self.issues = issues


def cell_of(sheet: Sheet, code: str) -> DraftCell:
    try:
        return sheet[code]
    except KeyError:
        raise RefusedError(Issue("no_such_grid", (code,))) from None


def points_of(line: Sequence[Sequence[float]] | BaseGeometry) -> list[Point]:
    """A line's points in whole units, without repetitions."""
    raw = shapely.get_coordinates(line) if isinstance(line, BaseGeometry) else line
    found: list[Point] = []
    for x, y in to_units(raw).tolist():
        if not found or found[-1] != (x, y):
            found.append((x, y))
    return found


def linework_near(
    sheet: Sheet, bounds: Bounds, only: str | None = None, *, among: Collection[str] = ()
) -> Linework:
    """The borders of the cells that lie within `bounds` (degrees).

    With `only` lines are put into the borders of that cell alone; its neighbours follow. With
    `among` no other cell may win or lose any area by that.
    """
    frame = shapely.box(*bounds).buffer(_MARGIN_DEGREES)
    shapes = {
        code: in_units(cell.shape)
        for code, cell in sheet.items()
        if shapely.intersects(shapely.box(*cell.shape.bounds), frame)
    }

    def keep_exact(owners: frozenset[str]) -> bool:
        if len(owners) == 1 or (among and not owners.issubset(among)):
            return True
        return len({sheet[code].village for code in owners}) > 1

    return Linework(shapes, keep_exact, only)


def joined(faces: Sequence[BaseGeometry]) -> MultiPolygon:
    """The union of pieces (units) that meet vertex for vertex, as a shape in degrees."""
    merged = shapely.coverage_union_all(list(faces)) if len(faces) > 1 else faces[0]
    parts = [shapely.orient_polygons(part) for part in shapely.get_parts(in_degrees(merged))]
    return MultiPolygon(parts)


def with_shape(cell: DraftCell, faces: Sequence[BaseGeometry]) -> DraftCell:
    return replace(cell, shape=joined(faces))


def with_vertices(sheet: Sheet, changes: Changes, work: Linework) -> Changes:
    """`changes` and the cells whose borders have only got vertices."""
    beside = {
        code: with_shape(sheet[code], list(work.noded(code).geoms))
        for code in sorted(work.touched() - set(changes))
    }
    return {**changes, **beside}
