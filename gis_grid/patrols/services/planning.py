"""Runs of the days to come, each planned once; and those that nobody walked."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from gis_grid.patrols.models import Run, Schedule
from gis_grid.patrols.services.common import clock
from gis_grid.patrols.services.routes import read_rule

DAYS_AHEAD = 7
# A run that was to begin may begin so much later than planned, and then it is missed.
GRACE = dt.timedelta(minutes=30)


@transaction.atomic
def plan_runs(day: dt.date, days: int = DAYS_AHEAD) -> int:
    """Plan the runs that begin from `day` on for so many days; answers how many are new."""
    until = day + dt.timedelta(days=days - 1)
    holding = Schedule.objects.filter(
        Q(holds_until=None) | Q(holds_until__gte=day), holds_from__lte=until, route__ended_on=None
    ).select_related("route__squad", "route__current")
    wanted = [run for schedule in holding for run in _runs(schedule, day, until)]
    before = Run.objects.count()
    Run.objects.bulk_create(wanted, ignore_conflicts=True)
    return Run.objects.count() - before


def _runs(schedule: Schedule, day: dt.date, until: dt.date) -> list[Run]:
    first, last = max(day, schedule.holds_from), min(until, schedule.holds_until or until)
    rule = read_rule(schedule.rule, schedule.holds_from)
    days = rule.between(
        dt.datetime.combine(first, dt.time()), dt.datetime.combine(last, dt.time()), inc=True
    )
    return [_run(schedule, found.date()) for found in days]


def _run(schedule: Schedule, day: dt.date) -> Run:
    # Of the days in Asia/Shanghai: a night run ends on the day after.
    starts = timezone.make_aware(dt.datetime.combine(day, schedule.starts))
    return Run(
        version=schedule.route.current,
        squad=schedule.route.squad,
        schedule=schedule,
        state=Run.State.PLANNED,
        planned_from=starts,
        planned_until=starts + dt.timedelta(minutes=schedule.minutes),
        is_demo=schedule.route.is_demo,
    )


def mark_missed() -> int:
    """Have planned runs that did not begin in their time be missed; answers how many."""
    late = Run.objects.filter(state=Run.State.PLANNED, planned_until__lt=clock() - GRACE)
    return late.update(state=Run.State.MISSED)
