"""Headers, language and errors of every answer."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from gis_grid.core.errors import DomainError, InputError, MissingError, NotSignedInError
from gis_grid.core.security import (
    HEADERS,
    content_security_policy,
    new_nonce,
    wants_page,
)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
Handler = Callable[[HttpRequest], HttpResponse]


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """JSON for scripts, a page for people; the same status and sentence.

    Who is not signed in and opens a page is taken to the sign-in page and back.
    """
    if not wants_page(request):
        return JsonResponse({"error": error.as_json()}, status=error.status)
    if isinstance(error, NotSignedInError):
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    return render(request, "error.html", {"error": error}, status=error.status)


class SecurityHeadersMiddleware:
    """Content policy with `request.csp_nonce`; private and unstored unless the view says else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = new_nonce()
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        policy = content_security_policy(nonce)
        response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class PlainTextMiddleware:
    """Refuses parameters with characters that no keyboard writes; the database takes no NUL.

    Tab and line breaks are text. Cookies of that kind are none of ours: they are dropped.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if _CONTROL.search(value)]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: dict[str, object]
    ) -> HttpResponse | None:
        if any(isinstance(part, str) and _CONTROL.search(part) for part in kwargs.values()):
            return error_response(request, MissingError())
        for data in (request.GET, request.POST):
            for name, values in data.lists():
                if any(_CONTROL.search(text) for text in (name, *values)):
                    message = _("The text holds a character that can't be shown. Type it anew.")
                    where = _CONTROL.sub("", name)
                    return error_response(request, InputError(message, where=where))
        return None


class LanguageMiddleware:
    """The language that the person chose, else the default one.

    Unlike Django's own it does not ask the browser: many an office computer was set up in
    English for a person who reads Chinese. Programs with a token are asked: they know.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = {code for code, _name in settings.LANGUAGES}
        if chosen in known:
            language = chosen
        elif "Authorization" in request.headers:
            language = translation.get_language_from_request(request)
        else:
            language = settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class DomainErrorMiddleware:
    """One place where domain errors become answers of pages."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return error_response(request, error) if isinstance(error, DomainError) else None
