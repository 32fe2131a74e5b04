"""The lanes of a month: which were walked how often, and which never."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import is_area_code
from gis_grid.core.errors import MissingError
from gis_grid.navmap.patrolling.views import with_map
from gis_grid.patrols.api import month_of
from gis_grid.patrols.selectors import MonthCoverage, month_coverage
from gis_grid.territory.models import Region


@require_safe
def coverage_page(request: HttpRequest) -> HttpResponse:
    """Which lanes of a village were walked how often in a month, and which never."""
    user = user_of(request)
    user.require(Permission.PATROL_VIEW)
    scope = user.scope(Permission.PATROL_VIEW)
    villages = list(Region.objects.filter(scope.q("code"), level="village").order_by("code"))
    area = request.GET.get("area", "")
    if not is_area_code(area):
        area = villages[0].code if villages else ""
    month = request.GET.get("month", "")
    since, until = month_of(month)
    found = month_coverage(user, area, since, until)
    if found is None:
        raise MissingError(where="area")
    shapes = {"lanes": [[_coords(one.line), one.runs] for one in found.lanes]}
    return render(
        request,
        "navmap/patrols/coverage.html",
        with_map(request, user, shapes)
        | {
            "area": area,
            "month": f"{timezone.localtime(since):%Y-%m}",
            "villages": [(one.code, one.name) for one in villages],
            "runs": found.runs,
            "percent": None if found.share is None else 100 * found.share,
            "never": _never(found),
        },
    )


def _coords(line: Any) -> list[Any]:
    return [[round(x, 6), round(y, 6)] for x, y in line.coords]


def _never(found: MonthCoverage) -> list[tuple[str, float, float, float]]:
    """Lanes that nobody walked, the longest first: name, metres, and a place on each."""
    lanes = sorted((one for one in found.lanes if not one.runs), key=lambda one: -one.metres)
    places = [one.line.interpolate(0.5, normalized=True) for one in lanes[:100]]
    return [
        (one.name, one.metres, place.x, place.y) for one, place in zip(lanes, places, strict=False)
    ]
