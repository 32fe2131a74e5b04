"""Grids that a tablet takes along: the boundaries of today."""

import json
from collections.abc import Collection, Sequence

from django.contrib.gis.db.models.functions import AsGeoJSON

from gis_grid.accounts.models import User
from gis_grid.fieldsync.pulled import Areas, Pulled, Row
from gis_grid.territory.models import GridVersion


def _rows(
    user: User, areas: Areas, ids: Collection[int] | None, after: int, limit: int
) -> Sequence[Row]:
    found = GridVersion.objects.at().visible_to(user).filter(areas.q("grid__code"))
    if ids is not None:
        found = found.filter(grid__in=ids)
    rows = (
        found.filter(grid__gt=after)
        .order_by("grid")
        .annotate(shape=AsGeoJSON("geom", precision=7))
        .values_list("grid", "pk", "grid__code", "grid__level", "name", "kind", "shape")
    )
    return [
        {
            "id": grid,
            "rev": version,
            "area": code,
            "code": code,
            "level": level,
            "name": name,
            "kind": kind,
            "geometry": json.loads(shape),
        }
        for grid, version, code, level, name, kind, shape in rows[:limit]
    ]


PULLED = Pulled("grid", _rows)
