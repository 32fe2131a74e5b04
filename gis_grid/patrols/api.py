"""Patrols: squads, routes, schedules, runs with their tracks, and the month's coverage."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Router, Status, UploadedFile

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.areas import prefix_asked
from gis_grid.core.codes import is_area_code
from gis_grid.core.errors import InputError, MissingError, NotAllowedError, TooLargeError
from gis_grid.patrols.models import Route, Run, Squad
from gis_grid.patrols.schemas import (
    EndIn,
    IncidentIn,
    NoteIn,
    PassedIn,
    RouteIn,
    ScheduleIn,
    SquadIn,
    StartIn,
    TrackIn,
    route_row,
    run_row,
    schedule_row,
    squad_row,
    track_row,
)
from gis_grid.patrols.selectors import (
    month_coverage,
    pressed_of,
    sees_track,
    the_route,
    the_run,
    the_squad,
)
from gis_grid.patrols.services import gpx, passing, routes, runs, squads
from gis_grid.patrols.services.common import log

router = Router(tags=["patrols"])
Json = dict[str, Any]
MOST = 200


def _viewer(request: HttpRequest) -> User:
    """The person, where patrols are theirs to see or to walk."""
    user = user_of(request)
    if not user.may(Permission.PATROL_VIEW) and not Squad.objects.visible_to(user).exists():
        raise NotAllowedError(_("Patrols are not yours to see."))
    return user


@router.get("/patrols/squads", summary="Squads")
def list_squads(request: HttpRequest) -> Json:
    """Those of your area, and those that you walk with."""
    seen = Squad.objects.visible_to(_viewer(request)).filter(ended_on=None)
    return {"squads": [squad_row(one) for one in seen[:MOST]]}


@router.post("/patrols/squads", summary="Make a squad", response={201: dict})
def make_squad(request: HttpRequest, data: SquadIn) -> Status[Json]:
    """With its leader and members by login name."""
    given = data.dict(exclude={"revision"})
    return Status(201, squad_row(squads.save_squad(acting_user=user_of(request), **given)))


@router.put("/patrols/squads/{int:squad_id}", summary="Change a squad")
def change_squad(request: HttpRequest, squad_id: int, data: SquadIn) -> Json:
    """All of it, as it was at `revision`."""
    made = squads.save_squad(acting_user=user_of(request), squad_id=squad_id, **data.dict())
    return squad_row(made)


@router.get("/patrols/squads/{int:squad_id}", summary="A squad")
def squad(request: HttpRequest, squad_id: int) -> Json:
    """Its people."""
    return squad_row(the_squad(user_of(request), squad_id))


@router.get("/patrols/routes", summary="Routes")
def list_routes(request: HttpRequest, area: str = "") -> Json:
    """Those that are walked today."""
    seen = Route.objects.visible_to(_viewer(request)).filter(
        ended_on=None, area_code__startswith=prefix_asked(area)
    )
    rows = seen.select_related("current").prefetch_related("schedules", "current__checkpoints")
    return {"routes": [route_row(one) for one in rows[:MOST]]}


@router.post("/patrols/routes", summary="Draw a route", response={201: dict})
def draw_route(request: HttpRequest, data: RouteIn) -> Status[Json]:
    """With its checkpoints."""
    made = routes.save_route(acting_user=user_of(request), **data.told())
    return Status(201, route_row(made))


@router.get("/patrols/routes/{int:route_id}", summary="A route")
def route(request: HttpRequest, route_id: int) -> Json:
    """As it is walked today."""
    return route_row(the_route(user_of(request), route_id))


@router.put("/patrols/routes/{int:route_id}", summary="Draw a route anew")
def redraw_route(request: HttpRequest, route_id: int, data: RouteIn) -> Json:
    """Runs before keep the line that they walked."""
    made = routes.save_route(
        acting_user=user_of(request), route_id=route_id, revision=data.revision, **data.told()
    )
    return route_row(made)


@router.post("/patrols/routes/{int:route_id}/end", summary="Walk a route no more")
def end_route(request: HttpRequest, route_id: int) -> Json:
    """From today on."""
    return route_row(routes.end_route(acting_user=user_of(request), route_id=route_id))


@router.post(
    "/patrols/routes/{int:route_id}/schedules", summary="Plan a route", response={201: dict}
)
def plan_route(request: HttpRequest, route_id: int, data: ScheduleIn) -> Status[Json]:
    """By a recurrence rule."""
    made = routes.save_schedule(acting_user=user_of(request), route_id=route_id, **data.dict())
    return Status(201, schedule_row(made))


@router.post("/patrols/schedules/{int:schedule_id}/end", summary="End a schedule")
def end_schedule(request: HttpRequest, schedule_id: int) -> Json:
    """Nothing more is planned by it."""
    routes.end_schedule(acting_user=user_of(request), schedule_id=schedule_id)
    return {"ended": True}


@router.get("/patrols/runs", summary="Runs")
def list_runs(
    request: HttpRequest, state: str = "", route: int | None = None, before: int | None = None
) -> Json:
    """Newest first, two hundred at a time."""
    seen = Run.objects.visible_to(_viewer(request)).select_related("version__route", "squad")
    if state:
        seen = seen.filter(state=state)
    if route is not None:
        seen = seen.filter(version__route=min(route, 2**63 - 1))
    if before is not None:
        seen = seen.filter(pk__lt=min(before, 2**63 - 1))
    page = list(seen[: MOST + 1])
    more = len(page) > MOST
    return {
        "runs": [run_row(one) for one in page[:MOST]],
        "next": page[MOST - 1].pk if more else None,
    }


@router.post("/patrols/runs", summary="Begin a run", response={201: dict})
def start_run(request: HttpRequest, data: StartIn) -> Status[Json]:
    """A planned one, or one of a route."""
    begun = runs.start_run(
        acting_user=user_of(request),
        route_id=data.route,
        run_id=data.run,
        members=data.members,
        at=data.at,
        client_id=data.client_id,
    )
    return Status(201, run_row(begun))


@router.get("/patrols/runs/{int:run_id}", summary="A run with what came of it")
def run(request: HttpRequest, run_id: int) -> Json:
    """With the track where it is yours to see, which is logged."""
    user = user_of(request)
    found = the_run(user, run_id)
    shown = run_row(found) | {
        "notes": [{"at": one.at, "by": one.who, "text": one.text} for one in found.notes.all()],
        "members": [str(one) for one in found.members.all()],
        "incidents": [one.pk for one in found.incidents.all()],
        "pressed": [{"order": order, "at": at} for order, at in pressed_of(found).items()],
    }
    if not sees_track(user, found):
        return shown
    area = found.version.route.area_code
    log(user, "track_read", "run", found.pk, area)
    return shown | track_row(found)


@router.post("/patrols/runs/{int:run_id}/track", summary="Add to the track")
def add_track(request: HttpRequest, run_id: int, data: TrackIn) -> Json:
    """Only while the run is under way."""
    added = runs.add_fixes(acting_user=user_of(request), run_id=run_id, fixes=data.fixes())
    return {"added": added}


@router.post("/patrols/runs/{int:run_id}/gpx", summary="Add a GPX file")
def add_gpx(request: HttpRequest, run_id: int, file: File[UploadedFile]) -> Json:
    """Only what lies in the run's own time is taken."""
    if (file.size or 0) > min(gpx.MAX_BYTES, settings.ATTACHMENT_BYTES):
        raise TooLargeError(_("The file is too large for a track."), where="file")
    added = gpx.add_gpx(acting_user=user_of(request), run_id=run_id, content=file.read())
    return {"added": added}


