"""Who calls the services: a token, or for reading a signed-in browser.

The token comes as bearer or, for programs that know no other way (QGIS to 3.22, ArcGIS), as the
password of HTTP Basic. No answer asks for it (`WWW-Authenticate`): a browser would then show its
own window, keep what was typed, and send it along with whatever another site makes it ask.

A browser's session changes nothing here, so that there is no cookie that another site could
ride on.
"""

import base64
import binascii
import functools
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from gis_grid.accounts.access import user_of
from gis_grid.accounts.api_auth import user_of_token
from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError, InputError, NotSignedInError
from gis_grid.core.middleware import error_response

View = Callable[..., HttpResponseBase]
_SAFE = ("GET", "HEAD")


def caller_of(request: HttpRequest) -> User:
    """NotSignedInError for a stranger, and for a session that wants to change something."""
    said = request.headers.get("Authorization", "")
    if token := _token_in(said):
        request.user = user_of_token(token)
        return request.user
    if said or request.method not in _SAFE:
        raise NotSignedInError(_("Sign in, or send a bearer token."))
    return user_of(request)


def _token_in(said: str) -> str:
    """The token in a header `Authorization`, "" where there is none.

    Of HTTP Basic it is the password; the name says nothing, the token alone says who it is.
    """
    kind, _space, value = said.partition(" ")
    match kind.lower():
        case "bearer":
            return value.strip()
        case "basic":
            try:
                text = base64.b64decode(value.strip(), validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return ""
            return text.partition(":")[2]
    return ""


def by_token(*methods: str) -> Callable[[View], View]:
    """What the view answers to. A refusal of what was asked is a 400.

    `OPTIONS` says which methods there are; by the view itself, where it is one of them.
    """
    allowed = allow(methods)

    def wrap(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = caller_of(request)
            method = "GET" if request.method == "HEAD" else request.method
            if method == "OPTIONS" and "OPTIONS" not in methods:
                return abilities(methods)
            if method not in methods:
                return _not_here(request, allowed)
            try:
                return view(request, user, *args, **kwargs)
            except InputError as error:
                answer = error_response(request, error)
                if request.method in _SAFE and error.status == InputError.status:
                    answer.status_code = HTTPStatus.BAD_REQUEST
                return answer

        # What the table of addresses reads (`accounts.access`).
        vars(guarded)["access"] = "signed in"
        return guarded

    return wrap


def allow(methods: Iterable[str]) -> str:
    """The header `Allow` of these methods."""
    return ", ".join(sorted({*methods, "HEAD", "OPTIONS"}))


def abilities(methods: Iterable[str]) -> HttpResponse:
    """What OPTIONS answers."""
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": allow(methods)})


def _not_here(request: HttpRequest, allowed: str) -> HttpResponse:
    answer = error_response(request, DomainError(_("This can't be done here.")))
    answer.status_code = HTTPStatus.METHOD_NOT_ALLOWED
    answer["Allow"] = allowed
    return answer
