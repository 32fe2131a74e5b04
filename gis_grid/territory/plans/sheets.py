"""Drafts from and to the database: published grids with the plan's own cells over them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.db import connection
from django.db.models import Q, QuerySet
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis_grid.core.codes import AreaLevel, ancestors, level_of
from gis_grid.territory.coverage import Issue
from gis_grid.territory.models import (
    Grid,
    GridVersion,
    Plan,
    PlanCell,
    ReferenceFeature,
    ReservedCode,
)
from gis_grid.territory.redraw.sheet import Bounds, Changes, DraftCell, RefusedError, Sheet
from gis_grid.territory.services.gridversions import stored

CellJson = dict[str, Any] | None
_MARGIN_DEGREES = 1e-4


def as_json(cell: DraftCell | None) -> CellJson:
    """A cell as an operation keeps it; floats of seven decimals come back the same."""
    if cell is None:
        return None
    return {
        "village": cell.village,
        "name": cell.name,
        "kind": cell.kind,
        "coordinates": shapely.geometry.mapping(cell.shape)["coordinates"],
    }


def from_json(data: CellJson) -> DraftCell | None:
    if data is None:
        return None
    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in data["coordinates"]]
    return DraftCell(data["village"], data["name"], data["kind"], MultiPolygon(parts))


def same(a: DraftCell | None, b: DraftCell | None) -> bool:
    """Equal to the last coordinate; where a ring begins does not matter."""
    if a is None or b is None:
        return a is b
    return (a.village, a.name, a.kind) == (b.village, b.name, b.kind) and bool(
        shapely.equals_exact(a.shape, b.shape) or a.shape.normalize() == b.shape.normalize()
    )


def cells_of(versions: QuerySet[GridVersion]) -> dict[str, DraftCell]:
    """Versions as cells, by code."""
    return {code: base.cell for code, base in _bases(versions).items()}


@dataclass(frozen=True)
class Base:
    """The published version that a grid is drawn over."""

    pk: int
    cell: DraftCell


@dataclass
class Draft:
    """A part of a plan's state: its cells by code, and the versions they were drawn over."""

    cells: dict[str, DraftCell]
    bases: dict[str, Base]


def load(plan: Plan, *, codes: Iterable[str] = (), bounds: Bounds | None = None) -> Draft:
    """The draft's cells among `codes`, and those whose boxes meet `bounds` (degrees)."""
    wanted = list(codes)
    frame = None if bounds is None else stored(_frame(bounds))
    versions = GridVersion.objects.filter(validity__endswith=None, grid__level=Grid.Level.SMALL)
    bases = _bases(versions.filter(grid__code__in=wanted)) if wanted else {}
    if frame is not None:
        bases |= _bases(versions.filter(geom__bboverlaps=frame))
    taken = set(plan.cells.values_list("code", flat=True))
    cells = {code: base.cell for code, base in bases.items() if code not in taken}
    if taken:
        near = (
            Q(code__in=wanted) if frame is None else Q(code__in=wanted) | Q(geom__bboverlaps=frame)
        )
        pairs = _pairs(plan.cells.filter(near | Q(code__in=taken & set(bases))))
        cells |= {code: after for code, (_base, after) in pairs.items() if after is not None}
        bases |= {code: base for code, (base, _after) in pairs.items() if base is not None}
    return Draft(cells, bases)


def codes_of(plan: Plan, village: str) -> list[str]:
    """The small grids of a village, as published and as the draft has them."""
    published = GridVersion.objects.filter(
        validity__endswith=None, grid__level=Grid.Level.SMALL, parent__code=village
    )
    own = plan.cells.filter(village=village, geom__isnull=False)
    ended = set(plan.cells.filter(geom__isnull=True).values_list("code", flat=True))
    found = {*published.values_list("grid__code", flat=True), *own.values_list("code", flat=True)}
    return sorted(found - ended)


def _bases(versions: QuerySet[GridVersion]) -> dict[str, Base]:
    rows = versions.values_list("pk", "grid__code", "name", "kind", AsWKB("geom"))
    return {
        code: Base(pk, DraftCell(code[:12], name, kind, _shape(wkb)))
        for pk, code, name, kind, wkb in rows
    }


def _shape(wkb: memoryview) -> MultiPolygon:
    return MultiPolygon(shapely.get_parts(shapely.from_wkb(bytes(wkb))).tolist())


