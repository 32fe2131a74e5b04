"""What the clock does by itself: reminds before a deadline, urges and escalates after it.

Each once for one deadline: the row of `Reminder` is unique, and who comes second does nothing.
A case that waits for the person is left alone. Runs as often as one likes.
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from gis_grid.accounts.policies import Role
from gis_grid.audit.services import SYSTEM
from gis_grid.incidents import workdays
from gis_grid.incidents.models import IS_OPEN, Incident, Notice, Reminder
from gis_grid.incidents.norms import norms_on
from gis_grid.incidents.services import telling
from gis_grid.incidents.services.writing import clock, log, write_step

_LEADERS = (Role.TOWN_LEADER, Role.OFFICE)


def watch(now: dt.datetime | None = None) -> int:
    """Remind, urge and escalate what is due by now; how many times it did."""
    now = now or clock()
    norms, today = norms_on(timezone.localdate(now)), timezone.localdate(now)
    soon = _end_of(workdays.after(today, norms.remind_days).day)
    late = _days_ago(today, norms.escalate_days)
    what = Reminder.What
    return (
        _each(what.REMIND, now, after=now, until=soon, act=_remind)
        + _each(what.URGE, now, after=None, until=now, act=_urge)
        + _each(what.ESCALATE, now, after=None, until=late, act=_escalate)
    )


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


def _days_ago(today: dt.date, working_days: int) -> dt.datetime:
    """The last moment from which so many whole working days have passed until today."""
    day = today
    while workdays.between(day, today) < working_days:
        day -= dt.timedelta(days=1)
    return _end_of(day - dt.timedelta(days=1))


Act = Callable[[Incident, dt.datetime], None]


def _each(
    what: Reminder.What,
    now: dt.datetime,
    *,
    after: dt.datetime | None,
    until: dt.datetime,
    act: Act,
) -> int:
    """Do it for every open incident whose next deadline lies in `(after, until]`, once each."""
    done = 0
    for name in ("step_due_at", "due_at"):
        in_time = Q(**{f"{name}__lte": until})
        if after is not None:
            in_time &= Q(**{f"{name}__gt": after})
        found = Incident.objects.filter(in_time, IS_OPEN, paused_at=None)
        for pk in list(found.order_by(name).values_list("pk", flat=True)):
            done += _once(what, pk, name, now, in_time, act)
    return done


def _once(what: Reminder.What, pk: int, name: str, now: dt.datetime, in_time: Q, act: Act) -> int:
    """One incident in a transaction of its own; 0 where it has moved on or was done before."""
    with transaction.atomic():
        held = Incident.objects.select_for_update(of=("self",), skip_locked=True)
        incident = held.filter(in_time, IS_OPEN, pk=pk, paused_at=None).first()
        if incident is None:
            return 0
        _row, is_new = Reminder.objects.get_or_create(
            incident=incident, what=what, due_at=getattr(incident, name), defaults={"at": now}
        )
        if is_new:
            act(incident, now)
        return int(is_new)


def _remind(incident: Incident, now: dt.datetime) -> None:
    people = telling.holders(incident)
    telling.tell(incident, Notice.Why.REMINDED, people, but=None, now=now)


def _urge(incident: Incident, now: dt.datetime) -> None:
    incident.urged += 1
    _write(incident, "overdue", now)
    telling.tell(incident, Notice.Why.URGED, telling.holders(incident), but=None, now=now)


def _escalate(incident: Incident, now: dt.datetime) -> None:
    _write(incident, "escalate", now)
    people = telling.people_of(incident.area_code, _LEADERS)
    telling.tell(incident, Notice.Why.ESCALATED, people, but=None, now=now)


def _write(incident: Incident, step: str, now: dt.datetime) -> None:
    write_step(incident, actor=SYSTEM, step=step, before=incident.state, now=now)
    log(incident, SYSTEM, "incident_step", step=step)
