"""Tablets: codes, enrolment, what a tablet asks about itself, and the list of whoever leads."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission
from gis_grid.accounts.scope import Scope
from gis_grid.core.codes import level_of
from gis_grid.core.errors import StateError
from gis_grid.core.security import client_address
from gis_grid.core.texts import Text
from gis_grid.fieldsync.device_auth import DeviceAuth, caller_of
from gis_grid.fieldsync.models import Device
from gis_grid.fieldsync.selectors import devices_of, state_of
from gis_grid.fieldsync.services import devices
from gis_grid.territory.selectors import place_names

router = Router(tags=["field"])
Json = dict[str, Any]
MOST = 1000


class CodeIn(Schema):
    """For whom, by login name, and for how long the code holds."""

    person: Text = Field(min_length=1, max_length=150)
    minutes: int | None = Field(default=None, ge=1, le=devices.LONGEST_MINUTES)


class EnrolIn(Schema):
    """The code that was scanned; `device` where the tablet was enrolled before."""

    code: Text = Field(min_length=1, max_length=60)
    name: Text = Field(default="", max_length=60)
    device: uuid.UUID | None = None


class RevokeIn(Schema):
    reason: Text = Field(max_length=200)


@router.post("/devices/codes", summary="Make a code for a tablet", response={201: dict})
def make_code(request: HttpRequest, data: CodeIn) -> Status[Json]:
    """Shown once; the tablet opens the address."""
    made = devices.make_code(acting_user=user_of(request), **data.dict())
    return Status(
        201,
        {
            "code": made.code,
            "address": made.path,
            "person": str(made.user),
            "login": made.user.username,
            "expires_at": made.expires_at,
        },
    )


@router.post(
    "/devices/enrol", auth=None, summary="Enrol a tablet by its code", response={201: dict}
)
def enrol(request: HttpRequest, data: EnrolIn) -> Status[Json]:
    """Needs no login; the token is shown once."""
    made = devices.enrol(
        code=data.code, name=data.name, device_id=data.device, address=client_address(request)
    )
    device = made.device
    return Status(
        201,
        {
            "device": str(device.pk),
            "token": made.token,
            "expires_at": device.expires_at,
            "person": str(device.user),
            "login": device.user.username,
            "name": device.name,
        },
    )


@router.get("/devices/me", auth=DeviceAuth(), summary="The tablet and its person")
def me(request: HttpRequest) -> Json:
    """What the person may do where, as of now."""
    caller = caller_of(request)
    user, device = caller.user, caller.device
    # The areas of the roles, outermost only.
    held = {one.area_code for one in user.current_assignments}
    codes = sorted(code for code in held if not Scope.of_areas(held - {code}).covers(code))
    names = place_names(codes)
    return {
        "device": str(device.pk) if device else None,
        "name": device.name if device else "",
        "person": str(user),
        "login": user.username,
        "areas": [
            {"code": code, "name": names.get(code, ""), "level": level_of(code).value}
            for code in codes
        ],
        "expires_at": device.expires_at if device else None,
        "permissions": [one.value for one in Permission if user.may(one)],
        "server_time": timezone.now(),
    }


@router.post("/devices/me/leave", auth=DeviceAuth(), summary="Sign a tablet out")
def leave(request: HttpRequest) -> Json:
    """Its token ends; it may be enrolled again."""
    device = caller_of(request).device
    if device is None:
        raise StateError(_("Only a tablet signs out here."))
    devices.leave(device=device)
    return {"left": True}


@router.get("/devices", summary="Tablets of your people")
def list_devices(request: HttpRequest) -> Json:
    """Newest first, with the last contact and what each still holds."""
    user = user_of(request)
    user.require(Permission.DEVICE_MANAGE)
    now = timezone.now()
    return {"devices": [_row(one, now) for one in devices_of(user)[:MOST]]}


@router.post("/devices/{uuid:device_id}/revoke", summary="Revoke a tablet")
def revoke(request: HttpRequest, device_id: uuid.UUID, data: RevokeIn) -> Json:
    """It gets nothing any more and wipes itself."""
    done = devices.revoke(acting_user=user_of(request), device_id=device_id, reason=data.reason)
    return _row(done, timezone.now())


def _row(device: Device, now: dt.datetime) -> Json:
    return {
        "id": str(device.pk),
        "name": device.name,
        "person": str(device.user),
        "login": device.user.username,
        "state": state_of(device, now).value,
        "enrolled_at": device.enrolled_at,
        "expires_at": device.expires_at,
        "last_seen_at": device.last_seen_at,
        "queue": device.queue_length,
        "revoked_at": device.revoked_at,
        "reason": device.reason,
    }
