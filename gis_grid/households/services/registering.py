"""Households as people find them: entered, corrected, visited. One transaction each."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.errors import StateError
from gis_grid.core.finding import held, one_of, require_revision
from gis_grid.core.moments import done_at
from gis_grid.households.models import Household, Registration, Visit
from gis_grid.households.services.codes import next_code
from gis_grid.households.services.placing import put
from gis_grid.households.services.values import lay, require_needed, text_of
from gis_grid.territory.services.versions import bump

LONGEST_WORDS = 2_000


def register_household(
    *,
    acting_user: User,
    values: Mapping[str, Any],
    place: Sequence[float],
    client_id: uuid.UUID | None = None,
) -> Household:
    """Enter a household at its house; the same `client_id` again is the same household.

    `values` are of `values.FIELDS`, `place` is lon/lat. MissingError out of scope,
    NotAllowedError without the permission, InputError naming the field, or `place` where no
    grid holds it.
    """
    if client_id is not None and (known := _known(acting_user, client_id)):
        return known
    try:
        return _register(acting_user, values, place, client_id)
    except IntegrityError as error:
        # Sent twice at once: the other one has made it.
        if client_id is None or "registration_client_id_once" not in str(error):
            raise
        known = _known(acting_user, client_id)
        if known is None:
            raise
        return known


def _known(user: User, client_id: uuid.UUID) -> Household | None:
    found = Registration.objects.filter(user=user, client_id=client_id).first()
    if found is None:
        return None
    return one_of(Household.objects.visible_to(user), found.household_id)


@transaction.atomic
def _register(
    user: User, values: Mapping[str, Any], place: Sequence[float], client_id: uuid.UUID | None
) -> Household:
    household = Household(origin=Household.Origin.RESIDENT)
    put(household, place)
    user.require(Permission.HOUSEHOLD_EDIT, household.area_code)
    lay(household, values)
    require_needed(household)
    household.code = next_code(household.area_code)
    household.save(force_insert=True)
    Registration.objects.create(
        household=household,
        user=user,
        user_name=user.get_username(),
        at=timezone.now(),
        client_id=client_id,
    )
    bump(Household.layer, [household.area_code])
    log(household, user, "household_registered")
    return household


@transaction.atomic
def change_household(
    *,
    acting_user: User,
    household_id: int,
    values: Mapping[str, Any],
    place: Sequence[float] | None = None,
    revision: int | None = None,
) -> Household:
    """Correct what `values` name, and where it stands; what is so already changes nothing.

    MissingError out of scope, NotAllowedError without the permission where it stood or will
    stand, StateError where it is closed or others changed it since `revision`, InputError
    naming the field.
    """
    household = _held(acting_user, household_id)
    if revision is not None:
        require_revision(household.revision, revision)
    areas = {household.area_code}
    changed = []
    if place is not None and (there := put(household, place)):
        acting_user.require(Permission.HOUSEHOLD_EDIT, there)
        areas.add(household.area_code)
        changed.append("place")
    changed += lay(household, values)
    if not changed:
        return household
    household.revision += 1
    household.save()
    bump(Household.layer, areas)
    log(household, acting_user, "household_changed", fields=changed)
    return household


@transaction.atomic
def visit_household(
    *,
    acting_user: User,
    household_id: int,
    text: str = "",
    at: dt.datetime | None = None,
    client_id: uuid.UUID | None = None,
) -> Visit:
    """Say that one was there; nothing else has changed. The same `client_id` is the same visit.

    `at` is by our clock and may lie days back. MissingError out of scope, NotAllowedError without
    the permission, StateError where the household is closed, InputError naming the field.
    """
    if client_id is not None:
        known = Visit.objects.filter(user=acting_user, client_id=client_id).first()
        if known is not None:
            return known
    household = _held(acting_user, household_id)
    made = {
        "household": household,
        "user_name": acting_user.get_username(),
        "at": done_at(at),
        "text": text_of(text, "text", LONGEST_WORDS),
    }
    if client_id is None:
        visit = Visit.objects.create(user=acting_user, **made)
    else:
        visit, is_new = Visit.objects.get_or_create(
            user=acting_user, client_id=client_id, defaults=made
        )
        if not is_new:
            return visit
    day = timezone.localdate(visit.at)
    if household.visited_on is None or household.visited_on < day:
        household.visited_on = day
        household.save(update_fields=["visited_on"])
    bump(Household.layer, [household.area_code])
    log(household, acting_user, "household_visited")
    return visit


def _held(user: User, household_id: int) -> Household:
    """The household that the person may change, locked; StateError for a closed one."""
    household = held(Household.objects.visible_to(user), household_id)
    user.require(Permission.HOUSEHOLD_EDIT, household.area_code)
    if household.closed_on is not None and household.closed_on <= timezone.localdate():
        raise StateError(_("This household is closed."))
    return household


def log(household: Household, user: User, action: str, **detail: Any) -> None:
    """A row of the audit log about a household: names of fields, never what stands in them."""
    record(
        acting_user=user,
        action=action,
        subject_type="household",
        subject_id=household.pk,
        area_code=household.area_code,
        detail=detail,
    )
