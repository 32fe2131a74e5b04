"""A run from its start to the leader's word: members, track, notes, incidents, judgement."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.crs import in_country
from gis_grid.core.errors import InputError, MissingError, NotAllowedError, StateError
from gis_grid.core.finding import held
from gis_grid.core.texts import tidy
from gis_grid.incidents.models import Incident
from gis_grid.patrols.models import Route, Run, RunNote, Squad, TrackPoint
from gis_grid.patrols.services.assessing import assess
from gis_grid.patrols.services.common import clock, log
from gis_grid.patrols.services.planning import GRACE

MOST_AT_ONCE, MOST_IN_A_RUN = 2_000, 50_000
LONGEST_NOTE = 2_000
# A device's clock may go so much ahead of the server's.
AHEAD = dt.timedelta(minutes=2)
# A run walked offline is entered when the tablet comes home.
OFFLINE = dt.timedelta(days=30)


class SquadOutError(StateError):
    """The squad walks: when it has come home, the next run may begin."""

    passes: ClassVar[bool] = True


@dataclass(frozen=True)
class Fix:
    """Where the device was; accuracy in metres, None where it told none."""

    at: dt.datetime
    lon: float
    lat: float
    accuracy_m: float | None = None


@transaction.atomic
def start_run(
    *,
    acting_user: User,
    route_id: int | None = None,
    run_id: int | None = None,
    members: Sequence[str] = (),
    at: dt.datetime | None = None,
    client_id: uuid.UUID | None = None,
    backdated: bool = False,
) -> Run:
    """Begin a planned run, or one of a route that nobody had planned.

    By a member of the squad; `members` are login names of those who come along; the same
    `client_id` again is the same run. `at` may lie `OFFLINE` back, for a tablet that comes home
    with what was walked; `backdated` is for the demo's past alone. SquadOutError where the squad
    is out already.
    """
    if (route_id is None) == (run_id is None):
        raise InputError(_("Name a route or a planned run, one of them."), where="route")
    if known := _known(acting_user, client_id):
        return known
    now = at or clock() if backdated else moment_told(at)
    if run_id is not None:
        run = held_run(acting_user, run_id)
    else:
        run = _unplanned(acting_user, route_id or 0, now)
    squad = held(Squad.objects.visible_to(acting_user), run.squad_id)
    # Sent twice at once: the other one has begun it, and held the squad until then.
    if known := _known(acting_user, client_id):
        return known
    if run_id is not None:
        _require_waiting(run, now)
    if not squad.has(acting_user, timezone.localdate(now)):
        raise NotAllowedError(_("Only members of the squad walk with it."))
    present = squad.members.on(timezone.localdate(now)).filter(
        user__username__in=[*members, acting_user.username]
    )
    unknown = set(members) - {row.user.username for row in present.select_related("user")}
    if unknown:
        message = _("%(login)s is not in this squad.") % {"login": min(unknown)[:40]}
        raise InputError(message, where="members")
    run.state, run.started_at, run.client_id = Run.State.ON, now, client_id
    _save_begun(run)
    run.members.set([row.user_id for row in present])
    _log(run, acting_user, "run_started")
    return run


def moment_told(at: dt.datetime | None) -> dt.datetime:
    """The moment that a device tells, now for none; InputError for one that can't be."""
    now = clock()
    if at is None:
        return now
    if at > now + AHEAD:
        raise InputError(_("This is yet to come: put the clock of the device right."), where="at")
    if at < now - OFFLINE:
        raise InputError(
            _("What was walked is entered within %(days)d days.") % {"days": OFFLINE.days},
            where="at",
        )
    return at


def _known(user: User, client_id: uuid.UUID | None) -> Run | None:
    if client_id is None:
        return None
    own = Run.objects.filter(client_id=client_id, members=user)
    return own.select_related("version__route", "squad").first()


def _require_waiting(run: Run, now: dt.datetime) -> None:
    """A run that counts as missed may have been walked by a tablet that comes home only now."""
    is_late_told = (
        run.state == Run.State.MISSED
        and run.planned_until is not None
        and now <= run.planned_until + GRACE
    )
    if run.state != Run.State.PLANNED and not is_late_told:
        raise StateError(_("This run is not waiting to begin."))


def _save_begun(run: Run) -> None:
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        if "run_one_at_a_time" in str(error):
            message = _("The squad is out already: end that run first.")
            raise SquadOutError(message) from error
        if "run_client_id_once" in str(error):
            message = _("Somebody else has entered this run.")
            raise InputError(message, where="client_id") from error
        raise


def _unplanned(user: User, route_id: int, now: dt.datetime) -> Run:
    """A run of the route as it was drawn at that time."""
    route = Route.objects.visible_to(user).select_related("current").filter(pk=route_id).first()
    if route is None or route.current is None:
        raise MissingError
    if route.ended_on is not None and route.ended_on <= timezone.localdate(now):
        raise StateError(_("This route is walked no more."))
    then = route.versions.filter(made_at__lte=now).order_by("-number").first()
    return Run(version=then or route.current, squad_id=route.squad_id, is_demo=route.is_demo)


def held_run(user: ActingUser, run_id: int) -> Run:
    """The run in the person's sight, held; MissingError for any other."""
    return held(Run.objects.visible_to(user).select_related("version__route", "squad"), run_id)


