"""The list of plans, a new draft, the drawing page. What is drawn goes through `/api/v1/plans`."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import AreaLevel, level_of
from gis_grid.core.errors import InputError, NotAllowedError
from gis_grid.navmap.basemaps import available
from gis_grid.navmap.drawing.reference import reference_lines
from gis_grid.navmap.drawing.texts import catalogue
from gis_grid.navmap.home import home_of, legend_of
from gis_grid.navmap.page import import_map, leaflet_config, modules
from gis_grid.territory.models import Plan, Region
from gis_grid.territory.plans.selectors import plan_for
from gis_grid.territory.plans.steps import create_plan
from gis_grid.territory.selectors import place_names

MOST_PLANS = 200
PARTS = ("geo", "net", "map", "ui", "draw", "draw/panels", "draw/tools")


class NewPlanForm(forms.Form):
    """What a draft starts with."""

    title = forms.CharField(label=_("Title"), max_length=80)
    area_code = forms.ChoiceField()
    effective_on = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = forms.ChoiceField(
            label=_("Area that it may change"), choices=areas_to_draw(user)
        )
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"


def areas_to_draw(user: User) -> list[tuple[str, str]]:
    """Towns and villages in which the person may draw, each village under its town."""
    scope = user.scope(Permission.PLAN_DRAFT)
    levels = (Region.Level.TOWN, Region.Level.VILLAGE)
    found = Region.objects.filter(scope.q("code"), level__in=levels, geom__isnull=False)
    return [
        (code, name if level_of(code) is AreaLevel.TOWN else f"　{name}")
        for code, name in found.order_by("code").values_list("code", "name")
    ]


def plans_page(request: HttpRequest) -> HttpResponse:
    """All plans in sight, and the form for a new draft for who may draw."""
    user = user_of(request)
    form = None
    if user.may(Permission.PLAN_DRAFT):
        form = NewPlanForm(
            user, request.POST or None, initial={"effective_on": timezone.localdate().isoformat()}
        )
        if request.method == "POST" and form.is_valid():
            try:
                plan = create_plan(acting_user=user, **form.cleaned_data)
                return redirect("plan", plan.pk)
            except InputError as error:
                form.add_error(error.where if error.where in form.fields else None, str(error))
    elif request.method == "POST":
        raise NotAllowedError(_("You may not draw boundaries."))
    plans = list(Plan.objects.visible_to(user).select_related("author")[:MOST_PLANS])
    names = place_names({plan.area_code for plan in plans})
    rows = [(plan, names.get(plan.area_code, "")) for plan in plans]
    return render(request, "navmap/drawing/plans.html", {"rows": rows, "form": form})


@require_safe
def plan_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The frame of the drawing page; the plan itself is fetched by the page."""
    user = user_of(request)
    plan = plan_for(user, plan_id)
    sees = user.may(Permission.HOUSEHOLD_VIEW)
    return render(
        request,
        "navmap/drawing/plan.html",
        {
            "plan": plan,
            "config": _config(request, user, plan),
            "import_map": import_map(),
            "modules": modules(PARTS),
            "basemaps": available(),
            "today": timezone.localdate(),
            "sees_households": sees,
        },
    )


@require_safe
def plan_reference(request: HttpRequest, plan_id: int) -> JsonResponse:
    """Roads and streams around the plan's area, `{lines: […]}`."""
    user = user_of(request)
    return JsonResponse({"lines": reference_lines(user, plan_for(user, plan_id))})


def _config(request: HttpRequest, user: User, plan: Plan) -> dict[str, Any]:
    api = f"/api/v1/plans/{plan.pk}"
    return {
        "plan": plan.pk,
        "user": user.pk,
        "urls": {
            "plan": api,
            **{name: f"{api}/{name}" for name in ("geojson", "diff", "points", "operations")},
            "presence": f"{api}/presence",
            "grids": "/api/v1/grids",
            "area": plan.area_code,
            "other": reverse("plan", args=[0]),
            "reference": reverse("plan_reference", args=[plan.pk]),
            "tiles": "/tiles/{layer}/{z}/{x}/{y}.mvt",
            "health": "/healthz",
        },
        "csrf": get_token(request),
        "language": get_language(),
        "texts": catalogue(),
        "tags": legend_of(user),
        "may": {"households": user.may(Permission.HOUSEHOLD_VIEW)},
        "leaflet": leaflet_config(),
        "basemaps": available(),
        "place": _opening(user, plan),
    }


def _opening(user: User, plan: Plan) -> dict[str, float]:
    """Where the map opens until the draft has come."""
    region = Region.objects.filter(code=plan.area_code).first()
    bounds = region.geom.extent if region is not None and region.geom is not None else None
    west, south, east, north = bounds or home_of(user).bounds or (73.0, 18.0, 136.0, 54.0)
    return {"lng": (west + east) / 2, "lat": (south + north) / 2, "zoom": 13}
