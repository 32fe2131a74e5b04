"""How long a session lives, and what comes before everything else in it."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import NotAllowedError
from gis_grid.core.middleware import error_response
from gis_grid.core.security import wants_page

Handler = Callable[[HttpRequest], HttpResponse]

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
SEEN_EVERY_S = 60
# Requests that come by the hundred write only once half of the idle time has gone.
FREQUENT = ("/tiles/",)
# A page asks for these by itself: that one lies open is no sign that somebody is there.
UNASKED = ("/live/",)
# Names of the routes that somebody who must change the password can open.
OPEN_BEFORE_CHANGE = {"password", "sign_out", "set_language", "healthz"}


def start_session(*, request: HttpRequest, **kwargs: object) -> None:
    """Set the session's clocks: receiver of Django's `user_logged_in`."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())


class SessionLimitsMiddleware:
    """Ends sessions that were left alone or have lasted their time; notes that one is in use."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        # The health check answers even where the sessions' database does not.
        if has_session and not request.path.endswith("/healthz") and request.user.is_authenticated:
            self._limit(request)
        return self.get_response(request)

    def _limit(self, request: HttpRequest) -> None:
        now, session = int(time.time()), request.session
        idle_s = settings.SESSION_IDLE.total_seconds()
        seen = session.get(SEEN_AT, 0)
        began = session.get(SIGNED_IN_AT, 0)
        if now - seen > idle_s or now - began > settings.SESSION_LIFETIME.total_seconds():
            logout(request)
            return
        if request.path.startswith(UNASKED):
            return
        every_s = idle_s / 2 if request.path.startswith(FREQUENT) else SEEN_EVERY_S
        if now - seen >= every_s:
            session[SEEN_AT] = now


class PasswordChangeMiddleware:
    """Somebody with a password that another person has seen does nothing before a new one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or name in OPEN_BEFORE_CHANGE:
            return None
        # The API's own login says it, and a bearer token is no session.
        if request.path.startswith("/api/"):
            return None
        user = request.user
        if not isinstance(user, User) or not user.must_change_password:
            return None
        if wants_page(request):
            return redirect(reverse("password"))
        return error_response(request, NotAllowedError(_("Change your password first.")))
