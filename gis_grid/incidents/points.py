"""Open incidents as columns, for drafts of boundaries: which grid has how many, and which move."""

from collections.abc import Sequence

import numpy as np

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.incidents.models import IS_OPEN, Incident
from gis_grid.territory.models import Located
from gis_grid.territory.registries import PointSet


def incident_points(*, user: ActingUser, codes: Sequence[str]) -> PointSet:
    """Open incidents with a place, booked to `codes`, that `user` may see: `open_incidents`."""
    # Not `visible_to`: what lies just beyond the border of one's scope is nobody's count here.
    seen = user.scope(Permission.INCIDENT_VIEW).q("area_code")
    found = Incident.objects.filter(
        seen, IS_OPEN, area_code__in=list(codes), geom__isnull=False
    ).order_by("pk")
    if user.pk is not None:
        found = found.exclude(complained_of_id=user.pk)
    rows = list(found.values_list("pk", "register_no", "geom", "area_code", "placement"))
    by_hand = Located.Placement.MANUAL
    return PointSet(
        kind="incident",
        ids=np.array([row[0] for row in rows], dtype=np.int64),
        xy=np.array([row[2].coords for row in rows if row[2]], dtype=np.float64).reshape(-1, 2),
        grids=np.array([row[3] for row in rows], dtype="<U15"),
        manual=np.array([row[4] == by_hand for row in rows], dtype=np.bool_),
        measures={"open_incidents": np.ones(len(rows), dtype=np.int64)},
        labels=[row[1] for row in rows],
    )
