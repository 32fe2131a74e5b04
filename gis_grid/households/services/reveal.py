"""Revealing one personal value: with permission, a reason and a row in the log."""

import datetime as dt
from enum import StrEnum

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.models import Entry
from gis_grid.audit.services import record
from gis_grid.core import crypto
from gis_grid.core.errors import DomainError, InputError, MissingError
from gis_grid.core.words import LEAST_LENGTH, reason_of
from gis_grid.households.models import Household, Resident
from gis_grid.households.selectors import the_household

ACTION = "personal_revealed"


class RevealField(StrEnum):
    """What can be revealed: of the household its head's name and phone, of a resident all."""

    NAME = "name"
    PHONE = "phone"
    ID = "id"


class TooManyRevealsError(DomainError):
    status, code = 429, "too_many"


@transaction.atomic
def reveal(
    *,
    acting_user: User,
    household_id: int,
    field: str,
    resident_id: int | None = None,
    reason: str,
) -> str:
    """The value in full, empty where none is known; logged with field and reason, never the value.

    MissingError out of scope, NotAllowedError without the permission, InputError for an
    unknown field or a reason that says nothing, TooManyRevealsError above the hourly limit.
    """
    household = the_household(acting_user, household_id)
    acting_user.require(Permission.PERSONAL_REVEAL, household.area_code)
    asked = _field(field, resident_id)
    reason = reason_given(reason)
    require_under_limit(acting_user)
    value = _value(household, asked, resident_id)
    record(
        acting_user=acting_user,
        action=ACTION,
        subject_type="resident" if resident_id is not None else "household",
        subject_id=resident_id if resident_id is not None else household.pk,
        area_code=household.area_code,
        detail={"field": asked.value, "reason": reason},
    )
    return value


def _field(field: str, resident_id: int | None) -> RevealField:
    known = [one for one in RevealField if resident_id is not None or one is not RevealField.ID]
    for one in known:
        if one.value == field:
            return one
    raise InputError(
        _("%(field)s can't be revealed here. Take one of: %(known)s.")
        % {"field": field[:20], "known": ", ".join(known)},
        where="field",
    )


def reason_given(reason: str) -> str:
    text = reason_of(reason)
    if text is None:
        raise InputError(
            _("Say in at least %(count)d characters what you need it for: the reason is logged.")
            % {"count": LEAST_LENGTH},
            where="reason",
        )
    return text


def require_under_limit(user: User) -> None:
    """One reveal of a person at a time, so that two at once can't both be the last one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reveal {user.pk}"])
    since = timezone.now() - dt.timedelta(hours=1)
    count = Entry.objects.filter(action=ACTION, actor_id=user.pk, at__gt=since).count()
    if count >= settings.REVEALS_PER_HOUR:
        raise TooManyRevealsError(
            _(
                "You have revealed %(count)d values in the last hour, the most that is allowed."
                " Wait, or ask the county office."
            )
            % {"count": count}
        )


def _value(household: Household, field: RevealField, resident_id: int | None) -> str:
    if resident_id is None:
        if field is RevealField.NAME:
            return household.head_name
        return crypto.decrypt(household.phone_cipher, purpose="household.phone")
    person = Resident.objects.filter(household=household, pk=resident_id, left_on=None).first()
    if person is None:
        raise MissingError
    if field is RevealField.NAME:
        return person.name
    if field is RevealField.PHONE:
        return crypto.decrypt(person.phone_cipher, purpose="resident.phone")
    return crypto.decrypt(person.id_cipher, purpose="resident.id")
