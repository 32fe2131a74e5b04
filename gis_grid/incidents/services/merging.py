"""Incidents that are the same thing told twice: found, offered, merged; reporters stay."""

import datetime as dt

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError, NotAllowedError, StateError
from gis_grid.incidents.models import Incident, State
from gis_grid.incidents.norms import norms_on
from gis_grid.incidents.permits import may_take
from gis_grid.incidents.services.deadlines import set_deadlines
from gis_grid.incidents.services.writing import (
    clock,
    locked_incident,
    log,
    require_revision,
    write_step,
)

MOST_OFFERED = 10
# The box in degrees finds candidates by the index; metres on the ellipsoid decide.
_NEAR = (
    "SELECT id, ST_Distance(geom::geography, %(point)s::geography) AS metres"
    " FROM incidents_incident WHERE geom && ST_Expand(%(point)s::geometry, %(metres)s / 80000.0)"
    " AND category_id = %(category)s AND state NOT IN ('closed', 'merged')"
    " AND reported_at BETWEEN %(since)s AND %(until)s"
    " AND ST_Distance(geom::geography, %(point)s::geography) <= %(metres)s"
    " ORDER BY metres, id LIMIT 50"
)


def duplicates_of(user: User, incident: Incident) -> list[tuple[Incident, float]]:
    """Open incidents of the same category near in place and time, the nearest first."""
    if incident.geom is None:
        return []
    return duplicates_near(
        user, incident.geom, incident.category_id, about=incident.reported_at, but=incident.pk
    )


def duplicates_near(
    user: User,
    point: Point,
    category_id: int,
    *,
    about: dt.datetime | None = None,
    but: int | None = None,
) -> list[tuple[Incident, float]]:
    """The same for what is still being written down."""
    norms, about = norms_on(timezone.localdate()), about or timezone.now()
    around = dt.timedelta(days=norms.duplicate_days)
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAR,
            {
                "point": point.ewkt,
                "metres": norms.duplicate_m,
                "category": category_id,
                "since": about - around,
                "until": about + around,
            },
        )
        metres = {pk: float(far) for pk, far in cursor.fetchall() if pk != but}
    seen = Incident.objects.visible_to(user).filter(pk__in=metres).select_related("category")
    return sorted(((one, metres[one.pk]) for one in seen), key=lambda pair: pair[1])[:MOST_OFFERED]


def may_merge(incident: Incident, user: User) -> bool:
    """True for those who would take it in: they know whether it was told before."""
    return incident.is_open and may_take(incident, user, "accept")


def merge(*, acting_user: User, incident_id: int, into_id: int, revision: int) -> Incident:
    """End `incident_id` as the same thing as `into_id`, whose file it then belongs to.

    Both must be in sight and open, and the person must be one who handles them. Answers the
    incident that goes on.
    """
    if incident_id == into_id:
        raise InputError(_("An incident can't be merged into itself."), where="into")
    with transaction.atomic():
        # Always in the same order, so that two who merge crosswise don't wait for each other.
        held = {pk: locked_incident(acting_user, pk) for pk in sorted((incident_id, into_id))}
        gone, kept = held[incident_id], held[into_id]
        require_revision(gone, revision)
        for one in (gone, kept):
            if not one.is_open:
                raise StateError(
                    _("%(number)s is not open any more.") % {"number": one.register_no}
                )
            if not may_merge(one, acting_user):
                raise NotAllowedError(_("Your role does not merge these incidents."))
        _keep_from(gone, kept)
        now, before = clock(), gone.state
        gone.state, gone.merged_into, gone.due_at = State.MERGED, kept, None
        set_deadlines(gone, now)
        write_step(gone, actor=acting_user, step="merge", before=before, now=now,
                   reason=kept.register_no)  # fmt: skip
        # What was merged into it before comes along: a file has one head.
        gone.merged.update(merged_into=kept)
        kept.merged.update(complained_of=kept.complained_of)
        write_step(kept, actor=acting_user, step="take_in", before=kept.state, now=now,
                   reason=gone.register_no)  # fmt: skip
        log(gone, acting_user, "incident_merged", into=kept.pk)
    return kept


def _keep_from(gone: Incident, kept: Incident) -> None:
    """Whoever the one complains of must not see it by way of the other."""
    people = {one.complained_of_id for one in (gone, kept)} - {None}
    if len(people) > 1:
        raise StateError(_("These incidents are about different people: they stay apart."))
    kept.complained_of = gone.complained_of = kept.complained_of or gone.complained_of
