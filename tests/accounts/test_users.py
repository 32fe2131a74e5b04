"""Making accounts and giving roles: by services, and by the commands that call them."""

import datetime as dt
import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from gis_grid.accounts.models import ApiToken, Assignment, User
from gis_grid.accounts.policies import Permission, Role
from gis_grid.accounts.services.users import (
    area_of,
    role_end,
    role_grant,
    user_create,
    user_disable,
    user_named,
)
from gis_grid.audit.models import Entry
from gis_grid.audit.services import SYSTEM
from gis_grid.core.errors import InputError, MissingError, NotAllowedError, StateError
from tests.conftest import COUNTY, JINPING, LIJIA, QUANFENG, TANGCUN, make_user

pytestmark = pytest.mark.django_db
WANG = {"username": "wang", "display_name": "王芳", "role": "office", "area_code": JINPING}
TODAY = timezone.localdate()


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


def test_a_new_account_has_a_first_password_to_be_changed() -> None:
    printed = run("user_create", "wang", "--name", "王芳", "--role", "office", "--area", JINPING)
    user = user_named("wang")
    assert user.check_password(printed.rsplit(" ", 1)[1])
    assert user.must_change_password
    assert user.may(Permission.DUTY_EDIT, JINPING)
    entry = Entry.objects.get()
    assert (entry.action, entry.actor, entry.area_code) == ("user_created", "system", JINPING)
    assert printed.rsplit(" ", 1)[1] not in str(entry.detail)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"role": "king"}, "role"),
        ({"area_code": "4310"}, "area"),
        ({"username": "wang fang"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "taken"}, "username"),
        ({"display_name": "王" * 61}, "display_name"),
    ],
)
def test_what_no_account_can_be_made_of(change: dict[str, str], where: str) -> None:
    make_user("taken", None)
    with pytest.raises(InputError) as refusal:
        user_create(acting_user=SYSTEM, **(WANG | change))
    assert refusal.value.where == where
    assert User.objects.count() == 1
    assert not Entry.objects.exists()


def test_who_may_make_accounts(cast: SimpleNamespace) -> None:
    user_create(acting_user=cast.county, **WANG)
    with pytest.raises(NotAllowedError):
        user_create(acting_user=cast.office, **(WANG | {"username": "li"}))
    with pytest.raises(MissingError):
        user_create(acting_user=cast.county, **(WANG | {"area_code": "431025111000"}))


def test_disabling_needs_the_right_over_all_areas_of_the_person(cast: SimpleNamespace) -> None:
    far = make_user("far", Role.OFFICE, JINPING, "431025111000")
    with pytest.raises(MissingError):
        user_disable(acting_user=cast.county, user=far)
    user_disable(acting_user=cast.county, user=cast.office)
    with pytest.raises(StateError):
        user_disable(acting_user=cast.county, user=cast.office)


def test_granting_and_ending_a_role() -> None:
    user = make_user("wang", None)
    run("role_grant", "wang", "--role", "police", "--area", TANGCUN, "--until", "2999-01-01")
    assert User.objects.get().may(Permission.MAP_VIEW, TANGCUN)
    with pytest.raises(StateError):
        role_grant(acting_user=SYSTEM, user=user, role="police", area_code=TANGCUN)
    assert Assignment.objects.get().ends_on == dt.date(2999, 1, 1)
    run("role_end", "wang", "--role", "police", "--area", TANGCUN)
    assert not User.objects.get().may(Permission.MAP_VIEW, TANGCUN)
    with pytest.raises(CommandError):
        run("role_end", "wang", "--role", "police", "--area", TANGCUN)
    actions = list(Entry.objects.values_list("action", flat=True))
    assert actions == ["role_granted", "role_ended"]


def test_a_role_ends_on_a_day_and_one_to_come_never_begins() -> None:
    user = make_user("wang", Role.POLICE, TANGCUN)
    later = TODAY + dt.timedelta(days=30)
    role_end(acting_user=SYSTEM, user=user, role="police", area_code=TANGCUN, on=later)
    held = Assignment.objects.get()
    assert (held.ends_on, held.starts_on) == (later, dt.date(2020, 1, 1))
    role_grant(acting_user=SYSTEM, user=user, role="police", area_code=TANGCUN, starts_on=later)
    role_end(acting_user=SYSTEM, user=user, role="police", area_code=TANGCUN, on=TODAY)
    assert [(a.starts_on, a.ends_on) for a in Assignment.objects.all()] == [
        (dt.date(2020, 1, 1), TODAY)
    ]


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    user = make_user("wang", None)
    with pytest.raises(InputError):
        role_grant(acting_user=SYSTEM, user=user, role="police", area_code=TANGCUN, ends_on=TODAY)


@pytest.mark.parametrize(
    ("areas", "area"),
    [
        ([], ""),
        ([QUANFENG], QUANFENG),
        ([QUANFENG + "001"], QUANFENG + "001"),
        ([QUANFENG, LIJIA], JINPING),
        ([QUANFENG, TANGCUN], COUNTY),
        ([QUANFENG, "110105001001"], ""),
    ],
)
def test_the_area_of_a_person(areas: list[str], area: str) -> None:
    assert area_of(make_user("wang", Role.GRID_WORKER, *areas)) == area


def test_tokens_and_passwords_by_command() -> None:
    user = make_user("wang", Role.OFFICE, JINPING)
    text = run("token_create", "wang", "--label", "export", "--days", "7")
    assert text.startswith("gg_")
    assert "\n" not in text
    run("token_revoke", "wang", "--label", "export")
    assert ApiToken.objects.get().revoked_at
    new = run("password_reset", "wang").rsplit(" ", 1)[1]
    user.refresh_from_db()
    assert user.check_password(new)
    run("user_disable", "wang")
    with pytest.raises(CommandError):
        run("token_create", "wang")


@pytest.mark.parametrize("days", [0, -1, 100_000])
def test_a_token_has_an_end(days: int) -> None:
    make_user("wang", None)
    with pytest.raises(CommandError):
        run("token_create", "wang", f"--days={days}")


@pytest.mark.parametrize(
    "command",
    [
        ("user_disable", "no-such-person"),
        ("token_create", "no-such-person"),
        ("role_grant", "no-such-person", "--role", "office", "--area", JINPING),
    ],
)
def test_a_command_names_what_it_does_not_find(command: Any) -> None:
    with pytest.raises(CommandError, match="no-such-person"):
        run(*command)
