"""Proposals for a draft: operations that somebody may send, never done by themselves."""

from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import MissingError
from gis_grid.territory.coverage import Issue
from gis_grid.territory.models import GridVersion, Plan, ReferenceFeature
from gis_grid.territory.plans import sheets
from gis_grid.territory.plans.recording import refusal, require_draft
from gis_grid.territory.redraw.sheet import DraftCell
from gis_grid.territory.registries import points_of
from gis_grid.territory.services.gridversions import stored
from gis_grid.territory.suggest import CannotDivideError, balance, divide


def suggest_division(plan: Plan, user: User, grid: str, parts: int) -> dict[str, Any]:
    """Where to cut a grid into near-equal parts: `{op, parts: [{households}], along}`.

    MissingError for a grid that is not in the draft, or not the person's to draw;
    OperationRefusedError where no fair cut is found.
    """
    require_draft(plan)
    cell = sheets.load(plan, codes=[grid]).cells.get(grid)
    if cell is None or not user.scope(Permission.PLAN_DRAFT).covers(grid):
        raise MissingError(where="grid")
    homes = _homes(plan, user, cell)
    try:
        found = divide(
            cell.shape, homes, np.ones(len(homes)), parts, along=_lines_near(user, cell.shape)
        )
    except CannotDivideError as error:
        raise refusal([Issue(f"cannot_divide_{error.reason}", (grid,), cell.shape)]) from error
    lines = [shapely.get_coordinates(line).tolist() for line in found.lines]
    return {
        "op": {"type": "split", "grid": grid, "lines": lines},
        "parts": [{"households": round(part.households)} for part in found.parts],
        "cut_m": round(found.cut_m),
        "along_m": round(found.along_m),
    }


def suggest_exchanges(plan: Plan, user: User, village: str) -> dict[str, Any]:
    """What neighbouring grids of a village should hand over, in this order: `{exchanges: [{op,
    households}]}`; empty where the village is balanced, or only a hamlet could be parted.
    """
    require_draft(plan)
    if not user.scope(Permission.PLAN_DRAFT).covers(village):
        raise MissingError(where="village")
    cells = {
        code: cell
        for code, cell in sheets.load(plan, codes=sheets.codes_of(plan, village)).cells.items()
        if cell.kind != GridVersion.Kind.VOID
    }
    if not cells:
        raise MissingError(where="village")
    homes = {code: _homes(plan, user, cell) for code, cell in cells.items()}
    xy = np.concatenate([np.empty((0, 2)), *homes.values()])
    codes = [code for code, places in homes.items() for _place in places]
    shapes = {code: cell.shape for code, cell in cells.items()}
    along = _lines_near(user, shapely.union_all(list(shapes.values())))
    found = balance(shapes, xy, np.ones(len(xy)), codes, along=along)
    return {
        "exchanges": [
            {
                "op": {
                    "type": "transfer",
                    "from": exchange.source,
                    "to": exchange.to,
                    "area": shapely.geometry.mapping(exchange.area)["coordinates"],
                },
                "households": round(exchange.households),
            }
            for exchange in found
        ]
    }


def _homes(plan: Plan, user: User, cell: DraftCell) -> Any:
    """Places of the households in the cell as it is drawn now, (n, 2) lon/lat."""
    west, south, east, north = cell.shape.bounds
    near = sheets.load(plan, bounds=(west, south, east, north))
    codes = sorted({*near.bases, cell.village})
    found = [one.xy for one in points_of(user=user, codes=codes) if one.kind == "household"]
    xy = np.concatenate([np.empty((0, 2)), *found])
    return xy[shapely.intersects_xy(cell.shape, xy[:, 0], xy[:, 1])]


def _lines_near(user: User, shape: BaseGeometry) -> list[LineString]:
    """Roads, streams and shores that cross the land."""
    features = ReferenceFeature.objects.visible_to(user).filter(
        geom__bboverlaps=stored(shape.envelope)
    )
    lines: list[LineString] = []
    for geom in features.values_list("geom", flat=True):
        drawn = shapely.from_wkb(bytes(geom.wkb))
        if drawn.geom_type.endswith("Polygon"):
            drawn = shapely.boundary(drawn)
        if drawn.intersects(shape):
            lines += [part for part in shapely.get_parts(drawn) if isinstance(part, LineString)]
    return lines
