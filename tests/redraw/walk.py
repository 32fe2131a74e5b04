"""A walk: operations one after another on a sheet, each held against what must always hold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from gis_grid.territory import coverage
from gis_grid.territory.plans.sheets import as_json, from_json
from gis_grid.territory.redraw import operations
from gis_grid.territory.redraw.importing import import_cells
from gis_grid.territory.redraw.lattice import area_units, in_units
from gis_grid.territory.redraw.moving import move_nodes
from gis_grid.territory.redraw.rules import issues_after
from gis_grid.territory.redraw.sheet import Allot, DraftCell, Outcome, RefusedError, Step

Asked = Mapping[str, Any]
Sheet = dict[str, DraftCell]


def perform(sheet: Sheet, asked: Asked, allot: Allot) -> Outcome:
    """The outcome of an operation that holds; RefusedError else."""
    params = {key: value for key, value in asked.items() if key != "type"}
    kind = asked["type"]
    if kind in ("split", "create", "transfer", "import"):
        params["allot"] = allot
    if kind == "split":
        params["weigh"] = lambda face: 0.0
    done = {
        "split": operations.split,
        "merge": operations.merge,
        "reshape": operations.reshape,
        "move_nodes": move_nodes,
        "transfer": operations.transfer,
        "create": operations.create,
        "rename": operations.describe,
        "set_kind": operations.describe,
        "recode": operations.recode,
        "import": import_cells,
    }[kind]
    outcome: Outcome = done(sheet, **params)
    if issues := issues_after(sheet, outcome):
        raise RefusedError(*issues)
    return outcome


def as_bytes(sheet: Sheet) -> dict[str, tuple[str, ...]]:
    """A sheet bit for bit."""
    return {
        code: (cell.village, cell.name, cell.kind, shapely.to_wkb(cell.shape, hex=True))
        for code, cell in sheet.items()
    }


@dataclass
class Walk:
    """A sheet, and what was done to it. A broken promise fails at once."""

    start: Sheet
    again: Sequence[str] = ()
    sheet: Sheet = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    patches: list[str] = field(default_factory=list)
    allotted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sheet = dict(self.start)
        self.again = list(self.again)
        self.total = _area_m2(coverage.union([cell.shape for cell in self.sheet.values()]))
        self.units = sum(area_units(in_units(cell.shape)) for cell in self.sheet.values())

    def allot(self, village: str) -> str:
        used = {*self.start, *self.allotted}
        free = (f"{village}{n:03d}" for n in range(1, 1000) if f"{village}{n:03d}" not in used)
        code = self.again.pop(0) if self.again else next(free)
        self.allotted.append(code)
        return code

    def take(self, asked: Asked) -> bool:
        """Do one operation; False where it is refused."""
        before = as_bytes(self.sheet)
        given = len(self.allotted)
        outcome = self._tried(asked)
        if outcome is None:
            assert as_bytes(self.sheet) == before
            del self.allotted[given:]
            return False
        after = dict(self.sheet)
        for code, cell in outcome.changes.items():
            if cell is None:
                del after[code]
            else:
                after[code] = cell
        self._check(asked, after, outcome)
        pairs = {
            code: [as_json(self.sheet.get(code)), as_json(cell)]
            for code, cell in outcome.changes.items()
        }
        self.patches.append(json.dumps(pairs))
        self.asked.append({**asked, **outcome.params} if asked["type"] == "split" else asked)
        self.sheet = after
        return True

    def _tried(self, asked: Asked) -> Outcome | None:
        try:
            return perform(self.sheet, asked, self.allot)
        except RefusedError as error:
            refusal = error
        assert all(issue.place is not None or issue.grids for issue in refusal.issues)
        self.refused.append(f"{asked['type']} {refusal}")
        return None

    def _check(self, asked: Asked, after: Sheet, outcome: Outcome) -> None:
        shapes = {code: cell.shape for code, cell in after.items()}
        assert coverage.coverage_issues(shapes) == [], asked
        for code, shape in shapes.items():
            assert shapely.to_wkb(coverage.round_cell(shape)) == shapely.to_wkb(shape), code
            assert after[code].kind == "enclave" or len(shape.geoms) == 1
        assert sum(area_units(in_units(shape)) for shape in shapes.values()) == self.units
        union = coverage.union(list(shapes.values()))
        assert abs(_area_m2(union) - self.total) <= 1e-9 * self.total
        self._check_outline(union)
        self._check_villages(outcome.lineage, after)

    def _check_outline(self, union: shapely.MultiPolygon) -> None:
        """Vertices set into it move it by millimetres; more is other people's land."""
        old = coverage.union([cell.shape for cell in self.start.values()]).boundary
        apart = shapely.hausdorff_distance(old, union.boundary)
        assert apart <= 1e-7 * (1 + len(self.patches)), apart

    def _check_villages(self, steps: Sequence[Step], after: Sheet) -> None:
        """Villages that the operation is not about keep their land to the last unit; others are
        those of the grids in its lineage.
        """
        named = {code[:12] for step in steps for code in (step.source, step.target) if code}
        concerned = named if len(named) > 1 else set()
        for village in {cell.village for cell in self.sheet.values()} - concerned:
            assert _units(after, village) == _units(self.sheet, village), village

    def undo_all(self) -> Sheet:
        """The sheet after all patches are taken back, the newest first."""
        sheet = dict(self.sheet)
        for patch in reversed(self.patches):
            for code, (before, now) in json.loads(patch).items():
                assert as_json(sheet.get(code)) == _tupled(now)
                cell = from_json(before)
                if cell is None:
                    del sheet[code]
                else:
                    sheet[code] = cell
        return sheet

    def replayed(self) -> "Walk":
        """A new walk from the same start with the same operations."""
        walk = Walk(self.start, self.allotted)
        for asked in self.asked:
            assert walk.take(asked), asked
        return walk


def _tupled(data: dict[str, Any] | None) -> dict[str, Any] | None:
    return as_json(from_json(data))


def _units(sheet: Sheet, village: str) -> int:
    return sum(area_units(in_units(c.shape)) for c in sheet.values() if c.village == village)


def _area_m2(shape: shapely.Geometry) -> float:
    """With a vertex every metre: what is straight in degrees is bent in the zone's plane, and a
    new vertex on a long border would else change the number though it changes no land.
    """
    return coverage.area_m2(shapely.segmentize(shape, 1e-5))