@transaction.atomic
def add_fixes(*, acting_user: User, run_id: int, fixes: Sequence[Fix]) -> int:
    """Add to the track of a run that is on; answers how many were new.

    The same moment again is the same point. StateError where the run is not on: nobody is
    tracked outside of one.
    """
    run = held_run(acting_user, run_id)
    require_walker(run, acting_user)
    if run.state != Run.State.ON:
        raise StateError(_("Places are taken only while a run is under way."))
    return _add(run, fixes, until=clock() + AHEAD)


@transaction.atomic
def add_recorded(*, acting_user: User, run_id: int, fixes: Sequence[Fix]) -> int:
    """Add a track that a device recorded; only what lies within the run's own time is taken.

    Until the leader has closed it; an ended run is judged anew.
    """
    run = held_run(acting_user, run_id)
    require_walker(run, acting_user)
    if run.state not in (Run.State.ON, Run.State.ENDED):
        raise StateError(_("A track belongs to a run that is under way or has just ended."))
    added = _add(run, fixes, until=run.ended_at or clock() + AHEAD)
    if not added and not run.track.exists():
        raise InputError(_("None of these places lies in the time of this run."), where="file")
    if run.state == Run.State.ENDED:
        assess(run)
        run.save(update_fields=["walked", "judgement"])
    _log(run, acting_user, "track_added")
    return added


def _add(run: Run, fixes: Iterable[Fix], *, until: dt.datetime) -> int:
    since = run.started_at
    good = [
        TrackPoint(run=run, at=fix.at, lon=fix.lon, lat=fix.lat, accuracy_m=fix.accuracy_m)
        for fix in fixes
        if since is not None and since <= fix.at <= until and _is_place(fix)
    ]
    before = run.track.count()
    if before + len(good) > MOST_IN_A_RUN:
        raise InputError(
            _("A run has at most %(n)d places.") % {"n": MOST_IN_A_RUN}, where="points"
        )
    TrackPoint.objects.bulk_create(good, ignore_conflicts=True, batch_size=5_000)
    return run.track.count() - before


def _is_place(fix: Fix) -> bool:
    return in_country(fix.lon, fix.lat)


def require_walker(run: Run, user: User) -> None:
    if not run.members.filter(pk=user.pk).exists():
        raise NotAllowedError(_("Only those who walk this run add to it."))


@transaction.atomic
def note(*, acting_user: User, run_id: int, text: str, at: dt.datetime | None = None) -> RunNote:
    """Write down what was seen; by those who walk, and by the squad's leader until it is closed."""
    run = held_run(acting_user, run_id)
    if not run.squad.led_by(acting_user, timezone.localdate(run.started_at)):
        require_walker(run, acting_user)
    if run.state not in (Run.State.ON, Run.State.ENDED):
        raise StateError(_("Notes belong to a run that is under way or has just ended."))
    text = tidy(text).strip()
    if not text or len(text) > LONGEST_NOTE:
        raise InputError(
            _("Write between 1 and %(n)d characters.") % {"n": LONGEST_NOTE}, where="text"
        )
    made = RunNote.objects.create(
        run=run, at=at or clock(), by=acting_user, by_name=acting_user.username, text=text
    )
    _log(run, acting_user, "run_noted")
    return made


@transaction.atomic
def link_incident(*, acting_user: User, run_id: int, incident_id: int) -> None:
    """Say that an incident was found on the run; both must be in the person's sight."""
    run = held_run(acting_user, run_id)
    require_walker(run, acting_user)
    if run.state not in (Run.State.ON, Run.State.ENDED):
        raise StateError(_("Incidents are found on a run that is under way or has just ended."))
    incident = Incident.objects.visible_to(acting_user).filter(pk=incident_id).first()
    if incident is None:
        raise MissingError(where="incident")
    run.incidents.add(incident)
    _log(run, acting_user, "run_incident", incident=incident.pk)


@transaction.atomic
def end_run(
    *, acting_user: User, run_id: int, at: dt.datetime | None = None, backdated: bool = False
) -> Run:
    """End the run and judge it against the route that it walked; `at` as when it began."""
    run = held_run(acting_user, run_id)
    if not run.squad.led_by(acting_user, timezone.localdate()):
        require_walker(run, acting_user)
    if run.state != Run.State.ON:
        raise StateError(_("This run is not under way."))
    ended = at or clock() if backdated else moment_told(at)
    if run.started_at is not None and ended < run.started_at:
        raise InputError(_("It can't end before it has begun."), where="at")
    run.state, run.ended_at, run.revision = Run.State.ENDED, ended, run.revision + 1
    assess(run)
    run.save()
    _log(run, acting_user, "run_ended")
    return run


@transaction.atomic
def close_run(*, acting_user: User, run_id: int, at: dt.datetime | None = None) -> Run:
    """The squad's leader, or who keeps the routes of the area, says that it is as it was."""
    run = held_run(acting_user, run_id)
    is_leader = run.squad.led_by(acting_user, timezone.localdate(run.ended_at))
    if not is_leader and not acting_user.may(Permission.PATROL_EDIT, run.version.route.area_code):
        raise NotAllowedError(_("The squad's leader closes a run."))
    if run.state != Run.State.ENDED:
        raise StateError(_("Only a run that has ended is closed."))
    run.state, run.closed_at, run.closed_by = Run.State.CLOSED, at or clock(), acting_user
    run.revision += 1
    run.save()
    _log(run, acting_user, "run_closed")
    return run


def _log(run: Run, user: User, action: str, **detail: int) -> None:
    log(user, action, "run", run.pk, run.version.route.area_code, **detail)
