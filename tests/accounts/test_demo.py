"""The demo's accounts, and the mark of invented data."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission, Role
from gis_grid.accounts.services.demo import DEMO_LOGINS, DEMO_PASSWORD, VILLAGE, ensure_demo_users
from gis_grid.core.errors import StateError
from gis_grid.territory.models import Region
from tests.conftest import JINPING, OTHER_VILLAGE, QUANFENG, TANGCUN, make_user

pytestmark = pytest.mark.django_db
MARK = '<p class="demo-banner"'


@pytest.fixture(autouse=True)
def demo(settings: object) -> None:
    settings.DEMO = True


def test_one_account_a_role_and_one_from_elsewhere(visitor: Client) -> None:
    made = ensure_demo_users(OTHER_VILLAGE)
    names = {login.username for login in DEMO_LOGINS}
    assert {user.username for user in made} == names | {"outsider"}
    assert len(made) == 11
    roles = {role for user in made for role in user.assignments.values_list("role", flat=True)}
    assert roles == set(Role.values)
    assert not User.objects.get(username="outsider").may(Permission.MAP_VIEW, QUANFENG)
    answer = visitor.post("/sign-in/", {"username": "worker", "password": DEMO_PASSWORD})
    assert answer.status_code == 302
    assert ensure_demo_users(OTHER_VILLAGE) == []


def test_without_a_demo_none_is_made(settings: object) -> None:
    settings.DEMO = False
    with pytest.raises(StateError):
        ensure_demo_users(OTHER_VILLAGE)
    with pytest.raises(CommandError):
        call_command("demo_logins", stdout=io.StringIO())


def test_a_real_account_is_not_taken_over() -> None:
    make_user("office", Role.OFFICE, JINPING)
    with pytest.raises(StateError, match="office"):
        ensure_demo_users(OTHER_VILLAGE)
    assert User.objects.count() == 1


def test_the_table_of_logins() -> None:
    ensure_demo_users(OTHER_VILLAGE)
    out = io.StringIO()
    call_command("demo_logins", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 12
    worker = next(line for line in lines if line.startswith("worker "))
    assert worker.split()[-2:] == [VILLAGE, DEMO_PASSWORD]


def test_invented_places_are_marked_for_those_who_see_them(
    visitor: Client, regions: dict[str, Region], settings: object
) -> None:
    assert MARK in visitor.get("/sign-in/").text
    settings.DEMO = False
    assert MARK not in visitor.get("/sign-in/").text
    Region.objects.filter(code__startswith=JINPING[:9]).update(is_demo=True)
    for area, is_marked in ((QUANFENG + "001", True), (JINPING, True), (TANGCUN, False)):
        visitor.force_login(make_user(area, Role.GRID_WORKER, area))
        assert (MARK in visitor.get("/password/").text) is is_marked
