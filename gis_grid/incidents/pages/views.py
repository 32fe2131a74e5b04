"""Pages of incidents: the list and the file of each. The counter has a map: it is in navmap."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record_once
from gis_grid.core.errors import DomainError, InputError
from gis_grid.incidents import rows
from gis_grid.incidents.machine import RULES
from gis_grid.incidents.models import Incident
from gis_grid.incidents.pages.forms import FilterForm, StepForm
from gis_grid.incidents.pages.words import STEPS
from gis_grid.incidents.reports import board
from gis_grid.incidents.selectors import open_steps, the_incident
from gis_grid.incidents.services import attaching, steps
from gis_grid.incidents.services.writing import log
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


def incident_page(request: HttpRequest, incident_id: int) -> HttpResponse:
    """The file of one case, and the steps that the person may take with it now."""
    user = user_of(request)
    incident = the_incident(user, incident_id)
    wrong: StepForm | None = None
    status = 200
    if request.method == "POST":
        try:
            wrong = _take(request, user, incident)
        except DomainError as error:
            # Somebody else was there, or the state has changed: what stands now is shown.
            messages.error(request, str(error))
            status = error.status
            incident = the_incident(user, incident_id)
        else:
            if wrong is None:
                return redirect("incident", incident.pk)
            status = 422
    log(incident, user, "incident_read")
    return render(request, "incidents/file.html", _shown(incident, user, wrong), status=status)


def _take(request: HttpRequest, user: User, incident: Incident) -> StepForm | None:
    """Take the step that was sent; the form where something is missing in it."""
    if (file := request.FILES.get("file")) is not None:
        attaching.attach(
            acting_user=user,
            incident_id=incident.pk,
            name=file.name or "",
            content=file.read(),
        )
        return None
    step = request.POST.get("step", "")
    if step not in RULES:
        raise InputError(_("There is no such step."), where="step")
    form = StepForm(step, request.POST)
    if not form.is_valid():
        return form
    steps.take(
        acting_user=user,
        incident_id=incident.pk,
        step=step,
        revision=form.cleaned_data["revision"],
        said=form.said(),
    )
    return None


def _shown(incident: Incident, user: User, wrong: StepForm | None) -> dict[str, Any]:
    file = rows.file_of(incident, user)
    codes = {incident.area_code, incident.area_then, *file["sides"]}
    names = place_names(codes)
    now = {"revision": incident.revision}
    offered = [one["step"] for one in open_steps(incident, user)]
    forms = [
        wrong if wrong is not None and wrong.data.get("step") == step else StepForm(
            str(step), initial={"step": step, **now}
        )
        for step in offered
    ]  # fmt: skip
    return {
        "incident": incident,
        "file": file,
        "area": names.get(incident.area_code, ""),
        "area_then": names.get(incident.area_then, ""),
        "sides": [names.get(code, code) for code in file["sides"]],
        "timeline": [
            (step, STEPS.get(step.step, step.step))
            for step in incident.steps.select_related("actor", "assignee_user")
        ],
        "steps": forms,
        "may_attach": attaching.may_attach(incident, user),
    }
