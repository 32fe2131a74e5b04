"""Counts of incidents: the board's columns, and the circular (通报) of a week or month.

Villages and offices only: no figure is for a person, and nothing is ranked.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.incidents.filters import IncidentFilter
from gis_grid.incidents.models import IS_OPEN, State
from gis_grid.incidents.norms import norms_on
from gis_grid.incidents.periods import bounds
from gis_grid.territory.selectors import village_names

FIGURES = ("received", "answered", "closed", "on_time", "overdue", "reopened")
_NOTHING = (*(0 for _figure in FIGURES), None)

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


def board(user: User, asked: IncidentFilter) -> list[dict[str, Any]]:
    """How many incidents stand in each state under the filter, in the order of the flow.

    What is closed leaves the board after the norm's `board_days`: the list still has it. What
    was merged stands there as the one that goes on.
    """
    found = asked.of(user).order_by().values("state").annotate(n=Count("pk"))
    # Two questions, each with an index of its own; together they would read the whole register.
    rows = [*found.filter(IS_OPEN), *found.filter(_just_closed())]
    counts = {row["state"]: row["n"] for row in rows}
    return [
        {"state": state.value, "label": str(state.label), "count": counts.get(state.value, 0)}
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
    scope, params = reach.sql("i.area_code")
    params |= {"start": start, "end": end, "by": min(end, timezone.now()), "user": user.pk}
    with connection.cursor() as cursor:
        cursor.execute(_CIRCULAR.format(scope=scope), params)
        rows = cursor.fetchall()
    counted = {row[0]: row[2:] for row in rows if row[0] is not None}
    names = village_names(reach, counted)
    period = {"since": since.isoformat(), "until": until.isoformat()}
    return {
        **period,
        "villages": [
            {
                "area": code,
                "name": names.get(code, ""),
                **_figures(counted.get(code, _NOTHING), period, area=code),
            }
            for code in sorted(names.keys() | counted.keys())
        ],
        "offices": [
            {"office": row[1] or "none"} | _figures(row[2:], period, office=row[1] or "none")
            for row in rows
            if row[0] is None and row[1] is not None
        ],
        # The set of everything has a row also where there is nothing.
        "all": next(_figures(row[2:], period) for row in rows if row[0] is None and row[1] is None),
    }


def _figures(counted: Sequence[Any], period: dict[str, str], **of: str) -> dict[str, Any]:
    *figures, median_s = counted
    return {
        **dict(zip(FIGURES, figures, strict=True)),
        "median_hours": None if median_s is None else round(float(median_s) / 3600, 1),
        "filters": {**of, **period, "own": "true"},
    }
