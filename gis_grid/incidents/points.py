"""Open incidents as columns, for drafts of boundaries: which grid has how many, and which move."""

from collections.abc import Sequence

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.incidents.models import IS_OPEN, Incident
from gis_grid.territory.registries import PointSet, point_set


def incident_points(*, user: ActingUser, codes: Sequence[str]) -> PointSet:
    """Open incidents with a place, booked to `codes`, that `user` may see: `open_incidents`."""
    # Not `visible_to`: what lies just beyond the border of one's scope is nobody's count here.
    seen = user.scope(Permission.INCIDENT_VIEW).q("area_code")
    found = Incident.objects.filter(seen, IS_OPEN, area_code__in=list(codes))
    if user.pk is not None:
        found = found.exclude(complained_of_id=user.pk)
    return point_set("incident", found, "register_no", "open_incidents")
