"""The map page and the pieces of it that come later: cards, table, counts, files.

All reading goes through the selectors that know the user; here is only what HTTP needs.
"""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import AreaLevel, is_area_code, level_of
from gis_grid.core.errors import MissingError
from gis_grid.core.moments import moment_of
from gis_grid.core.workbook import workbook_answer
from gis_grid.exchange.incoming.targets import targets_for
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.facilities.words import CAMERA_SIGNS
from gis_grid.households.filters import HouseholdFilter, TagMode
from gis_grid.households.selectors import visible_tags
from gis_grid.households.services.reveal import reveal
from gis_grid.incidents.models import Kind
from gis_grid.incidents.selectors import category_tree
from gis_grid.incidents.sight import LOOK_LABELS
from gis_grid.navmap import listing
from gis_grid.navmap.areas import bounds_of, counts_by_area
from gis_grid.navmap.basemaps import available
from gis_grid.navmap.cards import grid_card, household_card, region_card
from gis_grid.navmap.home import first_day_of, home_of, legend_of, villages_of
from gis_grid.navmap.page import import_map, leaflet_config, modules
from gis_grid.navmap.texts import catalogue
from gis_grid.navmap.workbook import write_workbook

PAGE_SIZE = 50
BIGGEST_ID = 2**63 - 1
# Columns of the list in their order; `sort` is the word that `listing` sorts by.
COLUMNS = (
    {"sort": "head", "label": _("Head of household")},
    {"sort": "tags", "label": _("Kinds")},
    {"sort": "address", "label": _("Address")},
    {"sort": "people", "label": _("People")},
    {"sort": "village", "label": _("Village")},
    {"sort": "grid", "label": _("Grid")},
    {"sort": "worker", "label": _("Grid worker")},
    {"sort": "informant", "label": _("Informant")},
    {"sort": "code", "label": _("Household code")},
)
PARTS = ("geo", "net", "map", "ui")


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The frame of the map; everything on it is fetched by the page."""
    user = user_of(request)
    return render(
        request,
        "navmap/map.html",
        {
            "config": map_config(request, user),
            "import_map": import_map(),
            "modules": modules(PARTS),
            "crumbs": home_of(user).crumbs,
            "villages": villages_of(user),
            "basemaps": available(),
            "today": timezone.localdate(),
            "sees_households": user.may(Permission.HOUSEHOLD_VIEW),
            "sees_cameras": user.may(Permission.CAMERA_VIEW),
            "camera_signs": CAMERA_SIGNS,
            "point_kinds": ServicePoint.Kind.choices,
            "sees_patrols": user.may(Permission.PATROL_VIEW),
            "brings_files": bool(targets_for(user)),
            "manages_devices": user.may(Permission.DEVICE_MANAGE),
            "sees_incidents": user.may(Permission.INCIDENT_VIEW),
            "may_report": user.may(Permission.INCIDENT_REPORT),
            "incident_looks": LOOK_LABELS.items(),
            "incident_kinds": Kind.choices,
            "incident_categories": category_tree(),
            "may_export": user.may(Permission.EXPORT),
            "may_audit": user.may(Permission.AUDIT_VIEW),
            "sees_welfare": user.may(Permission.WELFARE_VIEW),
        },
    )


def map_config(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the scripts of a page with the map need to know."""
    home = home_of(user)
    return {
        "home": {"bounds": home.bounds, "nearestZoom": home.nearest_zoom},
        "urls": {
            "tiles": "/tiles/{layer}/{z}/{x}/{y}.mvt",
            "household": reverse("household_card", args=[0]),
            "place": reverse("place_card", args=["0"]),
            "reveal": reverse("household_reveal", args=[0]),
            "table": reverse("household_table"),
            "counts": reverse("household_counts"),
            "export": reverse("household_export"),
            "search": "/api/v1/search",
            "health": "/healthz",
            "incident": reverse("incident", args=[0]),
            "camera": reverse("camera", args=[0]),
            "servicePoint": reverse("service_point", args=[0]),
            "near": "/api/v1/incidents/near",
            "incidents": reverse("incidents"),
            "report": reverse("counter"),
        },
        "csrf": get_token(request),
        "language": get_language(),
        "texts": catalogue(),
        "tags": legend_of(user),
        "looks": {look: str(label) for look, label in LOOK_LABELS.items()},
        "cameraStates": {state.value: str(state.label) for state in Camera.State},
        "kinds": {kind.value: str(kind.label) for kind in Kind},
        "may": {
            "export": user.may(Permission.EXPORT),
            "households": user.may(Permission.HOUSEHOLD_VIEW),
            "incidents": user.may(Permission.INCIDENT_VIEW),
            "cameras": user.may(Permission.CAMERA_VIEW),
        },
        "leaflet": leaflet_config(),
        "basemaps": available(),
        "today": timezone.localdate().isoformat(),
        "firstDay": first_day_of(user),
    }


