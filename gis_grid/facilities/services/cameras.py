"""The register of cameras: saved, checked, and their state changed, each in one place."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.cleaning import require_clean
from gis_grid.core.errors import InputError, StateError
from gis_grid.core.finding import held, require_revision
from gis_grid.core.moments import done_at
from gis_grid.core.texts import tidy
from gis_grid.facilities.devicecode import fault_of
from gis_grid.facilities.models import Camera, CameraCheck, CameraState
from gis_grid.facilities.services.placing import log, put
from gis_grid.facilities.sight import sector
from gis_grid.territory.services.versions import bump

FIELDS = (
    "name", "owner", "consent_on", "mounting", "height_m", "bearing", "field_of_view", "range_m",
    "device_code", "filing_no", "has_sign", "storage_days", "platform",
)  # fmt: skip
LONGEST_NOTE = 200


@transaction.atomic
def save_camera(
    *,
    acting_user: ActingUser,
    values: Mapping[str, Any],
    place: tuple[float, float],
    area: str = "",
    camera_id: int | None = None,
    revision: int = 0,
    is_demo: bool = False,
) -> Camera:
    """Enter a camera, or change the one of `camera_id` as it was at `revision`.

    `values` are of `FIELDS`. MissingError out of sight, NotAllowedError without the permission
    where it stood or will stand, StateError where others changed it, InputError naming what
    can't be.
    """
    camera = (
        Camera(is_demo=is_demo)
        if camera_id is None
        else held(Camera.objects.visible_to(acting_user), camera_id)
    )
    before = camera.area_code
    if camera_id is not None:
        require_revision(camera.revision, revision)
        camera.revision += 1
    for name in FIELDS:
        if name in values:
            setattr(camera, name, values[name])
    put(camera, place, area)
    for code in {camera.area_code, before} - {""}:
        acting_user.require(Permission.CAMERA_EDIT, code)
    _settle(camera)
    require_clean(camera, but=("grid",))
    camera.save()
    if camera_id is None:
        _remember(camera, acting_user, "", timezone.now())
    bump(Camera.layer, {camera.area_code, before} - {""})
    log(camera, acting_user, "camera_saved")
    return camera


def _settle(camera: Camera) -> None:
    """What follows from the rest: consent, bearing, code, sector."""
    is_round = camera.field_of_view >= 360
    if camera.is_public:
        camera.consent_on = None
        if camera.bearing is None and not is_round:
            raise InputError(_("Say where it looks: degrees from north."), where="bearing")
    else:
        camera.bearing = None
        if camera.consent_on is None:
            raise InputError(
                _("A home camera is here by consent: say since when."), where="consent_on"
            )
        if camera.consent_on > timezone.localdate():
            raise InputError(_("This day is yet to come."), where="consent_on")
    if camera.device_code:
        _check_code(camera)
    camera.sector = _sector(camera) if camera.is_public else None


def _check_code(camera: Camera) -> None:
    if fault := fault_of(camera.device_code):
        raise InputError(CODE_FAULTS[fault](), where="device_code")
    same = Camera.objects.filter(device_code=camera.device_code).exclude(pk=camera.pk)
    if same.exists():
        # Which one, the person may not be allowed to see.
        raise InputError(_("Another camera has this code already."), where="device_code")


CODE_FAULTS = {
    "form": lambda: _("A device code has 20 digits."),
    "region": lambda: _("A device code begins with the code of a province."),
    "type": lambda: _("Digits 11 to 13 of a camera's code are 131 or 132."),
}


def _sector(camera: Camera) -> Polygon | None:
    if camera.geom is None:
        return None
    lon, lat = camera.geom.coords
    shape = sector(
        lon,
        lat,
        bearing=camera.bearing,
        field_of_view=camera.field_of_view,
        range_m=camera.range_m,
    )
    return Polygon(list(shape.exterior.coords), srid=4490)


@transaction.atomic
def set_state(
    *, acting_user: ActingUser, camera_id: int, state: str, reason: str, revision: int
) -> Camera:
    """Change a camera's state; the history keeps who, when and why.

    StateError where it is so already or others changed it meanwhile.
    """
    camera = held(Camera.objects.visible_to(acting_user), camera_id)
    require_revision(camera.revision, revision)
    acting_user.require(Permission.CAMERA_EDIT, camera.area_code)
    _require_state(state)
    if camera.state == state:
        raise StateError(_("It is in this state already."))
    reason = tidy(reason).strip()[:200]
    if not reason:
        raise InputError(_("Say why: it stays in the camera's history."), where="reason")
    _change_state(camera, acting_user, state, reason, timezone.now())
    return camera


@transaction.atomic
def check_camera(
    *,
    acting_user: User,
    camera_id: int,
    state: str,
    note: str = "",
    at: dt.datetime | None = None,
    client_id: uuid.UUID | None = None,
) -> CameraCheck:
    """Say what was found at the site; where its state differs, it is changed by that, unless
    something newer is known of it: a check may come days after it was made.

    `at` is by our clock; the same `client_id` again is the same check. MissingError out of sight,
    NotAllowedError without the permission, InputError naming the field.
    """
    if client_id is not None:
        known = CameraCheck.objects.filter(by=acting_user, client_id=client_id).first()
        if known is not None:
            return known
    camera = held(Camera.objects.visible_to(acting_user), camera_id)
    acting_user.require(Permission.CAMERA_CHECK, camera.area_code)
    _require_state(state)
    note = tidy(note).strip()
    if len(note) > LONGEST_NOTE:
        raise InputError(
            _("Write at most %(count)d characters.") % {"count": LONGEST_NOTE}, where="note"
        )
    made = {
        "camera": camera,
        "at": done_at(at),
        "by_name": acting_user.get_username(),
        "state": state,
        "note": note,
    }
    if client_id is None:
        check = CameraCheck.objects.create(by=acting_user, **made)
    else:
        check, is_new = CameraCheck.objects.get_or_create(
            by=acting_user, client_id=client_id, defaults=made
        )
        if not is_new:
            return check
    day = timezone.localdate(check.at)
    if camera.checked_on is None or camera.checked_on < day:
        camera.checked_on = day
        camera.save(update_fields=["checked_on"])
    if camera.state != state and not _is_overtaken(check):
        _change_state(camera, acting_user, state, note or _("Checked on site."), check.at)
    else:
        bump(Camera.layer, [camera.area_code])
    log(camera, acting_user, "camera_checked", state=state)
    return check


def _is_overtaken(check: CameraCheck) -> bool:
    """Whether something newer was said of its state, on site or by who keeps the register.

    The entry itself, which has no reason, says only that there is a camera.
    """
    newer = {"camera_id": check.camera_id, "at__gt": check.at}
    return (
        CameraCheck.objects.filter(**newer).exists()
        or CameraState.objects.filter(**newer).exclude(reason="").exists()
    )


def _require_state(state: str) -> None:
    if state not in Camera.State.values:
        raise InputError(_("There is no such state."), where="state")


def _change_state(
    camera: Camera, user: ActingUser, state: str, reason: str, at: dt.datetime
) -> None:
    """The one place in which a camera's state changes, as it was found `at`; the caller holds the
    camera.
    """
    camera.state, camera.revision = Camera.State(state), camera.revision + 1
    camera.save(update_fields=["state", "revision"])
    _remember(camera, user, reason, at)
    bump(Camera.layer, [camera.area_code])
    log(camera, user, "camera_state", state=state)


def _remember(camera: Camera, user: ActingUser, reason: str, at: dt.datetime) -> None:
    CameraState.objects.create(
        camera=camera,
        at=at,
        state=camera.state,
        reason=reason,
        by_id=user.pk,
        by_name=user.get_username(),
    )
