"""The counter: one window where incidents are taken in, the place by search or on the map."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError, InputError, MissingError
from gis_grid.incidents.handling import handling_notes
from gis_grid.incidents.models import Incident
from gis_grid.incidents.services import reporting
from gis_grid.incidents.services.attaching import attach
from gis_grid.navmap.page import import_map
from gis_grid.navmap.patrolling.forms import FoundForm
from gis_grid.navmap.views import map_config
from gis_grid.patrols.services.runs import link_incident

_GIVEN = ("lon", "lat", "category", "what", "address", "camera", "household", "point", "run")


def counter(request: HttpRequest) -> HttpResponse:
    """Take in an incident; what the address gives stands in the form already."""
    user = user_of(request)
    start = {name: request.GET.get(name) for name in _GIVEN if request.GET.get(name)}
    form = FoundForm(user, request.POST or None, request.FILES or None, initial=start)
    if request.method == "POST" and form.is_valid():
        run, photo = form.cleaned_data.pop("run"), form.cleaned_data["photo"]
        try:
            with transaction.atomic():
                made = _reported(user, form.told())
                if run is not None:
                    link_incident(acting_user=user, run_id=run, incident_id=made.pk)
        except DomainError as error:
            # What was written stays in the form; an error of a hidden field stands above it.
            shown = [field.name for field in form.visible_fields()]
            form.add_error(error.where if error.where in shown else None, str(error))
        else:
            number = {"number": made.register_no}
            messages.info(request, _("Taken in under the number %(number)s.") % number)
            if photo is not None:
                _attach(request, made, photo)
            if run is not None:
                return redirect("patrol_run", run)
            return redirect("incident", made.pk)
    return render(
        request,
        "navmap/counter.html",
        {
            "form": form,
            "config": map_config(request, user) | {"handling": handling_notes()},
            "import_map": import_map(),
        },
        status=422 if form.errors else 200,
    )


def _reported(user: User, told: reporting.Report) -> Incident:
    """The incident; InputError where the person does not report."""
    try:
        return reporting.report(acting_user=user, told=told)
    except MissingError:
        raise InputError(_("You don't report there: move the pin, or tell those who do.")) from None


def _attach(request: HttpRequest, incident: Incident, photo: "UploadedFile[bytes]") -> None:
    """What was told is taken in with or without it; why a file is not taken is said."""
    try:
        attach(
            acting_user=user_of(request),
            incident_id=incident.pk,
            name=photo.name or "",
            content=photo.read(),
        )
    except DomainError as error:
        messages.error(request, _("The file was not taken: %(why)s") % {"why": error})
