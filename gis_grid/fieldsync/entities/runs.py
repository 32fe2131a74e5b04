"""Patrols in the field: a run from its start to its end, and the routes to walk."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError, InputError, StateError
from gis_grid.fieldsync.pulled import Areas, Pulled, Row
from gis_grid.fieldsync.registry import NO_TIME, Done, Entity, Op
from gis_grid.patrols.models import Route, Run, SquadMember
from gis_grid.patrols.selectors import the_run
from gis_grid.patrols.services import passing, runs
from gis_grid.patrols.services.runs import Fix

MOST_POINTS = 500
# Planned runs that are shown with a route.
DAYS_AHEAD = dt.timedelta(days=14)


def _start(user: User, op: Op) -> Done:
    given = op.changes
    at = _time(op, given.new("started_at"), "started_at")
    made = runs.start_run(
        acting_user=user,
        route_id=given.whole("route"),
        run_id=given.whole("run"),
        members=given.words("members"),
        at=at,
        client_id=op.record or op.op_id,
    )
    return replace(_done(made), moved=_moved(op, at))


def _moved(op: Op, at: dt.datetime | None) -> dt.timedelta:
    """How much later the run was than told: who corrects when it began says it of all."""
    if op.corrects is None or at is None:
        return NO_TIME
    try:
        told = _time(op.corrects, op.corrects.changes.new("started_at"), "started_at")
    except InputError:
        return NO_TIME
    return NO_TIME if told is None else at - told


def _track(user: User, op: Op) -> Done:
    points = op.changes.new("points") or []
    if not isinstance(points, list) or not 0 < len(points) <= MOST_POINTS:
        raise InputError(
            _("Send between 1 and %(n)d places at a time.") % {"n": MOST_POINTS}, where="points"
        )
    run = the_run(user, op.object_id or 0)
    fixes = [_fix(op, run, one, number) for number, one in enumerate(points)]
    added = runs.add_recorded(acting_user=user, run_id=run.pk, fixes=fixes)
    return _done(run, changed=added > 0)


def _fix(op: Op, run: Run, point: Any, number: int) -> Fix:
    where = f"points.{number}"
    if not isinstance(point, list) or len(point) != 4:
        raise InputError(_("A place is longitude, latitude, accuracy and time."), where=where)
    lon, lat, accuracy, at = point
    numbers = [lon, lat] if accuracy is None else [lon, lat, accuracy]
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
        raise InputError(_("This is no number."), where=where)
    when = _within(op, run, _time(op, at, where))
    if when is None:
        raise InputError(_("This is no time."), where=where)
    return Fix(when, float(lon), float(lat), None if accuracy is None else float(accuracy))


def _passed(user: User, op: Op) -> Done:
    order = op.changes.whole("checkpoint")
    if order is None:
        raise InputError(_("Name the checkpoint."), where="checkpoint")
    run = the_run(user, op.object_id or 0)
    passing.pass_checkpoint(
        acting_user=user,
        run_id=run.pk,
        order=order,
        at=_within(op, run, _time(op, op.changes.new("at"), "at")),
        client_id=op.op_id,
    )
    return _done(run)


def _note(user: User, op: Op) -> Done:
    run = the_run(user, op.object_id or 0)
    runs.note(acting_user=user, run_id=run.pk, text=op.changes.text("text"))
    return _done(run)


def _end(user: User, op: Op) -> Done:
    run = the_run(user, op.object_id or 0)
    if run.state in (Run.State.ENDED, Run.State.CLOSED):
        return _done(run, changed=False)
    at = _within(op, run, _time(op, op.changes.new("ended_at"), "ended_at"))
    return _done(runs.end_run(acting_user=user, run_id=run.pk, at=at))


def _done(run: Run, *, changed: bool = True) -> Done:
    return Done(run.pk, run.version.route.area_code, run.revision, changed=changed)


def _time(op: Op, text: Any, where: str) -> dt.datetime | None:
    """A time by the server's clock, which the patrol's own rules will judge; None for none."""
    if text is None:
        return None
    try:
        found = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise InputError(_("This is no time with its zone."), where=where)
    return op.by_our_clock(found)


def _within(op: Op, run: Run, told: dt.datetime | None) -> dt.datetime | None:
    """The time moved as the run's beginning was; as told where the clock was right by then."""
    if told is None or run.started_at is None:
        return told
    try:
        moved = told + op.moved
    except OverflowError:
        return told
    return moved if run.started_at <= moved <= timezone.now() + runs.AHEAD else told


def _title(run_id: int) -> str:
    found = Run.objects.select_related("version__route").filter(pk=run_id).first()
    if found is None:
        raise DomainError(_("Nothing is here."))
    return found.version.route.name


def _rows(
    user: User, areas: Areas, ids: Collection[int] | None, after: int, limit: int
) -> Sequence[Row]:
    """Routes that the person walks or sees, with who walks them and what is planned."""
    found = Route.objects.visible_to(user).filter(areas.q(), ended_on=None, current__isnull=False)
    if ids is not None:
        found = found.filter(pk__in=ids)
    members = SquadMember.objects.on(timezone.localdate()).select_related("user")
    rows = (
        found.filter(pk__gt=after)
        .order_by("pk")
        .select_related("current", "squad")
        .prefetch_related("current__checkpoints", Prefetch("squad__members", members))[:limit]
    )
    planned = _planned([row.pk for row in rows])
    return [_row(row, planned.get(row.pk, [])) for row in rows]


def _planned(routes: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    soon = Run.objects.filter(
        version__route__in=routes,
        state=Run.State.PLANNED,
        planned_from__lt=timezone.now() + DAYS_AHEAD,
    )
    soon = soon.filter(planned_from__isnull=False).order_by("planned_from")
    for run, route, begins in soon.values_list("pk", "version__route", "planned_from"):
        at = begins.isoformat() if begins else None
        found.setdefault(route, []).append({"id": run, "planned_at": at})
    return found


def _row(route: Route, planned: list[dict[str, Any]]) -> Row:
    version = route.current
    if version is None:
        raise StateError(_("This route is walked no more."))
    return {
        "id": route.pk,
        "rev": version.pk,
        "area": route.area_code,
        "name": route.name,
        "squad": route.squad.name,
        "line": [list(one) for one in version.line.coords],
        "checkpoints": [
            {
                "order": one.order,
                "name": one.name,
                "place": list(one.geom.coords),
                "radius_m": one.radius_m,
            }
            for one in version.checkpoints.all()
        ],
        "members": [one.user.username for one in route.squad.members.all()],
        "runs": planned,
    }


RUN = Entity(
    name="run",
    actions={
        "start": _start,
        "track": _track,
        "passed": _passed,
        "note": _note,
        "end": _end,
    },
    makes=frozenset({"start"}),
    title=_title,
)
PULLED = Pulled("route", _rows)
