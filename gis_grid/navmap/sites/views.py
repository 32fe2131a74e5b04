"""Cameras and service points as pages: the register, what is seen of the roads, each of them."""

import datetime as dt
from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record_once
from gis_grid.core.attachments.http import file_row
from gis_grid.core.codes import is_area_code, prefix_of
from gis_grid.core.errors import DomainError, InputError
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.facilities.norms import shortfalls
from gis_grid.facilities.selectors import the_camera, the_point, told_of, watch_of
from gis_grid.facilities.services.cameras import save_camera, set_state
from gis_grid.facilities.services.points import end_point, save_point
from gis_grid.incidents.models import Incident
from gis_grid.navmap.page import import_map
from gis_grid.navmap.sites.forms import DAYS, CameraForm, PointForm, SiteForm, StateForm
from gis_grid.navmap.views import map_config
from gis_grid.territory.models import Region
from gis_grid.territory.selectors import place_names

LISTED_AGAIN = dt.timedelta(minutes=10)


@require_safe
def cameras_page(request: HttpRequest) -> HttpResponse:
    """The register and, by village, what working public cameras see of the main roads."""
    user = user_of(request)
    area = request.GET.get("area", "")
    area = area if is_area_code(area) else ""
    found = Camera.objects.visible_to(user).standing()
    if area:
        found = found.filter(area_code__startswith=prefix_of(area))
    is_broken = request.GET.get("state") == "broken"
    shown = found.filter(state=Camera.State.BROKEN) if is_broken else found
    scope = user.scope(Permission.CAMERA_VIEW)
    villages = Region.objects.filter(scope.q("code"), level="village").order_by("code")
    rows = list(shown.order_by("area_code", "pk")[:1_000])
    names = place_names({one.area_code for one in rows})
    today = timezone.localdate()
    record_once(
        within=LISTED_AGAIN,
        acting_user=user,
        action="cameras_listed",
        subject_type="camera",
        area_code=scope.common_area(),
    )
    return render(
        request,
        "navmap/sites/cameras.html",
        {
            "area": area,
            "is_broken": is_broken,
            "villages": [(one.code, one.name) for one in villages],
            "rows": [(one, names.get(one.area_code, ""), shortfalls(one, today)) for one in rows],
            "count": found.count(),
            "broken": found.filter(state=Camera.State.BROKEN).count(),
            "watch": watch_of(user, _watched_area(user, area)),
            "may_edit": user.may(Permission.CAMERA_EDIT),
            "may_export": user.may(Permission.EXPORT),
        },
    )


def _watched_area(user: User, area: str) -> str:
    """The village or town whose roads are looked at: that of the area that is shown.

    A county's are looked at a town at a time: first that of the lowest code.
    """
    prefix = prefix_of(area)[:12] if area else min(user.scope(Permission.CAMERA_VIEW).prefixes)[:9]
    if len(prefix) >= 9:
        return prefix.ljust(12, "0")
    town = Region.objects.filter(level="town", code__startswith=prefix).order_by("code").first()
    return town.code if town else prefix.ljust(12, "0")


def camera_page(request: HttpRequest, camera_id: int) -> HttpResponse:
    """A camera, its history, and for those who keep the register the forms to change it."""
    user = user_of(request)
    camera = the_camera(user, camera_id)
    may_edit = user.may(Permission.CAMERA_EDIT, camera.area_code)
    form, state = CameraForm.of(camera), StateForm(initial={"revision": camera.revision})

    def change() -> SiteForm | StateForm:
        """Do what was asked; the form that was filled in."""
        if request.POST.get("act") == "state":
            filled = StateForm(request.POST)
            if filled.is_valid():
                set_state(acting_user=user, camera_id=camera.pk, **filled.cleaned_data)
            return filled
        entered = CameraForm(request.POST)
        if entered.is_valid():
            save_camera(
                acting_user=user,
                values=entered.values(),
                place=entered.place,
                area=camera.area_code[:12],
                camera_id=camera.pk,
                revision=entered.cleaned_data["revision"],
            )
        return entered

    status = 200
    if request.method == "POST":
        filled, status = _done(request, change)
        if status == 200:
            return redirect("camera", camera.pk)
        camera = the_camera(user, camera_id)
        form = filled if isinstance(filled, CameraForm) else form
        state = filled if isinstance(filled, StateForm) else state
    return render(
        request,
        "navmap/sites/camera.html",
        {
            "camera": camera,
            "area": place_names([camera.area_code]).get(camera.area_code, ""),
            "lacks": shortfalls(camera, timezone.localdate()),
            "history": told_of(camera),
            "check": camera.checks.select_related("by").first(),
            "files": [file_row(one) for one in camera.files.order_by("-pk")[:12]],
            "incidents": Incident.objects.visible_to(user).filter(cameras=camera)[:20],
            "report": _report_address(camera) if user.may(Permission.INCIDENT_REPORT) else "",
            "form": form if may_edit else None,
            "state_form": state if may_edit else None,
        },
        status=status,
    )


