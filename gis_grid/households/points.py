"""Households as columns, for drafts of boundaries: what lies where, and what it counts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.households.models import Tag
from gis_grid.households.selectors import VISIBLE_MASK_SQL, visible_mask_params, visible_tags
from gis_grid.territory.registries import PointSet

_POINTS = f"""
SELECT h.id, h.code, ST_X(h.geom), ST_Y(h.geom), h.area_code, h.placement = 'manual', h.people,
    {VISIBLE_MASK_SQL}
FROM households_household h
WHERE h.area_code = ANY(%(codes)s) AND {{scope}} AND h.geom IS NOT NULL
    AND h.registered_on <= %(today)s AND (h.closed_on IS NULL OR h.closed_on > %(today)s)
ORDER BY h.id
"""


def household_points(*, user: ActingUser, codes: Sequence[str]) -> PointSet:
    """Households booked to `codes`: `households`, `people`, and `tag:<slug>` where visible."""
    scope, params = user.scope(Permission.HOUSEHOLD_VIEW).sql("h.area_code")
    tags = visible_tags(user) if isinstance(user, User) else []
    seen: dict[str, Any] = (
        visible_mask_params(user) if isinstance(user, User) else {"open_mask": 0, "welfare": []}
    )
    rows: list[tuple[Any, ...]] = []
    if user.scope(Permission.HOUSEHOLD_VIEW):
        with connection.cursor() as cursor:
            cursor.execute(
                _POINTS.format(scope=scope),
                {**params, **seen, "codes": list(codes), "today": timezone.localdate()},
            )
            rows = cursor.fetchall()
    return _columns(rows, tags)


def _columns(rows: Sequence[tuple[Any, ...]], tags: Sequence[Tag]) -> PointSet:
    ids, labels, x, y, grids, manual, people, masks = zip(*rows, strict=True) if rows else [[]] * 8
    mask = np.array(masks, dtype=np.int64)
    return PointSet(
        kind="household",
        ids=np.array(ids, dtype=np.int64),
        xy=np.column_stack([np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)]),
        grids=np.array(grids, dtype=np.str_),
        manual=np.array(manual, dtype=np.bool_),
        measures={
            "households": np.ones(len(rows), dtype=np.int64),
            "people": np.array(people, dtype=np.int64),
            **{f"tag:{tag.slug}": (mask & tag.mask != 0).astype(np.int64) for tag in tags},
        },
        labels=list(labels),
    )
