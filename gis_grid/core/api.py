"""Errors of the typed API in the one form that pages and scripts know."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from gis_grid.core.complaints import sentence_of
from gis_grid.core.errors import (
    DomainError,
    InputError,
    MissingError,
    NotAllowedError,
    NotSignedInError,
)


def install_error_handlers(api: NinjaAPI) -> None:
    """Every refusal of `api` becomes `{"error": {code, message, where, details}}`."""

    def answer(request: HttpRequest, error: DomainError) -> HttpResponse:
        return api.create_response(request, {"error": error.as_json()}, status=error.status)

    @api.exception_handler(DomainError)
    def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
        return answer(request, error)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return answer(request, input_error(error.errors))

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(request, NotSignedInError(_("Sign in, or send a bearer token.")))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(request, MissingError())

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        # The library's only 400 of its own: a body that is no JSON.
        if error.status_code == HTTPStatus.BAD_REQUEST:
            found: DomainError = InputError(_("The body of the request is no JSON."))
        elif error.status_code == HTTPStatus.FORBIDDEN:
            found = NotAllowedError(str(error))
        else:
            found = DomainError(str(error))
        body = {"error": found.as_json()}
        return api.create_response(request, body, status=error.status_code)


def input_error(errors: list[dict[str, Any]]) -> InputError:
    """The first complaint as the sentence, all of them in `details`; values are not repeated."""
    found = [
        {"where": ".".join(str(part) for part in e["loc"][1:]), "message": sentence_of(e)}
        for e in errors
    ]
    first = found[0]
    return InputError(first["message"], where=first["where"], details={"errors": found})