def _filter(data: Any) -> HouseholdFilter:
    """The map's filter as it stands in an address or a form."""
    tags = tuple(slug for slug in data.get("tags", "").split(",") if slug)
    mode: TagMode = "all" if data.get("mode") == "all" else "any"
    return HouseholdFilter(tags=tags, mode=mode, area=data.get("area") or None)


@require_safe
def household_card_part(request: HttpRequest, household_id: int) -> HttpResponse:
    # Larger numbers than the database holds are simply no household.
    card = household_card(user_of(request), min(household_id, BIGGEST_ID))
    return render(request, "navmap/parts/household.html", {"card": card})


@require_safe
def place_card_part(request: HttpRequest, code: str) -> HttpResponse:
    """The card of a grid, or of a region above the villages."""
    user = user_of(request)
    if not is_area_code(code):
        raise MissingError
    if level_of(code) in (AreaLevel.VILLAGE, AreaLevel.GRID):
        at = request.GET.get("at")
        card = grid_card(user, code, moment_of(at) if at else None)
        sees = user.may(Permission.HOUSEHOLD_VIEW, code)
        return render(request, "navmap/parts/grid.html", {"card": card, "may_list": sees})
    sees = user.may(Permission.HOUSEHOLD_VIEW, code)
    return render(
        request, "navmap/parts/region.html", {"card": region_card(user, code), "may_list": sees}
    )


@require_POST
def household_reveal(request: HttpRequest, household_id: int) -> JsonResponse:
    resident = request.POST.get("resident", "")
    value = reveal(
        acting_user=user_of(request),
        household_id=min(household_id, BIGGEST_ID),
        field=request.POST.get("field", ""),
        resident_id=min(int(resident), BIGGEST_ID)
        if resident.isdecimal() and len(resident) < 30
        else None,
        reason=request.POST.get("reason", ""),
    )
    return JsonResponse({"value": value})


def _sort(data: Any) -> tuple[str, bool]:
    sort = data.get("sort") or "code"
    return sort.removeprefix("-"), sort.startswith("-")


@require_safe
def household_table(request: HttpRequest) -> HttpResponse:
    """A page of the list under the map's filter."""
    user = user_of(request)
    sort, descending = _sort(request.GET)
    asked = request.GET.get("page", "1")
    number = max(1, int(asked)) if asked.isdecimal() and len(asked) < 8 else 1
    chosen = _filter(request.GET)
    found = listing.page(
        user,
        chosen,
        sort=sort,
        descending=descending,
        offset=(number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    listing.log_reading(user, chosen, found)
    tags = {tag.slug: tag for tag in visible_tags(user)}
    rows = [(row, [tags[slug] for slug in row.tags if slug in tags]) for row in found.rows]
    return render(
        request,
        "navmap/parts/table.html",
        {
            "rows": rows,
            "found": found,
            "page": number,
            "pages": max(1, -(-found.total // PAGE_SIZE)),
            "first": found.offset + 1 if found.rows else 0,
            "last": found.offset + len(found.rows),
            "sort": sort,
            "descending": descending,
            "previous": number - 1,
            "next": number + 1,
            "columns": COLUMNS,
        },
    )


@require_safe
def household_counts(request: HttpRequest) -> JsonResponse:
    """Totals and, under a filter, the number of every area and the frame of the chosen one."""
    user, chosen = user_of(request), _filter(request.GET)
    counts = listing.counts(user, chosen)
    is_filtered = chosen.tags or chosen.area
    return JsonResponse(
        {
            "households": counts.households,
            "people": counts.people,
            "tags": counts.tags,
            "areas": counts_by_area(user, chosen) if is_filtered else None,
            "bounds": bounds_of(user, chosen.area) if chosen.area else None,
        }
    )


@require_POST
def household_export(request: HttpRequest) -> FileResponse:
    """The list under the map's filter as a workbook; large ones are kept on disk meanwhile."""
    sort, descending = _sort(request.POST)
    user, chosen = user_of(request), _filter(request.POST)
    name = gettext("Households %(day)s.xlsx") % {"day": timezone.localdate().isoformat()}
    return workbook_answer(
        name,
        lambda out: write_workbook(
            out,
            acting_user=user,
            filter=chosen,
            purpose=request.POST.get("purpose", ""),
            sort=sort,
            descending=descending,
        ),
    )
