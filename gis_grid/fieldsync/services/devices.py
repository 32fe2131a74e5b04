"""Tablets: a code for a person, a tablet enrolled by it, left, revoked."""

import datetime as dt
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.api_auth import digest_of
from gis_grid.accounts.backends import may_sign_in
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.accounts.services.users import area_of
from gis_grid.audit.models import Entry
from gis_grid.audit.services import SYSTEM, record
from gis_grid.core.errors import InputError, MissingError, StateError
from gis_grid.core.texts import tidy
from gis_grid.core.words import LEAST_LENGTH, reason_of
from gis_grid.fieldsync.errors import TooManyCodesError
from gis_grid.fieldsync.models import Device, EnrolCode
from gis_grid.fieldsync.selectors import devices_of, people_of

# So that a token found in a file or a log can be recognised for what it is.
BEARER_PREFIX = "gd_"
TOKEN_BYTES = 32
# Without what people mistake for one another: a code may be typed where no camera reads it.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4
LONGEST_MINUTES = 24 * 60

WRONG_CODE = "device_code_refused"
MOST_WRONG_CODES = 20
WRONG_CODES_WITHIN = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Enrolled:
    """A tablet and its token, which is kept nowhere."""

    device: Device
    token: str


@dataclass(frozen=True)
class MadeCode:
    """A code for a person, which is kept nowhere; the tablet opens `path`."""

    code: str
    user: User
    expires_at: dt.datetime

    @property
    def path(self) -> str:
        return f"/field/#enrol={self.code}"


@transaction.atomic
def make_code(*, acting_user: User, person: str, minutes: int | None = None) -> MadeCode:
    """A code that enrols one tablet of `person` (a login name).

    MissingError for who is not among one's people, StateError for who can't sign in.
    """
    acting_user.require(Permission.DEVICE_MANAGE)
    minutes = settings.ENROL_MINUTES if minutes is None else minutes
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise InputError(
            _("A code holds from 1 to %(most)d minutes.") % {"most": LONGEST_MINUTES},
            where="minutes",
        )
    user = people_of(acting_user).filter(username=person).first()
    if user is None:
        raise MissingError(where="person")
    _require_able(user)
    code = "-".join(
        "".join(secrets.choice(_ALPHABET) for _i in range(_GROUP)) for _j in range(_GROUPS)
    )
    now = timezone.now()
    made = EnrolCode.objects.create(
        digest=_digest_of(code),
        user=user,
        made_by=acting_user,
        made_at=now,
        expires_at=now + dt.timedelta(minutes=minutes),
    )
    record(
        acting_user=acting_user,
        action="device_code_made",
        subject_type="user",
        subject_id=user.pk,
        area_code=area_of(user),
        detail={"username": user.username, "minutes": minutes},
    )
    return MadeCode(code, user, made.expires_at)


def enrol(*, code: str, name: str, device_id: uuid.UUID | None, address: str) -> Enrolled:
    """A tablet of the code's person, with a token of its own.

    The id is kept where it is this person's and not revoked; its earlier token ends. InputError
    for a code that is used, too old or unknown; TooManyCodesError for an address that tries.
    """
    with transaction.atomic():
        _take_turn(address)
        # Right codes are taken however many wrong ones came: who tries can't lock others out,
        # and 79 bits are not found by trying.
        enrolled = _enrol(code, name, device_id)
        if enrolled is None:
            _require_under_limit(address)
            # Kept by the log's own commit: the refusal is raised behind it.
            record(
                acting_user=SYSTEM,
                action=WRONG_CODE,
                subject_type="device",
                subject_id="",
                detail={"address": address},
            )
    if enrolled is None:
        raise InputError(
            _("This code is used, too old or unknown. Have a new one made."), where="code"
        )
    return enrolled


