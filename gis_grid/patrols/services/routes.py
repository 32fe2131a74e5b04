"""Routes: drawn with their checkpoints, drawn anew as a further version; and their schedules."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from dateutil.rrule import rrule, rrulestr
from django.contrib.gis.geos import LineString, Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.core.cleaning import require_clean
from gis_grid.core.crs import EAST, NORTH, SOUTH, WEST, in_country
from gis_grid.core.errors import InputError
from gis_grid.core.finding import held, one_of, require_revision
from gis_grid.core.texts import tidy
from gis_grid.patrols.models import Checkpoint, Route, RouteVersion, Schedule, Squad
from gis_grid.patrols.services.common import LAYER, clock, log
from gis_grid.territory import coverage
from gis_grid.territory.services.versions import bump

MOST_VERTICES, MOST_CHECKPOINTS = 5_000, 100
# Some 500 m: a checkpoint farther off could never be passed on the way.
FARTHEST_STOP_DEG = 0.005
LONGEST_M = 100_000
_NUMBER = re.compile(r"[1-9][0-9]{0,3}\Z")


@dataclass(frozen=True)
class Stop:
    """A checkpoint as it is drawn."""

    lon: float
    lat: float
    name: str = ""
    radius_m: float = 25.0


@transaction.atomic
def save_route(
    *,
    acting_user: ActingUser,
    name: str,
    squad_id: int,
    line: Sequence[tuple[float, float]],
    stops: Sequence[Stop] = (),
    serves: str = "",
    route_id: int | None = None,
    revision: int = 0,
    is_demo: bool = False,
) -> Route:
    """Draw a route, or the one of `route_id` anew: what was walked before keeps its old line.

    `line` is lon/lat. The route belongs to the squad's area. MissingError out of sight,
    NotAllowedError without the permission, StateError where others drew it meanwhile
    (`revision` is the version's number), InputError naming what can't be.
    """
    squad = held(Squad.objects.visible_to(acting_user), squad_id)
    acting_user.require(Permission.PATROL_EDIT, squad.area_code)
    route = Route(is_demo=is_demo) if route_id is None else _held(acting_user, route_id)
    number = 1
    if route_id is not None and route.current is not None:
        acting_user.require(Permission.PATROL_EDIT, route.area_code)
        require_revision(route.current.number, revision)
        number = route.current.number + 1
    shape = _line(line)
    route.name, route.squad, route.area_code = (
        tidy(name).strip(),
        squad,
        squad.area_code,
    )
    require_clean(route, but=("current",))
    route.save()
    version = RouteVersion.objects.create(
        route=route,
        number=number,
        line=LineString(shape.coords[:], srid=4490),
        length_m=coverage.length_m(shape),
        serves=tidy(serves).strip()[:120],
        made_at=clock(),
        made_by_id=acting_user.pk,
    )
    _put_stops(version, shape, stops)
    route.current = version
    route.save(update_fields=["current"])
    bump(LAYER, [route.area_code])
    log(acting_user, "route_saved", "route", route.pk, route.area_code, version=number)
    return route


def _held(user: ActingUser, route_id: int) -> Route:
    return held(Route.objects.visible_to(user).select_related("current"), route_id)


def _line(line: Sequence[tuple[float, float]]) -> shapely.LineString:
    points = np.array(line, dtype=np.float64).reshape(-1, 2)
    inside = (points >= (WEST, SOUTH)).all(axis=1) & (points <= (EAST, NORTH)).all(axis=1)
    if not len(points) or not inside.all():
        raise InputError(_("Write degrees such as 112.4051 and 25.6012."), where="line")
    if len(points) > MOST_VERTICES:
        most = {"n": MOST_VERTICES}
        raise InputError(_("A route has at most %(n)d points.") % most, where="line")
    points = np.round(points, 7)
    moved = np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])
    points = points[moved]
    if len(points) < 2:
        raise InputError(_("A route has at least two points."), where="line")
    shape = shapely.LineString(points)
    if coverage.length_m(shape) > LONGEST_M:
        raise InputError(_("A route is at most 100 km long."), where="line")
    return shape


def _put_stops(version: RouteVersion, line: shapely.LineString, stops: Sequence[Stop]) -> None:
    if len(stops) > MOST_CHECKPOINTS:
        most = {"n": MOST_CHECKPOINTS}
        raise InputError(_("A route has at most %(n)d checkpoints.") % most, where="checkpoints")
    for order, stop in enumerate(stops, 1):
        if not 5 <= stop.radius_m <= 200:
            message = _("Checkpoint %(n)d: a radius from 5 to 200 m.") % {"n": order}
            raise InputError(message, where="checkpoints")
        if not in_country(stop.lon, stop.lat):
            message = _("Checkpoint %(n)d: its place is no place in China.") % {"n": order}
            raise InputError(message, where="checkpoints")
        if line.distance(shapely.Point(stop.lon, stop.lat)) > FARTHEST_STOP_DEG:
            message = _("Checkpoint %(n)d does not lie by the route.") % {"n": order}
            raise InputError(message, where="checkpoints")
        Checkpoint.objects.create(
            version=version,
            order=order,
            name=tidy(stop.name).strip()[:60],
            geom=Point(round(stop.lon, 7), round(stop.lat, 7), srid=4490),
            radius_m=stop.radius_m,
        )


@transaction.atomic
def end_route(*, acting_user: ActingUser, route_id: int) -> Route:
    """Walk it no more from today on; its runs stay."""
    route = _held(acting_user, route_id)
    acting_user.require(Permission.PATROL_EDIT, route.area_code)
    if route.ended_on is None:
        route.ended_on = timezone.localdate()
        route.save(update_fields=["ended_on"])
        bump(LAYER, [route.area_code])
        log(acting_user, "route_ended", "route", route.pk, route.area_code)
    return route


@transaction.atomic
def save_schedule(
    *,
    acting_user: ActingUser,
    route_id: int,
    rule: str,
    starts: dt.time,
    minutes: int,
    holds_from: dt.date,
    holds_until: dt.date | None = None,
) -> Schedule:
    """Have a route walked by a recurrence rule of days, such as `FREQ=WEEKLY;BYDAY=MO,FR`.

    InputError for a rule that is none, that names times or that repeats within a day.
    """
    route = _held(acting_user, route_id)
    acting_user.require(Permission.PATROL_EDIT, route.area_code)
    read_rule(rule, holds_from)
    if holds_until is not None and holds_until < holds_from:
        raise InputError(_("The end must be later than the start."), where="holds_until")
    schedule = Schedule(
        route=route, rule=rule, starts=starts, minutes=minutes, holds_from=holds_from,
        holds_until=holds_until,
    )  # fmt: skip
    require_clean(schedule)
    schedule.save()
    log(acting_user, "schedule_saved", "route", route.pk, route.area_code, rule=rule)
    return schedule


@transaction.atomic
def end_schedule(*, acting_user: ActingUser, schedule_id: int) -> None:
    """Plan nothing by it from tomorrow on."""
    schedule = one_of(Schedule.objects.select_related("route"), schedule_id)
    route = _held(acting_user, schedule.route_id)
    acting_user.require(Permission.PATROL_EDIT, route.area_code)
    schedule.holds_until = max(timezone.localdate(), schedule.holds_from)
    schedule.save(update_fields=["holds_until"])
    log(acting_user, "schedule_ended", "route", route.pk, route.area_code)


def read_rule(text: str, holds_from: dt.date) -> rrule:
    """The rule of RFC 5545, from `holds_from` on; InputError for what can't be planned by."""
    wrong = InputError(
        _("This is no rule of days. Write it like FREQ=WEEKLY;BYDAY=MO,WE,FR."), where="rule"
    )
    known = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT", "UNTIL", "WKST"}
    parts = dict(_part(part, wrong) for part in text.strip().split(";"))
    if parts.keys() - known or parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY"):
        raise wrong
    # An interval of nought would never come to an end.
    if not all(_NUMBER.match(parts.get(name, "1")) for name in ("INTERVAL", "COUNT")):
        raise wrong
    try:
        found = rrulestr(text, dtstart=dt.datetime.combine(holds_from, dt.time()))
    except (ValueError, TypeError, OverflowError):
        raise wrong from None
    if not isinstance(found, rrule):
        raise wrong
    return found


def _part(text: str, wrong: InputError) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not value or len(value) > 60:
        raise wrong
    return name.upper(), value.upper()
