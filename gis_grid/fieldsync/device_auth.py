"""Who calls from the field: a tablet's token, or a person's API token (scripts, QGIS).

For ninja `auth=DeviceAuth()`, for plain views `caller_by_header(request)`; either way
`caller_of(request)` says who it is. A tablet's token opens nothing else: `API_AUTH` knows none.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer

from gis_grid.accounts.api_auth import USE_NOTED_EVERY, digest_of, user_of_token
from gis_grid.accounts.backends import may_sign_in
from gis_grid.accounts.models import User
from gis_grid.core.errors import NotSignedInError
from gis_grid.fieldsync.errors import DeviceRevokedError, TokenEndedError
from gis_grid.fieldsync.models import Device
from gis_grid.fieldsync.services.devices import BEARER_PREFIX


@dataclass(frozen=True)
class DeviceCaller:
    """The person, and the tablet that they call from; None for a script."""

    user: User
    device: Device | None


class DeviceAuth(HttpBearer):
    """`Authorization: Bearer gd_…` or `gg_…`; no session of a browser stands in."""

    def authenticate(self, request: HttpRequest, token: str) -> DeviceCaller:
        caller = caller_of_token(token)
        request.user = caller.user
        return caller


def caller_of(request: HttpRequest) -> DeviceCaller:
    """Who `DeviceAuth` let in."""
    found = getattr(request, "auth", None)
    if not isinstance(found, DeviceCaller):
        raise _no_token()
    return found


def caller_by_header(request: HttpRequest) -> DeviceCaller:
    """The same for a view that is none of ninja's."""
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise _no_token()
    caller = caller_of_token(token.strip())
    request.user = caller.user
    return caller


def caller_of_token(token: str) -> DeviceCaller:
    """TokenEndedError or DeviceRevokedError for a tablet, NotSignedInError for a script."""
    if not token.startswith(BEARER_PREFIX):
        return DeviceCaller(user_of_token(token), None)
    device = Device.objects.select_related("user").filter(token_digest=digest_of(token)).first()
    if device is None:
        raise TokenEndedError
    if device.revoked_at is not None:
        raise DeviceRevokedError
    now, user = timezone.now(), device.user
    if device.expires_at <= now or not may_sign_in(user) or user.must_change_password:
        raise TokenEndedError
    _note_use(device, now)
    return DeviceCaller(user, device)


def _note_use(device: Device, now: dt.datetime) -> None:
    stale = now - USE_NOTED_EVERY
    if device.last_seen_at is None or device.last_seen_at < stale:
        Device.objects.filter(
            Q(last_seen_at=None) | Q(last_seen_at__lt=stale), pk=device.pk
        ).update(last_seen_at=now)


def _no_token() -> NotSignedInError:
    return NotSignedInError(_("Send the token of a tablet, or a token of the API."))
