"""Until when something has to be done: by category and state, by the server's clock."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from gis_grid.incidents import workdays
from gis_grid.incidents.models import Category, DeadlineRule, Incident

WHOLE = ""  # the state of a rule for the whole case
END_OF_DAY = dt.time(23, 59, 59)


@dataclass(frozen=True)
class Due:
    at: dt.datetime
    is_certain: bool


def set_deadlines(incident: Incident, now: dt.datetime, *, whole: bool = False) -> None:
    """Set the deadline of the state that was just reached, and with `whole` of the case.

    The deadlines of whatever is over are taken off. The caller saves.
    """
    if not incident.is_open:
        incident.step_due_at = incident.paused_at = None
        return
    step = due_of(incident.category, incident.kind, incident.state, now)
    incident.step_due_at = step.at if step else None
    if step and not step.is_certain:
        incident.due_is_certain = False
    if whole:
        case = due_of(incident.category, incident.kind, WHOLE, now)
        incident.due_at = case.at if case else None
        incident.due_is_certain = all(due.is_certain for due in (step, case) if due)


def due_of(category: Category, kind: str, state: str, now: dt.datetime) -> Due | None:
    """When what begins `now` is due by the rule that holds today; None without a rule."""
    rule = _rule(category, kind, state, timezone.localdate(now))
    return due_by(rule, now) if rule else None


def due_by(rule: DeadlineRule, now: dt.datetime) -> Due:
    """When what begins `now` is due by the rule."""
    if rule.minutes is not None:
        return Due(now + dt.timedelta(minutes=rule.minutes), True)
    reached = workdays.after(timezone.localdate(now), rule.working_days or 0)
    return Due(_end_of(reached.day), reached.is_certain)


def rules_of_cases(
    categories: Iterable[Category], day: dt.date
) -> list[tuple[Category, DeadlineRule | None]]:
    """The rule that holds on the day for a whole case of each of the categories."""
    held = list(DeadlineRule.objects.filter(state=WHOLE, since__lte=day))
    return [(one, _nearest(held, _line(one), one.kind)) for one in categories]


def _rule(category: Category, kind: str, state: str, day: dt.date) -> DeadlineRule | None:
    line = _line(category)
    found = DeadlineRule.objects.filter(
        Q(category__in=line) | Q(category=None, kind=kind), state=state, since__lte=day
    )
    return _nearest(found, line, kind)


def _line(category: Category) -> list[int]:
    """The category and those above it."""
    return [category.pk, *(_line(category.parent) if category.parent else ())]


def _nearest(rules: Iterable[DeadlineRule], line: list[int], kind: str) -> DeadlineRule | None:
    """The newest rule of the category, else of the nearest of its parents, else of its kind."""
    rank = {pk: place for place, pk in enumerate(line)}
    own = [one for one in rules if one.category_id in rank or one.kind == kind]
    ordered = sorted(own, key=lambda rule: rule.since, reverse=True)
    return min(ordered, key=lambda rule: rank.get(rule.category_id or 0, len(line)), default=None)


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, END_OF_DAY))


def resume(incident: Incident, now: dt.datetime) -> None:
    """Go on after waiting for the person: what was not due yet is due as much later.

    Deadlines in working days move by the working days that passed, others by the time.
    """
    paused_at = incident.paused_at
    if paused_at is None:
        return
    for name in ("step_due_at", "due_at"):
        due = getattr(incident, name)
        if due is not None and due > paused_at:
            setattr(incident, name, _later(incident, due, paused_at, now))
    incident.paused_at = None


def _later(
    incident: Incident, due: dt.datetime, paused_at: dt.datetime, now: dt.datetime
) -> dt.datetime:
    local = timezone.localtime(due)
    if local.time() != END_OF_DAY:
        return due + (now - paused_at)
    passed = workdays.between(timezone.localdate(paused_at), timezone.localdate(now))
    reached = workdays.after(local.date(), passed) if passed else None
    if reached is None:
        return due
    incident.due_is_certain = incident.due_is_certain and reached.is_certain
    return _end_of(reached.day)
