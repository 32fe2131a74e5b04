"""Counts of incidents: the board's columns, and the circular (通报) of a week or month.

Villages and offices only: no figure is for a person, and nothing is ranked.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.accounts.scope import Scope
from gis_grid.incidents.filters import IncidentFilter
from gis_grid.incidents.models import IS_OPEN, State
from gis_grid.incidents.norms import norms_on
from gis_grid.incidents.periods import bounds
from gis_grid.territory.selectors import names_within

FIGURES = ("received", "answered", "closed", "on_time", "overdue", "reopened")
_NOTHING: dict[str, int | None] = dict.fromkeys(FIGURES, 0) | {"median_hours": None}

# One pass over what has anything to do with the period: each moment of it has an index.
_CIRCULAR = """
SELECT left(i.area_code, 12) AS village, i.assignee_role AS office,
    count(*) FILTER (WHERE i.reported_at >= %(start)s AND i.reported_at < %(end)s),
    count(*) FILTER (WHERE i.answered_at >= %(start)s AND i.answered_at < %(end)s),
    count(*) FILTER (WHERE i.closed_at >= %(start)s AND i.closed_at < %(end)s),
    count(*) FILTER (WHERE i.closed_at >= %(start)s AND i.closed_at < %(end)s
        AND (i.due_at IS NULL OR i.closed_at <= i.due_at)),
    count(*) FILTER (WHERE i.due_at >= %(start)s AND i.due_at < %(by)s
        AND (i.closed_at IS NULL OR i.closed_at > i.due_at)),
    count(*) FILTER (WHERE i.reopened_at >= %(start)s AND i.reopened_at < %(end)s),
    percentile_cont(0.5) WITHIN GROUP (
        ORDER BY extract(epoch FROM i.closed_at - i.reported_at)
    ) FILTER (WHERE i.closed_at >= %(start)s AND i.closed_at < %(end)s)
FROM incidents_incident i
WHERE (i.reported_at >= %(start)s AND i.reported_at < %(end)s
    OR i.closed_at >= %(start)s AND i.closed_at < %(end)s
    OR i.answered_at >= %(start)s AND i.answered_at < %(end)s
    OR i.reopened_at >= %(start)s AND i.reopened_at < %(end)s
    OR i.due_at >= %(start)s AND i.due_at < %(by)s
        AND (i.closed_at IS NULL OR i.closed_at > i.due_at))
    AND {scope} AND i.complained_of_id IS DISTINCT FROM %(user)s
GROUP BY GROUPING SETS ((left(i.area_code, 12)), (i.assignee_role), ())
ORDER BY 1 NULLS LAST, 2 NULLS LAST
"""
_COUNTIES = "left(i.area_code, 6) = ANY(%(counties)s)"


def board(user: User, asked: IncidentFilter) -> list[dict[str, Any]]:
    """How many incidents stand in each state under the filter, in the order of the flow.

    What is closed leaves the board after the norm's `board_days`: the list still has it. What
    was merged stands there as the one that goes on.
    """
    # Questions with an index each; together they would read the whole register.
    standing = [IS_OPEN] if asked.open else [IS_OPEN, _just_closed()]
    counts: Counter[str] = Counter()
    for part in asked.parts_of(user):
        found = part.order_by().values_list("state")
        for stands in standing:
            counts.update(dict(found.filter(stands).annotate(n=Count("pk"))))
    return [
        {"state": state.value, "label": str(state.label), "count": counts[state.value]}
        for state in State
        if state is not State.MERGED
    ]


def board_with_cases(user: User, asked: IncidentFilter, *, most: int) -> list[dict[str, Any]]:
    """The board; each column has as `cases` up to `most`: due first, of the closed the newest."""
    columns = board(user, asked)
    for column in columns:
        if not column["count"]:
            column["cases"] = []
            continue
        found = asked.of(user).filter(state=column["state"]).select_related("category")
        if column["state"] == State.CLOSED:
            found = found.filter(_just_closed()).order_by("-closed_at", "-pk")
        else:
            found = found.order_by(F("step_due_at").asc(nulls_last=True), "pk")
        column["cases"] = list(found[:most])
    return columns


def _just_closed() -> Q:
    days = norms_on(timezone.localdate()).board_days
    return Q(state=State.CLOSED, closed_at__gt=timezone.now() - dt.timedelta(days=days))


def circular(
    user: User,
    since: dt.date,
    until: dt.date,
    *,
    permission: Permission = Permission.INCIDENT_VIEW,
) -> dict[str, Any]:
    """Figures of the days `since` to `until`, by village and by office, and of all together.

    Of the areas where the person holds `permission`: every village that lies in them as a whole,
    also where nothing happened, and what was counted in parts of others; the offices that had
    something. Each row has `filters`: with `moment` for the figure, the parameters of the list
    that shows what was counted.
    """
    start, end = bounds(since, until)
    reach = user.scope(permission)
    scope, params = _within(reach)
    params |= {"start": start, "end": end, "by": min(end, timezone.now()), "user": user.pk}
    with connection.cursor() as cursor:
        cursor.execute(_CIRCULAR.format(scope=scope), params)
        rows = cursor.fetchall()
    of_village = {row[0]: _figures(row) for row in rows if row[0] is not None}
    whole, others = names_within(reach)
    names = others | whole
    period = {"since": since.isoformat(), "until": until.isoformat(), "own": "true"}
    return {
        "since": period["since"],
        "until": period["until"],
        "villages": [
            {
                "area": code,
                "name": names.get(code, ""),
                **of_village.get(code, _NOTHING),
                "filters": {"area": code, **period},
            }
            for code in sorted(whole.keys() | of_village.keys())
        ],
        "offices": [
            {"office": office, **_figures(row), "filters": {"office": office, **period}}
            for row in rows
            if row[0] is None and row[1] is not None
            for office in (row[1] or "none",)
        ],
        # The set of everything has a row also where there is nothing.
        "all": next(
            _figures(row) | {"filters": period} for row in rows if row[0] is None and row[1] is None
        ),
    }


def _within(reach: Scope) -> tuple[str, dict[str, Any]]:
    """Condition on the area of an incident `i` and its parameters, as the indexes have it.

    Of whole counties the area is not asked again: the planner would read all that ever happened
    there to leave out nothing.
    """
    counties = reach.counties
    asked = {"counties": counties}
    if not counties:
        return reach.sql("i.area_code")
    if counties == list(reach.prefixes):
        return _COUNTIES, asked
    condition, params = reach.sql("i.area_code")
    return f"{_COUNTIES} AND {condition}", asked | params


def _figures(row: Sequence[Any]) -> dict[str, Any]:
    hours = None if row[8] is None else round(float(row[8]) / 3600, 1)
    return {**dict(zip(FIGURES, row[2:8], strict=True)), "median_hours": hours}
