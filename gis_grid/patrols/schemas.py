"""What the API of patrols takes, and what it shows."""

import datetime as dt
import uuid
from typing import Annotated, Any

from django.utils import timezone
from ninja import Schema
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from gis_grid.core.crs import EAST, NORTH, SOUTH, WEST
from gis_grid.core.texts import Text, tidy
from gis_grid.patrols.models import Route, Run, Schedule, Squad
from gis_grid.patrols.services.routes import MOST_CHECKPOINTS, MOST_VERTICES, Stop
from gis_grid.patrols.services.runs import LONGEST_NOTE, MOST_AT_ONCE, Fix

Login = Annotated[str, Field(max_length=150), AfterValidator(tidy)]


def _local(moment: dt.datetime) -> dt.datetime:
    """Plain devices write no zone: theirs is ours."""
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _of_no_zone(time: dt.time) -> dt.time:
    if time.tzinfo is not None:
        raise PydanticCustomError("zone", "a time of day in Asia/Shanghai, without a zone")
    return time


Moment = Annotated[dt.datetime, AfterValidator(_local)]
MOMENT = "By the device's clock, up to 30 days back; nothing for now."
Day = Annotated[dt.date, Field(ge=dt.date(2000, 1, 1), le=dt.date(2199, 12, 30))]


class SquadIn(Schema):
    """A squad with the login names of its people."""

    name: Text = Field(min_length=1, max_length=60)
    area_code: Text = Field(pattern=r"^[1-9]\d{11}$")
    leader: Login
    members: list[Login] = Field(default=[], max_length=60)
    revision: int = Field(default=0, ge=0)


class StopIn(Schema):
    """A checkpoint, in the order of the list."""

    lon: float = Field(ge=WEST, le=EAST)
    lat: float = Field(ge=SOUTH, le=NORTH)
    name: Text = Field(default="", max_length=60)
    radius_m: float = Field(default=25, ge=5, le=200)


class RouteIn(Schema):
    """A route as it is drawn; `revision` is the number of the version that was seen."""

    name: Text = Field(min_length=1, max_length=60)
    squad: int = Field(ge=1, le=2**63 - 1)
    line: list[tuple[float, float]] = Field(min_length=2, max_length=MOST_VERTICES)
    checkpoints: list[StopIn] = Field(default=[], max_length=MOST_CHECKPOINTS)
    serves: Text = Field(default="", max_length=120)
    revision: int = Field(default=0, ge=0)

    def told(self) -> dict[str, Any]:
        stops = [Stop(**stop.dict()) for stop in self.checkpoints]
        return {"name": self.name, "squad_id": self.squad, "line": self.line, "stops": stops,
                "serves": self.serves}  # fmt: skip


class ScheduleIn(Schema):
    """A recurrence rule of days (RFC 5545) and a time of day in Asia/Shanghai."""

    rule: Text = Field(min_length=5, max_length=200)
    starts: Annotated[dt.time, AfterValidator(_of_no_zone)]
    minutes: int = Field(ge=5, le=1440)
    holds_from: Day
    holds_until: Day | None = None


class StartIn(Schema):
    """A planned run, or a route that nobody had planned; and who comes along."""

    route: int | None = Field(default=None, ge=1, le=2**63 - 1)
    run: int | None = Field(default=None, ge=1, le=2**63 - 1)
    members: list[Login] = Field(default=[], max_length=60)
    at: Moment | None = Field(None, description=MOMENT)
    client_id: uuid.UUID | None = Field(None, description="Sent again, the same run.")


class EndIn(Schema):
    """When it ended."""

    at: Moment | None = Field(None, description=MOMENT)


class PassedIn(Schema):
    """A checkpoint that was passed, by its place in the order."""

    order: int = Field(ge=1, le=2**15 - 1)
    at: Moment | None = Field(None, description=MOMENT)
    client_id: uuid.UUID | None = None


class FixIn(Schema):
    """Where the device was."""

    at: Moment
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000, allow_inf_nan=False)


class TrackIn(Schema):
    """Places of a run that is under way; sent again they change nothing."""

    points: list[FixIn] = Field(min_length=1, max_length=MOST_AT_ONCE)

    def fixes(self) -> list[Fix]:
        return [Fix(**point.dict()) for point in self.points]


class NoteIn(Schema):
    """What was seen."""

    text: Text = Field(min_length=1, max_length=LONGEST_NOTE)


class IncidentIn(Schema):
    """An incident that was found on the way."""

    incident: int = Field(ge=1, le=2**63 - 1)


def squad_row(squad: Squad) -> dict[str, Any]:
    members = squad.members.filter(ends_on=None).select_related("user")
    return {
        "id": squad.pk,
        "name": squad.name,
        "area": squad.area_code,
        "members": [
            {"login": row.user.username, "name": str(row.user), "is_leader": row.is_leader}
            for row in members
        ],
        "revision": squad.revision,
    }


def route_row(route: Route) -> dict[str, Any]:
    version = route.current
    return {
        "id": route.pk,
        "name": route.name,
        "squad": route.squad_id,
        "area": route.area_code,
        "ended_on": route.ended_on,
        "version": version.number if version else 0,
        "length_m": round(version.length_m, 1) if version else 0,
        "serves": version.serves if version else "",
        "line": {"type": "LineString", "coordinates": version.line.coords} if version else None,
        "checkpoints": [
            {
                "order": stop.order,
                "name": stop.name,
                "lon": stop.geom.x,
                "lat": stop.geom.y,
                "radius_m": stop.radius_m,
            }
            for stop in (version.checkpoints.all() if version else ())
        ],
        "schedules": [schedule_row(one) for one in route.schedules.all()],
    }


def schedule_row(schedule: Schedule) -> dict[str, Any]:
    names = ("id", "rule", "starts", "minutes", "holds_from", "holds_until")
    return {name: getattr(schedule, name) for name in names}


def run_row(run: Run) -> dict[str, Any]:
    """A run without its track; the judgement's lines are tracks, too."""
    found = run.judgement or {}
    names = ("id", "state", "planned_from", "planned_until", "started_at", "ended_at", "closed_at")
    return {name: getattr(run, name) for name in names} | {
        "state_label": run.get_state_display(),
        "route": run.version.route_id,
        "route_name": run.version.route.name,
        "version": run.version.number,
        "squad": run.squad_id,
        "squad_name": run.squad.name,
        "share": found.get("share"),
        "walked_m": found.get("walked_m"),
        "checkpoints": found.get("checkpoints", []),
        "grids": found.get("grids", {}),
    }


def track_row(run: Run) -> dict[str, Any]:
    """What those see who may see tracks: the cleaned way, gaps and detours."""
    found = run.judgement or {}
    return {
        "walked": {"type": "MultiLineString", "coordinates": run.walked.coords}
        if run.walked
        else None,
        "gaps": found.get("gaps", []),
        "detours": found.get("detours", []),
    }