@router.post("/patrols/runs/{int:run_id}/notes", summary="Write a note", response={201: dict})
def add_note(request: HttpRequest, run_id: int, data: NoteIn) -> Status[Json]:
    """Until the leader has closed the run."""
    made = runs.note(acting_user=user_of(request), run_id=run_id, text=data.text)
    return Status(201, {"id": made.pk})


@router.post(
    "/patrols/runs/{int:run_id}/checkpoints", summary="Pass a checkpoint", response={201: dict}
)
def pass_checkpoint(request: HttpRequest, run_id: int, data: PassedIn) -> Status[Json]:
    """By a walker; the judgement goes by the track all the same."""
    made = passing.pass_checkpoint(acting_user=user_of(request), run_id=run_id, **data.dict())
    return Status(201, {"order": made.order, "at": made.at})


@router.post("/patrols/runs/{int:run_id}/incidents", summary="Link an incident")
def add_incident(request: HttpRequest, run_id: int, data: IncidentIn) -> Json:
    """Found on this run."""
    runs.link_incident(acting_user=user_of(request), run_id=run_id, incident_id=data.incident)
    return {"linked": True}


@router.post("/patrols/runs/{int:run_id}/end", summary="End a run")
def end_run(request: HttpRequest, run_id: int, data: EndIn | None = None) -> Json:
    """It is judged against its route."""
    at = data.at if data else None
    return run_row(runs.end_run(acting_user=user_of(request), run_id=run_id, at=at))


@router.post("/patrols/runs/{int:run_id}/close", summary="Close a run")
def close_run(request: HttpRequest, run_id: int) -> Json:
    """By the squad's leader."""
    return run_row(runs.close_run(acting_user=user_of(request), run_id=run_id))


@router.get("/patrols/coverage", summary="Which lanes were walked how often in a month")
def coverage(request: HttpRequest, area: str, month: str = "") -> Json:
    """GeoJSON of the lanes with `runs`; `share` is the length that was walked at all."""
    user = user_of(request)
    user.require(Permission.PATROL_VIEW)
    since, until = month_of(month)
    found = month_coverage(user, area if is_area_code(area) else "", since, until)
    if found is None:
        raise MissingError(where="area")
    return {
        "type": "FeatureCollection",
        "runs": found.runs,
        "share": None if found.share is None else round(found.share, 4),
        "features": [
            {
                "type": "Feature",
                "geometry": _geojson(lane.line),
                "properties": {"name": lane.name, "kind": lane.kind, "runs": lane.runs,
                               "metres": round(lane.metres, 1)},
            }
            for lane in found.lanes
        ],
    }  # fmt: skip


def _geojson(line: Any) -> Json:
    shape: Json = line.__geo_interface__
    return shape


def month_of(text: str) -> tuple[dt.datetime, dt.datetime]:
    """`[start, end)` of `YYYY-MM`, of this month where it is empty; InputError for others."""
    try:
        first = dt.date.fromisoformat(f"{text}-01") if text else timezone.localdate().replace(day=1)
        after = (first + dt.timedelta(days=32)).replace(day=1)
    except (ValueError, OverflowError):
        raise InputError(_("Write the month like 2026-03."), where="month") from None
    days = (dt.datetime.combine(day, dt.time()) for day in (first, after))
    since, until = (timezone.make_aware(day) for day in days)
    return since, until