def _report_address(camera: Camera) -> str:
    """The counter with what is known filled in."""
    lon, lat = camera.geom.coords if camera.geom else ("", "")
    what = _("%(name)s: the camera is out of order.") % {"name": camera.name}
    told = {
        "lon": lon, "lat": lat, "category": "camera-fault", "what": what, "camera": camera.pk,
    }  # fmt: skip
    return f"{reverse('counter')}?{urlencode(told)}"


def _done(
    request: HttpRequest, change: Callable[[], SiteForm | StateForm]
) -> tuple[SiteForm | StateForm | None, int]:
    """Run a change: the form where something is to be mended, and the status."""
    try:
        filled = change()
    except DomainError as error:
        messages.error(request, str(error))
        return None, error.status
    return filled, 200 if filled.is_valid() else 422


def new_camera(request: HttpRequest) -> HttpResponse:
    """Enter a camera."""
    user = user_of(request)
    form = CameraForm(request.POST or None, initial=_given(request))

    def save() -> HttpResponse:
        made = save_camera(acting_user=user, values=form.values(), place=form.place)
        return redirect("camera", made.pk)

    return _entered(request, form, save, _("Enter a camera"))


def new_point(request: HttpRequest) -> HttpResponse:
    """Enter a service point."""
    user = user_of(request)
    form = PointForm(request.POST or None, initial=_given(request))

    def save() -> HttpResponse:
        rota = form.cleaned_data["rota"]
        made = save_point(acting_user=user, values=form.values(), place=form.place, rota=rota)
        return redirect("service_point", made.pk)

    return _entered(request, form, save, _("Enter a service point"))


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("lon", "lat", "name") if name in request.GET}


def _entered(
    request: HttpRequest, form: SiteForm, save: Callable[[], HttpResponse], title: str
) -> HttpResponse:
    """What was entered is saved, or the form with what is to be mended."""
    if request.method == "POST" and form.is_valid():
        try:
            return save()
        except InputError as error:
            form.add_error(error.where if error.where in form.fields else None, str(error))
    context = {
        "form": form,
        "title": title,
        "config": map_config(request, user_of(request)),
        "import_map": import_map(),
    }
    status = 422 if form.errors else 200
    return render(request, "navmap/sites/new.html", context, status=status)


def point_page(request: HttpRequest, point_id: int) -> HttpResponse:
    """A service point with its rota, and for those who keep it the form to change it."""
    user = user_of(request)
    point = the_point(user, point_id)
    may_edit = user.may(Permission.POINT_EDIT, point.area_code)
    form = PointForm.of(point)

    def change() -> SiteForm:
        entered = PointForm(request.POST)
        if request.POST.get("act") == "end":
            end_point(acting_user=user, point_id=point.pk, revision=point.revision)
        elif entered.is_valid():
            save_point(
                acting_user=user,
                values=entered.values(),
                place=entered.place,
                area=point.area_code[:12],
                rota=entered.cleaned_data["rota"],
                point_id=point.pk,
                revision=entered.cleaned_data["revision"],
            )
        return entered

    status = 200
    if request.method == "POST":
        filled, status = _done(request, change)
        if status == 200 or (request.POST.get("act") == "end" and status == 422):
            return redirect("service_point", point.pk)
        point = the_point(user, point_id)
        form = filled if isinstance(filled, PointForm) else form
    return render(
        request,
        "navmap/sites/point.html",
        {
            "point": point,
            "area": place_names([point.area_code]).get(point.area_code, ""),
            "rota": [(DAYS[row.weekday - 1], row) for row in point.rota.all()],
            "form": form if may_edit and point.ended_on is None else None,
        },
        status=status,
    )


@require_safe
def points_page(request: HttpRequest) -> HttpResponse:
    """The service points of the person's area, by village."""
    user = user_of(request)
    found = ServicePoint.objects.visible_to(user).on(timezone.localdate())
    area = request.GET.get("area", "")
    if is_area_code(area):
        found = found.filter(area_code__startswith=prefix_of(area))
    rows = list(found.order_by("area_code", "kind", "pk")[:1_000])
    names = place_names({one.area_code for one in rows})
    return render(
        request,
        "navmap/sites/points.html",
        {
            "rows": [(one, names.get(one.area_code, "")) for one in rows],
            "may_edit": user.may(Permission.POINT_EDIT),
        },
    )
