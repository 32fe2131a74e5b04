"""Revealing a personal value: permission, reason, log, limit."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.audit.models import Entry
from gis_grid.core.crypto import encrypt
from gis_grid.core.errors import InputError, MissingError, NotAllowedError
from gis_grid.households.models import Household, Resident
from gis_grid.households.services.reveal import TooManyRevealsError, reveal
from tests.conftest import LIJIA, QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
REASON = "上门走访前联系"


@pytest.fixture
def home(household: Callable[..., Household]) -> Household:
    return household(GRID, phone_cipher=encrypt("19900001234", purpose="household.phone"))


@pytest.fixture
def person(home: Household) -> Resident:
    return Resident.objects.create(
        household=home,
        name="李小芳",
        relation="配偶",
        phone_cipher=encrypt("19900005678", purpose="resident.phone"),
        id_cipher=encrypt("431024199001012340", purpose="resident.id"),
    )


def ask(user: Any, home: Household, **changes: Any) -> str:
    return reveal(
        **{
            "acting_user": user,
            "household_id": home.pk,
            "field": "phone",
            "reason": REASON,
            **changes,
        }
    )


def test_each_field_in_full(cast: SimpleNamespace, home: Household, person: Resident) -> None:
    assert ask(cast.worker, home, field="name") == "李明德"
    assert ask(cast.worker, home, field="phone") == "19900001234"
    assert ask(cast.worker, home, field="name", resident_id=person.pk) == "李小芳"
    assert ask(cast.worker, home, field="phone", resident_id=person.pk) == "19900005678"
    assert ask(cast.worker, home, field="id", resident_id=person.pk) == "431024199001012340"


def test_the_log_holds_field_and_reason_but_never_the_value(
    cast: SimpleNamespace, home: Household, person: Resident
) -> None:
    value = ask(cast.worker, home, field="id", resident_id=person.pk)
    entry = Entry.objects.get(action="personal_revealed")
    assert entry.detail == {"field": "id", "reason": REASON}
    assert (entry.subject_type, entry.subject_id) == ("resident", str(person.pk))
    assert value not in str(entry.detail)


@pytest.mark.parametrize("reason", ["", "     ", "急用", "a  b", "\n\t \n"])
def test_a_reason_must_say_something(cast: SimpleNamespace, home: Household, reason: str) -> None:
    with pytest.raises(InputError) as refusal:
        ask(cast.worker, home, reason=reason)
    assert refusal.value.where == "reason"
    assert not Entry.objects.filter(action="personal_revealed").exists()


@pytest.mark.parametrize("field", ["id", "note", ""])
def test_an_unknown_field_is_refused(cast: SimpleNamespace, home: Household, field: str) -> None:
    with pytest.raises(InputError) as refusal:
        ask(cast.worker, home, field=field)
    assert refusal.value.where == "field"


def test_without_the_permission(cast: SimpleNamespace, home: Household) -> None:
    for user in (cast.informant, cast.surveyor, cast.county):
        with pytest.raises(NotAllowedError):
            ask(user, home)


def test_out_of_scope_is_as_missing(
    cast: SimpleNamespace, home: Household, household: Callable[..., Household]
) -> None:
    for user in (cast.outsider, cast.auditor, cast.nobody):
        with pytest.raises(MissingError):
            ask(user, home)
    with pytest.raises(MissingError):
        ask(cast.worker, household(LIJIA + "001"))


def test_a_resident_of_another_household_is_missing(
    cast: SimpleNamespace, household: Callable[..., Household], person: Resident
) -> None:
    with pytest.raises(MissingError):
        ask(cast.worker, household(GRID), resident_id=person.pk)


def test_the_hourly_limit(cast: SimpleNamespace, home: Household, settings: Any) -> None:
    settings.REVEALS_PER_HOUR = 2
    ask(cast.worker, home)
    ask(cast.worker, home)
    with pytest.raises(TooManyRevealsError):
        ask(cast.worker, home)
    assert ask(cast.civil, home) == "19900001234"
    assert Entry.objects.filter(action="personal_revealed").count() == 3