def _pairs(own: QuerySet[PlanCell]) -> dict[str, tuple[Base | None, DraftCell | None]]:
    """The plan's own cells with what they were drawn over; None for an end, or for a new one."""
    rows = own.values_list(
        *("code", "village", "name", "kind", AsWKB("geom")),
        *("base_id", "base__name", "base__kind", AsWKB("base__geom")),
    )
    return {
        code: (
            Base(base_pk, DraftCell(code[:12], old_name, old_kind, _shape(old)))
            if base_pk
            else None,
            DraftCell(village, name, kind, _shape(wkb)) if wkb is not None else None,
        )
        for code, village, name, kind, wkb, base_pk, old_name, old_kind, old in rows
    }


def _frame(bounds: Bounds) -> shapely.Polygon:
    west, south, east, north = bounds
    margin = _MARGIN_DEGREES
    return shapely.box(west - margin, south - margin, east + margin, north + margin)


def bounds_of(sheet: Sheet, extra: Sequence[shapely.Geometry] = ()) -> Bounds | None:
    shapes = [*(cell.shape for cell in sheet.values()), *extra]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return (west, south, east, north)


def store(plan: Plan, draft: Draft, changes: Changes) -> None:
    """Write the changed cells; one that is again as it was published needs no row."""
    plan.cells.filter(code__in=list(changes)).delete()
    rows = []
    for code, cell in changes.items():
        base = draft.bases.get(code)
        if same(cell, base.cell if base else None):
            continue
        rows.append(
            PlanCell(
                plan=plan,
                code=code,
                base_id=base.pk if base else None,
                village=cell.village if cell else code[:12],
                name=cell.name if cell else (base.cell.name if base else ""),
                kind=cell.kind if cell else GridVersion.Kind.SMALL,
                geom=stored(cell.shape) if cell else None,
            )
        )
    PlanCell.objects.bulk_create(rows)
    villages = set(plan.cells.values_list("village", flat=True))
    areas = {area for village in villages for area in ancestors(village)}
    plan.touched_areas = sorted(a for a in areas if level_of(a) not in _ABOVE_COUNTY)


_ABOVE_COUNTY = (AreaLevel.PROVINCE, AreaLevel.CITY)


class Codes:
    """Gives out codes that no grid and no other draft has ever had.

    `again` are codes that a replay gave out before, by village, in their order.
    """

    def __init__(self, plan: Plan, again: Sequence[str] = ()) -> None:
        self.plan = plan
        self._again = list(again)

    def __call__(self, village: str) -> str:
        for code in self._again:
            if code[:12] == village:
                self._again.remove(code)
                return code
        return self._reserve(village)

    def are_others(self, codes: Sequence[str]) -> bool:
        held = ReservedCode.objects.filter(code__in=codes)
        return held.exclude(plan=self.plan).exists()

    def claim(self, code: str | None) -> bool:
        """Take this very code; False for one that a grid or another draft has had."""
        if not code or Grid.objects.filter(code=code).exists():
            return False
        held, _created = ReservedCode.objects.get_or_create(code=code, defaults={"plan": self.plan})
        if held.plan_id != self.plan.pk:
            return False
        self._again = [one for one in self._again if one != code]
        return True

    def _reserve(self, village: str) -> str:
        with connection.cursor() as cursor:
            # One at a time for a village, so that two drafts never take the same number.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"codes {village}"])
        taken = Grid.objects.filter(code__startswith=village, level=Grid.Level.SMALL)
        held = ReservedCode.objects.filter(code__startswith=village)
        numbers = {
            int(code[12:])
            for codes in (taken, held)
            for code in codes.values_list("code", flat=True)
        }
        number = next((n for n in range(1, 1000) if n not in numbers), None)
        if number is None:
            raise RefusedError(Issue("codes_used_up", (village,)))
        code = f"{village}{number:03d}"
        ReservedCode.objects.create(code=code, plan=self.plan)
        return code


def reference_lines(feature: ReferenceFeature, near: BaseGeometry) -> list[list[Any]]:
    """A road or stream as lines around a grid; of a pond its shore."""
    shape = shapely.from_wkb(bytes(feature.geom.wkb))
    if shape.geom_type.endswith("Polygon"):
        shape = shape.boundary
    clipped = shapely.line_merge(shapely.intersection(shape, near.envelope.buffer(1e-3)))
    return [
        shapely.get_coordinates(part).tolist()
        for part in shapely.get_parts(clipped)
        if part.geom_type == "LineString"
    ]


def changed_cells(
    plan: Plan, among: Iterable[str] | None = None
) -> dict[str, tuple[DraftCell | None, DraftCell | None]]:
    """Every grid that the plan changes (of `among`): as it was drawn over, as it shall be."""
    own = plan.cells.all() if among is None else plan.cells.filter(code__in=list(among))
    return {
        code: (base.cell if base else None, after) for code, (base, after) in _pairs(own).items()
    }
