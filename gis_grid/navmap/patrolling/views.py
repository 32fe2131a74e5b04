"""Patrols as pages: routes and runs, a route drawn on the map, a run judged, a month's lanes."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import DomainError, InputError, NotAllowedError
from gis_grid.incidents.models import Incident
from gis_grid.navmap.page import import_map
from gis_grid.navmap.patrolling.forms import NoteForm, ScheduleForm, SquadForm
from gis_grid.navmap.patrolling.words import days_of
from gis_grid.navmap.views import map_config
from gis_grid.patrols.models import Route, Run, Squad
from gis_grid.patrols.schemas import route_row
from gis_grid.patrols.selectors import (
    pressed_of,
    sees_track,
    the_route,
    the_run,
    the_squad,
)
from gis_grid.patrols.services import gpx, routes, runs, squads
from gis_grid.patrols.services.common import log
from gis_grid.territory.selectors import place_names


def _viewer(request: HttpRequest) -> User:
    user = user_of(request)
    if not user.may(Permission.PATROL_VIEW) and not Squad.objects.visible_to(user).exists():
        raise NotAllowedError(_("Patrols are not yours to see."))
    return user


@require_safe
def patrols_page(request: HttpRequest) -> HttpResponse:
    """Squads, routes, and the runs of late."""
    user = _viewer(request)
    found = Route.objects.visible_to(user).filter(ended_on=None).select_related("current", "squad")
    shown = list(found[:200])
    seen = Run.objects.visible_to(user).select_related("version__route", "squad")
    names = place_names({one.area_code for one in shown})
    return render(
        request,
        "navmap/patrols/list.html",
        {
            "routes": [(one, names.get(one.area_code, "")) for one in shown],
            "squads": list(Squad.objects.visible_to(user).filter(ended_on=None)[:200]),
            "runs": list(seen.exclude(state=Run.State.PLANNED)[:60]),
            "planned": list(seen.filter(state=Run.State.PLANNED).order_by("planned_from")[:20]),
            "may_edit": user.may(Permission.PATROL_EDIT),
            "sees_area": user.may(Permission.PATROL_VIEW),
        },
    )


def squad_page(request: HttpRequest, squad_id: int | None = None) -> HttpResponse:
    """Make a squad or change one."""
    user = user_of(request)
    user.require(Permission.PATROL_EDIT)
    squad = the_squad(user, squad_id) if squad_id is not None else None
    form = SquadForm.of(user, squad) if squad else SquadForm(user)
    if request.method == "POST":
        form = SquadForm(user, request.POST)
        if form.is_valid():
            try:
                squads.save_squad(acting_user=user, squad_id=squad_id, **form.cleaned_data)
            except InputError as error:
                form.add_error(error.where if error.where in form.fields else None, str(error))
            else:
                return redirect("patrols")
    title = _("Change the squad") if squad else _("Make a squad")
    context = {"form": form, "title": title}
    status = 422 if form.errors else 200
    return render(request, "navmap/patrols/squad.html", context, status=status)


def route_page(request: HttpRequest, route_id: int) -> HttpResponse:
    """A route on the map, its schedules and runs; members begin a run from here."""
    user = user_of(request)
    route = the_route(user, route_id)
    form = ScheduleForm()
    status = 200
    if request.method == "POST":
        act = request.POST.get("act")
        try:
            if act == "start":
                run = runs.start_run(acting_user=user, route_id=route.pk)
                return redirect("patrol_run", run.pk)
            if act == "end":
                routes.end_route(acting_user=user, route_id=route.pk)
                return redirect("patrols")
            form = ScheduleForm(request.POST)
            if form.is_valid():
                routes.save_schedule(acting_user=user, route_id=route.pk, **form.told())
                return redirect("patrol_route", route.pk)
            status = 422
        except DomainError as error:
            messages.error(request, str(error))
            status = error.status
    seen = Run.objects.visible_to(user).filter(version__route=route)
    may_edit = user.may(Permission.PATROL_EDIT, route.area_code)
    shapes = {"route": route_row(route)["line"], "checkpoints": route_row(route)["checkpoints"]}
    return render(
        request,
        "navmap/patrols/route.html",
        with_map(request, user, shapes)
        | {
            "route": route,
            "version": route.current,
            "area": place_names([route.area_code]).get(route.area_code, ""),
            "schedules": [(one, days_of(one)) for one in route.schedules.all()],
            "runs": seen.select_related("squad")[:30],
            "form": form if may_edit else None,
            "may_walk": route.squad.has(user, timezone.localdate()) and route.ended_on is None,
        },
        status=status,
    )


@require_safe
def draw_page(request: HttpRequest, route_id: int | None = None) -> HttpResponse:
    """Draw a route by taps on the map; it is saved by the API."""
    user = user_of(request)
    user.require(Permission.PATROL_EDIT)
    route = the_route(user, route_id) if route_id is not None else None
    own = Squad.objects.visible_to(user, Permission.PATROL_EDIT).filter(ended_on=None)
    shapes: dict[str, Any] = {"draw": True, "save": "/api/v1/patrols/routes"}
    if route is not None:
        row = route_row(route)
        shapes |= {
            "route": row["line"],
            "checkpoints": row["checkpoints"],
            "revision": row["version"],
            "save": f"/api/v1/patrols/routes/{route.pk}",
        }
    context = {"route": route, "squads": own}
    return render(request, "navmap/patrols/draw.html", with_map(request, user, shapes) | context)


def run_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """A run with what came of it; those who walk it add to it, the leader closes it."""
    user = user_of(request)
    run = the_run(user, run_id)
    status = 200
    if request.method == "POST":
        try:
            _act(request, user, run)
        except DomainError as error:
            messages.error(request, str(error))
            status = error.status
        else:
            return redirect("patrol_run", run.pk)
        run = the_run(user, run_id)
    walks = run.members.filter(pk=user.pk).exists()
    day = timezone.localdate(run.started_at or run.planned_from)
    leads = run.squad.led_by(user, day)
    return render(
        request,
        "navmap/patrols/run.html",
        with_map(request, user, _shapes(user, run)) | _judged(user, run)
        | {
            "walks": walks and run.state in (Run.State.ON, Run.State.ENDED),
            "may_start": run.state == Run.State.PLANNED
            and run.squad.has(user, timezone.localdate()),
            "may_end": run.state == Run.State.ON and (walks or leads),
            "may_close": run.state == Run.State.ENDED
            and (leads or user.may(Permission.PATROL_EDIT, run.version.route.area_code)),
            "note": NoteForm(),
        },
        status=status,
    )  # fmt: skip


def _act(request: HttpRequest, user: User, run: Run) -> None:
    act = request.POST.get("act", "")
    if act == "start":
        runs.start_run(acting_user=user, run_id=run.pk)
    elif act == "end":
        runs.end_run(acting_user=user, run_id=run.pk)
    elif act == "close":
        runs.close_run(acting_user=user, run_id=run.pk)
    elif act == "note":
        runs.note(acting_user=user, run_id=run.pk, text=request.POST.get("text", ""))
    elif act == "gpx":
        file = request.FILES.get("file")
        if file is None or (file.size or 0) > gpx.MAX_BYTES:
            raise InputError(_("Choose a GPX file of at most 20 MB."), where="file")
        added = gpx.add_gpx(acting_user=user, run_id=run.pk, content=file.read())
        messages.info(request, _("%(n)d places were added.") % {"n": added})
    else:
        raise InputError(_("There is no such step."), where="act")


def _shapes(user: User, run: Run) -> dict[str, Any]:
    """What the run's map shows: the route to all, the track to those who may see it."""
    version = run.version
    shapes: dict[str, Any] = {
        "route": {"type": "LineString", "coordinates": version.line.coords},
        "checkpoints": [
            {"lon": one.geom.x, "lat": one.geom.y, "radius_m": one.radius_m, "name": one.name,
             "order": one.order}
            for one in version.checkpoints.all()
        ],
    }  # fmt: skip
    if run.judgement and sees_track(user, run):
        log(user, "track_read", "run", run.pk, version.route.area_code)
        shapes["walked"] = (
            {"type": "MultiLineString", "coordinates": run.walked.coords} if run.walked else None
        )
        for name in ("gaps", "detours"):
            shapes[name] = [one["line"] for one in run.judgement[name]]
    return shapes


