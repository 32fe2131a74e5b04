"""The list and the board of incidents. The counter has a map: it is in navmap."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record_once
from gis_grid.core.errors import InputError, MissingError
from gis_grid.incidents.filters import IncidentFilter
from gis_grid.incidents.models import SavedFilter
from gis_grid.incidents.pages.forms import FilterForm
from gis_grid.incidents.reports import board, board_with_cases
from gis_grid.incidents.services.saving import drop_filter, save_filter
from gis_grid.territory.selectors import place_names

PAGE = 50
ON_BOARD = 8
_SEEN_AGAIN = dt.timedelta(minutes=10)


@require_safe
def incidents_page(request: HttpRequest) -> HttpResponse:
    """The list under a filter, newest first, with how many stand in each state."""
    user, asked, context = _filtered(request)
    found = asked.of(user).select_related("category", "assignee_user").order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    page = list(found[: PAGE + 1])
    names = place_names({one.area_code for one in page})
    query = request.GET.copy()
    if len(page) > PAGE:
        query["before"] = str(page[PAGE - 1].pk)
    context |= {
        "rows": [(one, names.get(one.area_code, "")) for one in page[:PAGE]],
        "next": query.urlencode() if len(page) > PAGE else "",
        "columns": [column for column in board(user, asked) if column["count"]],
    }
    return render(request, "incidents/list.html", context)


@require_safe
def board_page(request: HttpRequest) -> HttpResponse:
    """A column for each state, with the cases that are due first."""
    user, asked, context = _filtered(request)
    columns = [one for one in board_with_cases(user, asked, most=ON_BOARD) if one["count"]]
    names = place_names(case.area_code for column in columns for case in column["cases"])
    for column in columns:
        column["cases"] = [(case, names.get(case.area_code, "")) for case in column["cases"]]
        query = request.GET.copy()
        query["state"] = column["state"]
        column["query"] = query.urlencode()
    return render(request, "incidents/board.html", context | {"columns": columns})


def _filtered(request: HttpRequest) -> tuple[User, IncidentFilter, dict[str, Any]]:
    """Who asks for what, and what list and board both show of it; the look is logged."""
    user = user_of(request)
    form = FilterForm(request.GET or None, initial={"state": "open"})
    asked = form.asked()
    record_once(
        within=_SEEN_AGAIN,
        acting_user=user,
        action="incidents_listed",
        subject_type="incident",
        area_code=user.scope(Permission.INCIDENT_VIEW).common_area(),
    )
    context = {
        "form": form,
        "saved": SavedFilter.objects.filter(user=user),
        "query": request.GET.urlencode(),
        "out_query": _as_shown(request),
        "may_report": user.may(Permission.INCIDENT_REPORT),
        "may_export": user.may(Permission.EXPORT),
        "may_rule": user.may(Permission.INCIDENT_RULES),
    }
    return user, asked, context


def _as_shown(request: HttpRequest) -> str:
    """The filter for a file: there no state means all of them, here those that are open."""
    query = request.GET.copy()
    query.setdefault("state", "open")
    return query.urlencode()


@require_POST
def saved_filters(request: HttpRequest) -> HttpResponse:
    """Keep the filter that is shown, or take one away; then back to the list."""
    user = user_of(request)
    query = request.POST.get("query", "")[:2_000]
    try:
        if drop := request.POST.get("drop", ""):
            if not (drop.isascii() and drop.isdecimal() and len(drop) < 18):
                raise MissingError
            drop_filter(acting_user=user, filter_id=int(drop))
        else:
            save_filter(acting_user=user, name=request.POST.get("name", ""), query=query)
    except InputError as error:
        messages.error(request, str(error))
    kept = QueryDict(query)
    return redirect(f"{reverse('incidents')}?{kept.urlencode()}")
