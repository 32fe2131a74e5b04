"""A sample of a file's places for the map: as they are written, and as they would be kept."""

from typing import Any

import numpy as np
import shapely

from gis_grid.core.errors import InputError
from gis_grid.exchange.incoming import datum as datums
from gis_grid.exchange.incoming.datum import WEB_MAP_JUMP_M, Points
from gis_grid.exchange.incoming.describing import Description
from gis_grid.exchange.incoming.samples import samples_of
from gis_grid.exchange.models import Intake

MOST = 400


def preview_of(intake: Intake, found: Description, datum: str) -> dict[str, Any]:
    """`before` and `after` as lists of lon/lat, `shapes` as GeoJSON, `jump_m` between the two.

    `before` is empty where the file has metres: a map could not show them.
    """
    if not datums.is_datum(datum):
        raise InputError("datum", where="datum")
    points = found.points[:MOST]
    after = datums.to_cgcs2000(points, datum)
    jump = datums.jump_m(_in_order(points, datum), after)
    return {
        "before": _pairs(_in_order(points, datum)) if jump is not None else [],
        "after": _pairs(after),
        "shapes": _shapes(intake, found, datum),
        "jump_m": None if jump is None else round(jump),
        "is_web_map": jump is not None and WEB_MAP_JUMP_M[0] <= jump <= 2 * WEB_MAP_JUMP_M[1],
        "shown": len(points),
        "count": _count(found),
        "lost": int((~np.isfinite(after).all(axis=1)).sum()),
    }


def _count(found: Description) -> int:
    """How many rows have places, as far as the wizard knows before it reads them all."""
    placed = (part for part in found.parts if {"lon", "lat"} <= part.positions.keys())
    return next((part.sheet.count for part in placed if part.sheet), 0)


def _in_order(points: Points, datum: str) -> Points:
    return points[:, ::-1] if datum.endswith(datums.SWAPPED) else points


def _pairs(points: Points) -> list[list[float]]:
    pairs: list[list[float]] = points[np.isfinite(points).all(axis=1)].tolist()
    return pairs


def _shapes(intake: Intake, found: Description, datum: str) -> list[Any]:
    """Lines and areas of the layer, as they would be kept."""
    for layer in samples_of(intake.folder).get("layers", []):
        if layer["layer"] == found.layer:
            shapes = [shapely.geometry.shape(one) for one in layer["shapes"]]
            turned = shapely.transform(shapes, lambda xy: datums.to_cgcs2000(xy, datum))
            return [
                shapely.geometry.mapping(one)
                for one in turned
                if one.geom_type != "Point" and np.isfinite(one.bounds).all()
            ]
    return []