def _judged(user: User, run: Run) -> dict[str, Any]:
    found = run.judgement or {}
    stops = {one.order: one for one in run.version.checkpoints.all()}
    pressed = pressed_of(run)
    grids = found.get("grids", {})
    names = place_names([*grids, run.version.route.area_code])
    return {
        "run": run,
        "route": run.version.route,
        "area": names.get(run.version.route.area_code, ""),
        "found": found,
        "percent": None if "share" not in found else 100 * found["share"],
        "gap_m": sum(one["metres"] for one in found.get("gaps", [])),
        "detour_m": sum(one["metres"] for one in found.get("detours", [])),
        "passings": [
            (stops[one["order"]], _time(one["at"]), one["in_order"], pressed.get(one["order"]))
            for one in found.get("checkpoints", [])
            if one["order"] in stops
        ],
        # While the run is on nothing is judged yet.
        "pressed": [] if found else [(stops[n], at) for n, at in pressed.items() if n in stops],
        "grids": [(names.get(code, code), metres) for code, metres in grids.items()],
        "notes": run.notes.select_related("by"),
        "incidents": Incident.objects.visible_to(user).filter(pk__in=run.incidents.all()),
        "members": run.members.all(),
        "sees_track": sees_track(user, run),
    }


def _time(text: str | None) -> Any:
    return timezone.localtime(dt.datetime.fromisoformat(text)) if text else None


def with_map(request: HttpRequest, user: User, shapes: dict[str, Any]) -> dict[str, Any]:
    """What a page of patrols needs to draw `shapes` on its map."""
    return {
        "config": map_config(request, user),
        "import_map": import_map(),
        "shapes": shapes,
    }
