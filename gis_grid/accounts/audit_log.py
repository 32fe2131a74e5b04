"""What an auditor reads of the log: rows of the own areas, newest first."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.actions import (
    area_names,
    detail_lines,
    subject_labels,
    subject_words,
    words_of,
)
from gis_grid.audit.models import Entry
from gis_grid.audit.services import record
from gis_grid.core.codes import PREFIX_LENGTH, AreaLevel, prefix_of

PAGE_ROWS = 50


@dataclass(frozen=True)
class Page:
    """Rows, and the `before` of the next page; None where no older row is left."""

    entries: list[Entry]
    older: int | None


@dataclass(frozen=True)
class Line:
    """A row in words; `person` and `area` are empty where no name is known."""

    entry: Entry
    person: str
    action: str
    subject: str
    area: str
    details: list[tuple[str, str]]


def in_words(entries: Sequence[Entry]) -> list[Line]:
    """Rows as a person reads them, names looked up for all of them at once."""
    people = user_labels({str(entry.actor_id) for entry in entries if entry.actor_id})
    areas = area_names({entry.area_code for entry in entries if entry.area_code})
    ids: dict[str, set[str]] = {}
    for entry in entries:
        ids.setdefault(entry.subject_type, set()).add(entry.subject_id)
    labels = {kind: subject_labels(kind, some - {""}) for kind, some in ids.items()}
    return [
        Line(
            entry,
            people.get(str(entry.actor_id), ""),
            words_of(entry.action),
            " ".join(
                [
                    subject_words(entry.subject_type),
                    labels[entry.subject_type].get(entry.subject_id, entry.subject_id),
                ]
            ).rstrip(),
            areas.get(entry.area_code, ""),
            detail_lines(entry.detail),
        )
        for entry in entries
    ]


def user_labels(ids: Collection[str]) -> dict[str, str]:
    """Names of accounts, by id in text."""
    numbers = [int(one) for one in ids if one.isdecimal()]
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=numbers)}


def entries_visible_to(user: User) -> QuerySet[Entry]:
    """Rows of the areas in which `user` reads the log.

    Rows without an area (sign-ins of unknown names, jobs) are for those who read a whole county.
    """
    scope = user.scope(Permission.AUDIT_VIEW)
    seen = scope.q("area_code")
    county = PREFIX_LENGTH[AreaLevel.COUNTY]
    if any(len(prefix) <= county for prefix in scope.prefixes):
        seen |= Q(area_code="")
    return Entry.objects.filter(seen)


def read_page(user: User, filters: dict[str, Any], before: int | None) -> Page:
    """One page of the rows that fit `filters` (as `AuditFilterForm` cleans them); logs the read."""
    rows = entries_visible_to(user)
    if filters.get("actor"):
        rows = rows.filter(actor=filters["actor"])
    if filters.get("action"):
        rows = rows.filter(action=filters["action"])
    if filters.get("area"):
        rows = rows.filter(area_code__startswith=prefix_of(filters["area"]))
    if filters.get("first"):
        rows = rows.filter(at__gte=_midnight(filters["first"]))
    if filters.get("last"):
        rows = rows.filter(at__lt=_midnight(filters["last"] + dt.timedelta(days=1)))
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows.order_by("-seq")[: PAGE_ROWS + 1])
    page = found[:PAGE_ROWS]
    used = {name: str(value) for name, value in filters.items() if value}
    record(
        acting_user=user,
        action="audit_viewed",
        subject_type="audit",
        subject_id="",
        area_code=user.scope(Permission.AUDIT_VIEW).common_area(filters.get("area") or None),
        detail={"rows": len(page), "filters": used, "before": before},
    )
    return Page(page, page[-1].seq if len(found) > PAGE_ROWS else None)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
