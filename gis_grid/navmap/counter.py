"""The counter: one window where incidents are taken in, the place by search or on the map."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gis_grid.accounts.access import user_of
from gis_grid.core.errors import InputError
from gis_grid.incidents.pages.forms import ReportForm
from gis_grid.incidents.services import reporting
from gis_grid.navmap.page import import_map
from gis_grid.navmap.views import map_config

_GIVEN = ("lon", "lat", "category", "what", "address", "camera", "household", "point")


def counter(request: HttpRequest) -> HttpResponse:
    """Take in an incident; what the address gives stands in the form already."""
    user = user_of(request)
    start = {name: request.GET.get(name) for name in _GIVEN if request.GET.get(name)}
    form = ReportForm(user, request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = reporting.report(acting_user=user, told=form.told())
        except InputError as error:
            form.add_error(error.where if error.where in form.fields else None, str(error))
        else:
            number = {"number": made.register_no}
            messages.info(request, _("Taken in under the number %(number)s.") % number)
            return redirect("incident", made.pk)
    return render(
        request,
        "navmap/counter.html",
        {
            "form": form,
            "config": map_config(request, user),
            "import_map": import_map(),
        },
        status=422 if form.errors else 200,
    )