def _enrol(code: str, name: str, device_id: uuid.UUID | None) -> Enrolled | None:
    digest, now = _digest_of(code), timezone.now()
    held = EnrolCode.objects.select_for_update(of=("self",)).select_related("user")
    found = held.filter(digest=digest).first()
    if found is None or not hmac.compare_digest(bytes(found.digest), digest):
        return None
    if found.used_at is not None or found.expires_at <= now or not _is_able(found.user):
        return None
    token = BEARER_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    device = _own(found.user, device_id)
    device.name = tidy(name).strip()[:60] or _("Tablet")
    device.token_digest = digest_of(token)
    device.enrolled_at = device.last_seen_at = now
    device.expires_at = now + dt.timedelta(days=settings.DEVICE_DAYS)
    device.save()
    found.used_at, found.device = now, device
    found.save(update_fields=["used_at", "device"])
    _log(found.user, "device_enrolled", device, made_by=found.made_by_id)
    return Enrolled(device, token)


def _own(user: User, device_id: uuid.UUID | None) -> Device:
    """The person's tablet of that id, or a new one."""
    if device_id is not None:
        held = Device.objects.select_for_update().filter(user=user, revoked_at=None)
        known = held.filter(pk=device_id).first()
        if known is not None:
            return known
    return Device(user=user)


@transaction.atomic
def leave(*, device: Device) -> None:
    """The tablet signs out: its token ends, its id may be enrolled again by the same person."""
    Device.objects.filter(pk=device.pk).update(expires_at=timezone.now())
    _log(device.user, "device_left", device)


@transaction.atomic
def revoke(*, acting_user: User, device_id: uuid.UUID, reason: str) -> Device:
    """From now the tablet gets nothing and wipes itself; who it is must be enrolled anew.

    MissingError for a tablet of others' people, InputError for a reason that says nothing.
    """
    acting_user.require(Permission.DEVICE_MANAGE)
    device = devices_of(acting_user).select_for_update(of=("self",)).filter(pk=device_id).first()
    if device is None:
        raise MissingError
    said = reason_of(reason)
    if said is None:
        raise InputError(
            _("Say in at least %(count)d characters why.") % {"count": LEAST_LENGTH},
            where="reason",
        )
    if device.revoked_at is not None:
        raise StateError(_("This tablet is revoked already."))
    device.revoked_at, device.revoked_by, device.reason = timezone.now(), acting_user, said[:200]
    device.save(update_fields=["revoked_at", "revoked_by", "reason"])
    _log(acting_user, "device_revoked", device, reason=device.reason)
    return device


def note_queue(device: Device, length: int) -> None:
    """What the tablet says that it still holds."""
    if device.queue_length != length:
        Device.objects.filter(pk=device.pk).update(queue_length=max(0, min(length, 2**31 - 1)))


def _is_able(user: User) -> bool:
    return may_sign_in(user) and not user.must_change_password and bool(user.current_assignments)


def _require_able(user: User) -> None:
    if not may_sign_in(user):
        raise StateError(_("The account %(user)s is disabled.") % {"user": user}, where="person")
    if user.must_change_password:
        raise StateError(
            _("%(user)s must choose an own password first, by signing in once.") % {"user": user},
            where="person",
        )
    if not user.current_assignments:
        raise StateError(_("%(user)s has no role at present.") % {"user": user}, where="person")


def _take_turn(address: str) -> None:
    """One try of an address at a time, so that two at once can't both be the last one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"enrol {address}"])


def _require_under_limit(address: str) -> None:
    wrong = Entry.objects.filter(
        action=WRONG_CODE, detail__address=address, at__gt=timezone.now() - WRONG_CODES_WITHIN
    )
    if wrong.count() >= MOST_WRONG_CODES:
        raise TooManyCodesError(
            _("Too many wrong codes came from here. Try again in %(minutes)d minutes.")
            % {"minutes": WRONG_CODES_WITHIN.total_seconds() // 60}
        )


def _digest_of(code: str) -> bytes:
    """SHA-256 of the code as it was meant, with or without dashes and capitals."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode()).digest()


def _log(acting_user: User, action: str, device: Device, **detail: object) -> None:
    record(
        acting_user=acting_user,
        action=action,
        subject_type="device",
        subject_id=str(device.pk),
        area_code=area_of(device.user),
        detail={"username": device.user.username, **detail},
    )
