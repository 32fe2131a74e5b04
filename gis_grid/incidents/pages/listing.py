"""The list of incidents. The counter has a map: it is in navmap."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record_once
from gis_grid.incidents.pages.forms import FilterForm
from gis_grid.incidents.reports import board
from gis_grid.territory.selectors import place_names

PAGE = 50
_SEEN_AGAIN = dt.timedelta(minutes=10)


@require_safe
def incidents_page(request: HttpRequest) -> HttpResponse:
    """The list under a filter, newest first, with how many stand in each state."""
    user = user_of(request)
    form = FilterForm(request.GET or None, initial={"state": "open"})
    asked = form.asked()
    found = asked.of(user).select_related("category", "assignee_user").order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    page = list(found[: PAGE + 1])
    names = place_names({one.area_code for one in page})
    record_once(
        within=_SEEN_AGAIN,
        acting_user=user,
        action="incidents_listed",
        subject_type="incident",
        area_code=user.scope(Permission.INCIDENT_VIEW).common_area(),
    )
    query = request.GET.copy()
    if len(page) > PAGE:
        query["before"] = str(page[PAGE - 1].pk)
    return render(
        request,
        "incidents/list.html",
        {
            "form": form,
            "rows": [(one, names.get(one.area_code, "")) for one in page[:PAGE]],
            "next": query.urlencode() if len(page) > PAGE else "",
            "columns": [column for column in board(user, asked) if column["count"]],
            "may_report": user.may(Permission.INCIDENT_REPORT),
        },
    )
