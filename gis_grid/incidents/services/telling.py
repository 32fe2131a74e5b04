"""Telling people: a row for each, and a word through PostgreSQL for pages that listen."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import POLICY, Permission, Role
from gis_grid.core.codes import ancestors
from gis_grid.incidents.models import Incident, Notice
from gis_grid.incidents.services.outlets import announce

CHANNEL = "incident_notices"
_STAFF = (Role.GRID_LEADER, Role.GRID_WORKER, Role.INFORMANT)
_ALARMED = (Role.TOWN_LEADER, Role.OFFICE, Role.POLICE, Role.GRID_LEADER)


def people_of(area_code: str, roles: Collection[str]) -> set[int]:
    """Ids of active people who hold one of the roles today where `area_code` lies."""
    areas = ancestors(area_code)
    found: QuerySet[Assignment] = Assignment.objects.on(timezone.localdate())
    held = found.filter(role__in=roles, area_code__in=areas, user__is_active=True)
    return set(held.values_list("user_id", flat=True))


def tell(
    incident: Incident, why: Notice.Why, to: Iterable[int], *, but: int | None, now: dt.datetime
) -> int:
    """Tell these people, but whoever did it and whoever is complained of; how many it were."""
    people = sorted(set(to) - {but, incident.complained_of_id})
    Notice.objects.bulk_create(
        Notice(user_id=person, incident=incident, why=why, at=now) for person in people
    )
    with connection.cursor() as cursor:
        # Sent at the commit, and only then; each listener takes the ids that it serves.
        cursor.execute(
            "SELECT pg_notify(%s, person::text) FROM unnest(%s::bigint[]) AS person",
            [CHANNEL, people],
        )
    announce(incident, why, now)
    return len(people)


def holders(incident: Incident) -> set[int]:
    """Whom the incident waits for: the assignee, else the staff of its area."""
    if incident.assignee_user_id is not None:
        return {incident.assignee_user_id}
    if incident.assignee_role:
        return people_of(incident.area_code, [incident.assignee_role])
    if incident.state in ("filed", "centre"):
        return centre(incident)
    return people_of(incident.area_code, _STAFF) or centre(incident)


def centre(incident: Incident) -> set[int]:
    """The town's centre: those who assign, without the county."""
    roles = POLICY[Permission.INCIDENT_ASSIGN] - {Role.COUNTY}
    return people_of(incident.area_code, roles)


def neighbours(incident: Incident) -> set[int]:
    """Staff of the grids that begin within a few metres, on either side of the border."""
    found: set[int] = set()
    for side in incident.sides.all():
        found |= people_of(side.area_code, _STAFF)
    return found


def alarmed(incident: Incident) -> set[int]:
    """Who is told of an emergency at once: the town, the police contact, the village."""
    return people_of(incident.area_code, _ALARMED)


def mark_read(*, acting_user: User, ids: Collection[int] | None = None) -> int:
    """Mark the person's own notices as read, all of them for None; how many it were."""
    own = Notice.objects.filter(Q(pk__in=ids) if ids is not None else Q(), user=acting_user)
    return own.filter(read_at=None).update(read_at=timezone.now())
