"""Reading incidents: everything starts from the user's scope and what the person may know."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core import crypto
from gis_grid.core.codes import prefix_of
from gis_grid.core.errors import MissingError
from gis_grid.core.personal import mask_name, mask_phone
from gis_grid.incidents.machine import RULES, steps_from
from gis_grid.incidents.models import Category, Incident
from gis_grid.incidents.norms import norms_on
from gis_grid.incidents.permits import may_take

NAME_PURPOSE, PHONE_PURPOSE = "incident.reporter_name", "incident.reporter_phone"

_OPEN = """
SELECT prefix, count(*) FROM unnest(%(prefixes)s::text[]) AS prefix
JOIN incidents_incident i ON i.area_code LIKE prefix || '%%'
WHERE i.state NOT IN ('closed', 'merged') AND {scope}
    AND i.complained_of_id IS DISTINCT FROM %(user)s
GROUP BY prefix
"""
_SOMETHING_OPEN = """
SELECT prefix, count(*) FROM unnest(%(prefixes)s::text[]) AS prefix
JOIN incidents_incident i ON i.area_code LIKE prefix || '%%'
WHERE i.state NOT IN ('closed', 'merged') AND i.complained_of_id IS DISTINCT FROM %(user)s
GROUP BY prefix
"""


def the_incident(user: User, incident_id: int) -> Incident:
    """The incident in the user's sight; MissingError for any other."""
    found = (
        Incident.objects.visible_to(user)
        .filter(pk=incident_id)
        .select_related("category", "assignee_user", "merged_into", "grid_then")
        .first()
    )
    if found is None:
        raise MissingError
    return found


def statistics(*, user: User, codes: Sequence[str]) -> dict[str, dict[str, int]]:
    """Open incidents of each area: for plans and cards, within the scope."""
    scope = user.scope(Permission.INCIDENT_VIEW)
    if not scope:
        return {}
    by_prefix = {prefix_of(code): code for code in codes}
    condition, params = scope.sql("i.area_code")
    params |= {"prefixes": list(by_prefix), "user": user.pk}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN.format(scope=condition), params)
        counts = dict(cursor.fetchall())
    return {
        code: {"open_incidents": counts.get(prefix, 0)}
        for prefix, code in by_prefix.items()
        if scope.touches(code)
    }


def open_counts(user: User, codes: Sequence[str]) -> dict[str, int | None]:
    """Open incidents of each area on the person's map, to colour it by.

    Who sees the map but not the incidents of an area learns no count below the norm: None.
    Areas out of the map's scope are left out.
    """
    seen, shown = user.scope(Permission.INCIDENT_VIEW), user.scope(Permission.MAP_VIEW)
    asked = {code: prefix_of(code) for code in codes if shown.covers(prefix_of(code))}
    with connection.cursor() as cursor:
        cursor.execute(_SOMETHING_OPEN, {"prefixes": list(asked.values()), "user": user.pk})
        counts = dict(cursor.fetchall())
    least = norms_on(timezone.localdate()).least_count
    found: dict[str, int | None] = {}
    for code, prefix in asked.items():
        count = counts.get(prefix, 0)
        found[code] = count if count >= least or seen.covers(prefix) else None
    return found


def reporters_of(incident: Incident) -> list[dict[str, Any]]:
    """Whoever reported it, masked; those of incidents merged into it, too."""
    rows = [incident, *Incident.objects.filter(merged_into=incident).order_by("pk")]
    return [
        {
            "incident": row.pk,
            "register_no": row.register_no,
            "anonymous": row.is_anonymous,
            "name": mask_name(crypto.decrypt(row.reporter_name_cipher, purpose=NAME_PURPOSE)),
            "phone": mask_phone(crypto.decrypt(row.reporter_phone_cipher, purpose=PHONE_PURPOSE)),
            "at": row.reported_at,
        }
        for row in rows
    ]


def open_steps(incident: Incident, user: User) -> list[dict[str, object]]:
    """Steps that the person could take now, with what has to be said; pages show just these."""
    return [
        {"step": step, "needs": sorted(RULES[step].needs)}
        for step in steps_from(
            state=incident.state, kind=incident.kind, is_paused=incident.paused_at is not None
        )
        if may_take(incident, user, step)
    ]


def categories_of_today() -> list[Category]:
    """The tree as it can be chosen today, in its order."""
    today = timezone.localdate()
    return list(
        Category.objects.filter(starts_on__lte=today)
        .exclude(ends_on__lte=today)
        .select_related("parent")
    )


def category_tree() -> list[tuple[str, list[tuple[str, str]]]]:
    """Leaves that can be chosen today, under the names of their branches."""
    found: dict[str, list[tuple[str, str]]] = {}
    every = categories_of_today()
    branches = {one.parent_id for one in every}
    for one in every:
        if one.pk not in branches:
            found.setdefault(_branch(one), []).append((one.code, one.label))
    return list(found.items())


def _branch(leaf: Category) -> str:
    return str(leaf.parent.label if leaf.parent else leaf.get_field_display())
