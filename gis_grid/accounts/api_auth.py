"""Who calls the API: a bearer token, or the session of the browser (`auth=API_AUTH`).

Both answer the `User`, in `request.auth` and in `request.user`.
"""

import datetime as dt
import hashlib

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja.errors import HttpError
from ninja.security import APIKeyCookie, HttpBearer

from gis_grid.accounts.backends import may_sign_in
from gis_grid.accounts.models import ApiToken, User
from gis_grid.core.errors import NotAllowedError, NotSignedInError, StalePageError

USE_NOTED_EVERY = dt.timedelta(minutes=1)


def digest_of(token: str) -> bytes:
    """SHA-256: enough for 256 random bits, which nobody can try through."""
    return hashlib.sha256(token.encode()).digest()


def user_of_token(token: str) -> User:
    """The token's person; NotSignedInError where it is unknown, expired, revoked or disabled.

    One sentence for all of these: a stranger learns nothing from it.
    """
    now = timezone.now()
    found = ApiToken.objects.select_related("user").filter(digest=digest_of(token)).first()
    if (
        found is None
        or found.revoked_at is not None
        or (found.expires_at is not None and found.expires_at <= now)
        or not may_sign_in(found.user)
    ):
        raise NotSignedInError(
            _("This token is not valid, or no longer. Ask your administrator for a new one.")
        )
    stale = now - USE_NOTED_EVERY
    if found.last_used_at is None or found.last_used_at < stale:
        ApiToken.objects.filter(
            Q(last_used_at=None) | Q(last_used_at__lt=stale), pk=found.pk
        ).update(last_used_at=now)
    return found.user


class TokenAuth(HttpBearer):
    """`Authorization: Bearer gg_…`. A token that fails ends the call; no session stands in."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        request.user = user_of_token(token)
        return request.user


class SessionAuth(APIKeyCookie):
    """The signed-in browser; writes need the CSRF token in `X-CSRFToken`."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> User | None:
        # Without a session there is nothing to forge: say 401, not that a token is missing.
        if not isinstance(request.user, User) or not request.user.is_active:
            return None
        try:
            super().__call__(request)
        except HttpError as error:
            # The library's only one of its own: the CSRF token is missing or another's.
            raise StalePageError from error
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        user = request.user
        if isinstance(user, User) and user.must_change_password:
            raise NotAllowedError(_("Change your password first."))
        return user if isinstance(user, User) else None


API_AUTH = [TokenAuth(), SessionAuth()]
