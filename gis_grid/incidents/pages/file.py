"""The file of one case (一案一卷): what it holds, and what the person may do with it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import DomainError, InputError, MissingError
from gis_grid.incidents import rows
from gis_grid.incidents.machine import RULES
from gis_grid.incidents.models import Incident
from gis_grid.incidents.pages.forms import ConcernForm, RevealForm, StepForm
from gis_grid.incidents.selectors import open_steps, reporters_of, the_incident
from gis_grid.incidents.services import attaching, concerning, merging, steps
from gis_grid.incidents.services.reveal import reveal_reporter
from gis_grid.incidents.services.writing import log
from gis_grid.incidents.words import STEPS
from gis_grid.territory.selectors import place_names

# What an act answers: a form in which something is missing, what is shown this once, or the
# incident to go on with.
_Outcome = forms.Form | dict[str, Any] | Incident


def incident_page(request: HttpRequest, incident_id: int) -> HttpResponse:
    """The file, and the steps that the person may take with it now."""
    user = user_of(request)
    incident = the_incident(user, incident_id)
    shown: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        try:
            outcome = _act(request, user, incident)
        except DomainError as error:
            # Somebody else was there, or the state has changed: what stands now is shown.
            messages.error(request, str(error))
            status = error.status
            incident = the_incident(user, incident_id)
        else:
            if isinstance(outcome, Incident):
                return redirect("incident", outcome.pk)
            if isinstance(outcome, forms.Form):
                shown["wrong"], status = outcome, 422
            else:
                shown |= outcome
    log(incident, user, "incident_read")
    context = context_of(incident, user) | _acts(incident, user, shown.get("wrong")) | shown
    answer = render(request, "incidents/file.html", context, status=status)
    add_never_cache_headers(answer)
    return answer


def _act(request: HttpRequest, user: User, incident: Incident) -> _Outcome:
    act = _ACTS.get(request.POST.get("act", "step"))
    if act is None:
        raise InputError(_("There is no such step."), where="act")
    return act(request, user, incident)


def _take(request: HttpRequest, user: User, incident: Incident) -> _Outcome:
    step = request.POST.get("step", "")
    if step not in RULES:
        raise InputError(_("There is no such step."), where="step")
    form = StepForm(step, request.POST, people=_people(step, incident))
    if not form.is_valid():
        return form
    steps.take(
        acting_user=user,
        incident_id=incident.pk,
        step=step,
        revision=form.cleaned_data["revision"],
        said=form.said(),
    )
    return incident


def _attach(request: HttpRequest, user: User, incident: Incident) -> _Outcome:
    file = request.FILES.get("file")
    if file is None:
        raise InputError(_("Choose a file first."), where="file")
    attaching.attach(
        acting_user=user, incident_id=incident.pk, name=file.name or "", content=file.read()
    )
    return incident


def _merge(request: HttpRequest, user: User, incident: Incident) -> _Outcome:
    into, revision = (_number(request.POST.get(name, "")) for name in ("into", "revision"))
    return merging.merge(acting_user=user, incident_id=incident.pk, into_id=into, revision=revision)


def _concern(request: HttpRequest, user: User, incident: Incident) -> _Outcome:
    form = ConcernForm(user, request.POST)
    if not form.is_valid():
        return form
    return concerning.complain_of(
        acting_user=user,
        incident_id=incident.pk,
        revision=form.cleaned_data["revision"],
        login=form.cleaned_data["complained_of"],
    )


def _reveal(request: HttpRequest, user: User, incident: Incident) -> _Outcome:
    """A reporter's name or phone, shown in this one answer and nowhere kept."""
    of = _number(request.POST.get("of", ""))
    if of != incident.pk and not incident.merged.filter(pk=of).exists():
        raise MissingError
    form = RevealForm(of, request.POST)
    if not form.is_valid():
        return form
    told = form.cleaned_data
    value = reveal_reporter(
        acting_user=user, incident_id=of, field=told["detail"], reason=told["purpose"]
    )
    return {"revealed_of": of, "revealed": value or _("not on record")}


def _number(text: str) -> int:
    """A key or revision of the page's own fields; what else stands there is not to be found."""
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise MissingError
    return int(text)


_ACTS: dict[str, Callable[[HttpRequest, User, Incident], _Outcome]] = {
    "step": _take,
    "attach": _attach,
    "merge": _merge,
    "concern": _concern,
    "reveal": _reveal,
}


def _people(step: str, incident: Incident) -> list[User]:
    return steps.workers_of(incident) if "assignee" in RULES[step].needs else []


def _acts(incident: Incident, user: User, wrong: forms.Form | None) -> dict[str, Any]:
    """Forms of what the person may do now; `wrong` stands in for the one that it is."""
    offered: list[forms.Form] = []
    for one in open_steps(incident, user):
        step = str(one["step"])
        if isinstance(wrong, StepForm) and wrong.data.get("step") == step:
            offered.append(wrong)
            continue
        initial = {"step": step, "revision": incident.revision}
        offered.append(StepForm(step, initial=initial, people=_people(step, incident)))
    may_merge = merging.may_merge(incident, user)
    same = merging.duplicates_of(user, incident) if may_merge else []
    acts: dict[str, Any] = {
        "steps": offered,
        "may_attach": attaching.may_attach(incident, user),
        "duplicates": [(one, far) for one, far in same if merging.may_merge(one, user)],
        "may_export": user.may(Permission.EXPORT, incident.area_code),
    }
    if concerning.may_say(incident, user):
        blank = ConcernForm(user, initial={"revision": incident.revision})
        acts["concern"] = wrong if isinstance(wrong, ConcernForm) else blank
    if user.may(Permission.PERSONAL_REVEAL, incident.area_code):
        people = reporters_of(incident)
        acts["reporters"] = [(one, _reveal_form(one["incident"], wrong)) for one in people]
    return acts


def _reveal_form(of: int, wrong: forms.Form | None) -> RevealForm:
    if isinstance(wrong, RevealForm) and wrong.data.get("of") == str(of):
        return wrong
    return RevealForm(of)


def context_of(incident: Incident, user: User) -> dict[str, Any]:
    """The case as it is read, on a page and on paper."""
    file = rows.file_of(incident, user)
    names = place_names({incident.area_code, incident.area_then, *file["sides"]})
    return {
        "incident": incident,
        "file": file,
        "cameras": list(incident.cameras.visible_to(user)),
        "service_points": list(incident.service_points.visible_to(user)),
        "households": list(incident.households.visible_to(user)),
        "reporters": [(one, None) for one in file["reporters"]],
        "area": names.get(incident.area_code, ""),
        "area_then": names.get(incident.area_then, ""),
        "sides": [names.get(code, code) for code in file["sides"]],
        "timeline": [
            (step, STEPS.get(step.step, step.step))
            for step in incident.steps.select_related("actor", "assignee_user")
        ],
    }
