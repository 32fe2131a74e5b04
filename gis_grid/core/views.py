"""Answers that belong to no app: errors in plain words, and whether the system is well."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from gis_grid.core.errors import (
    DomainError,
    MissingError,
    NotAllowedError,
    StalePageError,
    TooLargeError,
)
from gis_grid.core.faults import error_number_of
from gis_grid.core.health import states
from gis_grid.core.middleware import error_response
from gis_grid.core.security import wants_page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return error_response(request, TooLargeError(_("What was sent is too large.")))
    message = _("The request can't be read. Go back, load the page anew and try again.")
    return error_response(request, DomainError(message))


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, NotAllowedError(_("Your role does not include this.")))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(request, StalePageError())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, MissingError())


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks nothing of session and database: either may be what failed."""
    number = error_number_of(request)
    message = _(
        "Something went wrong on our side. Nothing was half-saved. "
        "Try again; if it stays so, tell your administrator the error number %(number)s."
    ) % {"number": number}
    if wants_page(request):
        return HttpResponse(
            render(None, "error_500.html", {"message": message}).content, status=500
        )
    error = DomainError(message, details={"number": number}).as_json() | {"code": "server_error"}
    return JsonResponse({"error": error}, status=500)


def healthz(request: HttpRequest) -> HttpResponse:
    """State words only: nothing that helps a stranger."""
    found = states()
    is_well = all(state == "ok" for state in found.values())
    body = {"status": "ok" if is_well else "unwell", **found}
    return JsonResponse(body, status=200 if is_well else 503)
