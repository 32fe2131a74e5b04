"""Operations as they are sent, tried on a draft: parameters in, outcome out, nothing written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.core.errors import MissingError
from gis_grid.territory.coverage import Issue
from gis_grid.territory.models import Grid, Plan, ReferenceFeature, Region
from gis_grid.territory.plans import sheets
from gis_grid.territory.plans.report import tree_of
from gis_grid.territory.plans.sheets import Codes, Draft
from gis_grid.territory.redraw import importing, operations
from gis_grid.territory.redraw.moving import move_nodes
from gis_grid.territory.redraw.rules import issues_after
from gis_grid.territory.redraw.sheet import Bounds, DraftCell, Outcome, RefusedError
from gis_grid.territory.registries import points_of

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Tried:
    """An outcome that holds, the part of the draft that it was tried on, and what was asked
    for with all that replaying it needs.
    """

    draft: Draft
    outcome: Outcome
    params: dict[str, Any]


def try_operation(
    plan: Plan, user: ActingUser, kind: str, params: Params, again: Sequence[str] = ()
) -> Tried:
    """Do one operation on the draft, in memory.

    `again` are the codes that it gave out when it was done before. RefusedError where it
    can't be done or breaks a rule.
    """
    params = dict(params)
    named = _named(params)
    # A file stands for all of its village, also for what it leaves out.
    replaced = sheets.codes_of(plan, params["village"]) if kind == "import" else []
    draft = sheets.load(plan, codes=[*named, *replaced], bounds=_drawn_bounds(params))
    _require_named(draft, named)
    if (bounds := sheets.bounds_of(draft.cells)) is not None:
        # Their neighbours too: what changes has to fit them.
        draft = sheets.load(plan, codes=[*named, *replaced], bounds=_wider(bounds, params))
    if kind == "split" and "reference" in params:
        params["lines"] = _lines_along(user, draft, params)
    outcome = _DO[kind](draft.cells, params, Codes(plan, again), _Weigher(user, draft))
    if issues := issues_after(draft.cells, outcome):
        raise RefusedError(*issues)
    return Tried(draft, outcome, {**params, **outcome.params})


def _named(params: Params) -> list[str]:
    single = [params.get(name) for name in ("grid", "from", "to", "keep")]
    return [
        code
        for code in (*single, *params.get("grids", ()))
        if isinstance(code, str) and len(code) == 15
    ]


def _require_named(draft: Draft, named: Sequence[str]) -> None:
    missing = [code for code in named if code not in draft.cells]
    if missing:
        raise RefusedError(Issue("no_such_grid", tuple(missing)))


def _drawn(params: Params) -> list[Any]:
    """All places that the parameters name."""
    found = [*params.get("line", ())]
    found += [point for ring in params.get("area") or () for point in ring]
    found += [place for move in params.get("moves", ()) for place in (move["from"], move["to"])]
    found += [p for one in params.get("insert", ()) for p in (*one["between"], one["at"])]
    found += params.get("remove", ())
    found += [params["place"]] if "place" in params else []
    for cell in params.get("cells", ()):
        found += shapely.get_coordinates(shapely.geometry.shape(cell["geometry"])).tolist()
    return found


def _drawn_bounds(params: Params) -> Bounds | None:
    drawn = _drawn(params)
    if not drawn:
        return None
    x, y = zip(*(point[:2] for point in drawn), strict=True)
    return (min(x), min(y), max(x), max(y))


def _wider(bounds: Bounds, params: Params) -> Bounds:
    """For a gap the whole village: who lies around it is not known before."""
    if "place" not in params:
        return bounds
    region = Region.objects.filter(code=params["to"][:12], geom__isnull=False).first()
    if region is None or region.geom is None:
        return bounds
    west, south, east, north = region.geom.extent
    return (
        min(west, bounds[0]),
        min(south, bounds[1]),
        max(east, bounds[2]),
        max(north, bounds[3]),
    )


def _lines_along(user: ActingUser, draft: Draft, params: Params) -> list[list[Any]]:
    features = ReferenceFeature.objects.filter(pk=params["reference"])
    if isinstance(user, User):
        features = features.visible_to(user)
    feature = features.first()
    if feature is None:
        raise MissingError(where="reference")
    shape = draft.cells[params["grid"]].shape
    lines = sheets.reference_lines(feature, shape)
    if not any(shapely.linestrings(line).intersects(shape) for line in lines):
        raise RefusedError(Issue("no_line_of_reference", (params["grid"],), shape))
    return lines


class _Weigher:
    """Households in a piece of a grid, read when the first piece is asked for."""

    def __init__(self, user: ActingUser, draft: Draft) -> None:
        self._user, self._draft = user, draft
        self._tree: shapely.STRtree | None = None

    def __call__(self, piece: shapely.Polygon) -> float:
        if self._tree is None:
            sets = points_of(user=self._user, codes=sorted(self._draft.bases))
            self._tree = tree_of(np.concatenate([np.empty((0, 2)), *(one.xy for one in sets)]))
        return float(len(self._tree.query(piece, predicate="intersects")))


Cells = Mapping[str, DraftCell]
Doer = Callable[[Cells, Params, Codes, _Weigher], Outcome]


def _split(cells: Cells, params: Params, codes: Codes, weigh: _Weigher) -> Outcome:
    return operations.split(
        cells,
        grid=params["grid"],
        lines=params["lines"],
        allot=codes,
        weigh=weigh,
        names=params.get("names", ()),
        keep_at=params.get("keep_at"),
    )


def _transfer(cells: Cells, params: Params, codes: Codes, weigh: _Weigher) -> Outcome:
    return operations.transfer(
        cells,
        source=params["from"],
        to=params["to"],
        area=params.get("area"),
        name=params.get("name", ""),
        allot=codes,
    )


def _create(cells: Cells, params: Params, codes: Codes, weigh: _Weigher) -> Outcome:
    village = params["village"]
    _require_village(village)
    return operations.create(
        cells,
        village=village,
        area=params["area"],
        name=params["name"],
        kind=params.get("kind", "small"),
        allot=codes,
        # The first grids of a village that has no boundaries yet may take free land.
        may_gain=not Region.objects.filter(code=village, geom__isnull=False).exists(),
    )


def _require_village(code: str) -> None:
    if not Region.objects.filter(code=code).exists():
        raise MissingError(where="village")


def _recode(cells: Cells, params: Params, codes: Codes, weigh: _Weigher) -> Outcome:
    code = params["code"]
    if Grid.objects.filter(code=code).exists() or codes.are_others([code]):
        raise RefusedError(Issue("code_used", (params["grid"],), None, {"code": code}))
    codes.claim(code)
    return operations.recode(cells, grid=params["grid"], code=code)


def _import(cells: Cells, params: Params, codes: Codes, weigh: _Weigher) -> Outcome:
    _require_village(params["village"])
    incoming = [
        cell if cell.get("code") in cells or codes.claim(cell.get("code")) else {**cell, "code": ""}
        for cell in params["cells"]
    ]
    return importing.import_cells(
        cells,
        village=params["village"],
        incoming=incoming,
        tolerance_m=params.get("tolerance_m", 0.0),
        allot=codes,
    )


_DO: dict[str, Doer] = {
    "split": _split,
    "merge": lambda cells, p, codes, weigh: operations.merge(
        cells, grids=p["grids"], keep=p["keep"]
    ),
    "reshape": lambda cells, p, codes, weigh: operations.reshape(
        cells, line=p["line"], grids=p.get("grids", ())
    ),
    "move_nodes": lambda cells, p, codes, weigh: move_nodes(
        cells, moves=p.get("moves", ()), insert=p.get("insert", ()), remove=p.get("remove", ())
    ),
    "transfer": _transfer,
    "fill_gap": lambda cells, p, codes, weigh: operations.fill_gap(
        cells, place=p["place"], to=p["to"]
    ),
    "create": _create,
    "rename": lambda cells, p, codes, weigh: operations.describe(
        cells, grid=p["grid"], name=p["name"]
    ),
    "set_kind": lambda cells, p, codes, weigh: operations.describe(
        cells, grid=p["grid"], kind=p["kind"]
    ),
    "recode": _recode,
    "import": _import,
}
TYPES = tuple(_DO)
