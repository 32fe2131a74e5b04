"""The policy table, role by role, and when and where a role holds.

The table stands here a second time on purpose: a change of who may do what must be said twice.
"""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import POLICY, Permission, Role
from gis_grid.core.errors import MissingError, NotAllowedError
from tests.conftest import COUNTY, JINPING, LIJIA, OTHER_VILLAGE, QUANFENG, TANGCUN, make_user

PERMISSIONS = """
    map_view household_view welfare_view personal_reveal personal_search export duty_edit
    household_import boundary_import region_import user_manage audit_view tag_edit tag_kinds
    plan_draft plan_approve plan_publish incident_view incident_report incident_handle
    incident_work incident_assign incident_close incident_rules incident_import camera_view
    camera_edit point_edit patrol_view patrol_edit track_view field_settle device_manage
    household_edit camera_check
"""
# One row a role, one column a permission in the order above.
TABLE = {
    "county":      "x x . . . x x x x x x . x x x x x x x . . x x x x x x x x . . x x x x",
    "town_leader": "x x x x . x . . . . . . . . x x x x x x x x x . . x . x x x x x x . .",
    "office":      "x x . x x x x x . . . . x . x . x x x x x x x . x x x x x x x x x x x",
    "civil":       "x x x x x x . x . . . . x . . . . x x . x . . . . . . . . . . . . x .",
    "police":      "x x . x x . . . . . . . . . . . . x x . x . . . . x x . x x x . . . x",
    "grid_leader": "x x x x x x . . . . . . x . x . . x x x x . x . . x . x x x x x x x x",
    "grid_worker": "x x x x x . . . . . . . x . x . . x x x x . . . . x . . x . . . . x x",
    "informant":   "x x x . . . . . . . . . . . . . . x x x x . . . . . . . x . . . . x .",
    "surveyor":    "x x . . . . . . . . . . x . . . . x x . . . . . . x . . . . . . . x x",
    "auditor":     "x . . . . . . . . . . x . . . . . . . . . . . . . . . . . . . . . . .",
}  # fmt: skip
CELLS = [
    (role, permission, mark == "x")
    for role, row in TABLE.items()
    for permission, mark in zip(PERMISSIONS.split(), row.split(), strict=True)
]


def test_the_table_is_complete() -> None:
    assert set(TABLE) == set(Role.values)
    assert set(PERMISSIONS.split()) == set(Permission.values) == {p.value for p in POLICY}


@pytest.mark.parametrize(("role", "permission", "allowed"), CELLS)
def test_who_may_do_what(role: str, permission: str, allowed: bool) -> None:
    user = User(username="somebody")
    user.__dict__["current_assignments"] = [Assignment(user=user, role=role, area_code=QUANFENG)]
    assert user.may(Permission(permission), QUANFENG) is allowed
    assert user.may(Permission(permission)) is allowed
    assert not user.may(Permission(permission), LIJIA)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        (0, None, True),
        (1, None, False),
        (-10, 0, False),
        (-10, -1, False),
        (-10, 1, True),
        (0, 1, True),
    ],
)
def test_a_role_holds_in_its_period(starts: int, ends: int | None, holds: bool) -> None:
    today = timezone.localdate()
    user = make_user("somebody", None)
    Assignment.objects.create(
        user=user,
        role=Role.OFFICE,
        area_code=JINPING,
        starts_on=today + dt.timedelta(days=starts),
        ends_on=None if ends is None else today + dt.timedelta(days=ends),
    )
    assert user.may(Permission.MAP_VIEW, JINPING) is holds


@pytest.mark.django_db
def test_roles_in_several_areas_do_not_mix() -> None:
    user = make_user("somebody", Role.GRID_LEADER, QUANFENG)
    Assignment.objects.create(user=user, role=Role.POLICE, area_code=TANGCUN)
    assert user.scope(Permission.MAP_VIEW).prefixes == (TANGCUN[:9], QUANFENG)
    assert user.may(Permission.WELFARE_VIEW, QUANFENG + "001")
    assert not user.may(Permission.WELFARE_VIEW, OTHER_VILLAGE)
    assert user.may(Permission.PERSONAL_SEARCH, OTHER_VILLAGE)
    assert not user.may(Permission.MAP_VIEW, LIJIA)


@pytest.mark.django_db
def test_nobody_and_the_disabled_may_do_nothing(cast: SimpleNamespace) -> None:
    cast.county.is_active = False
    for user in (cast.nobody, cast.county):
        assert not any(user.may(permission) for permission in Permission)


@pytest.mark.django_db
def test_an_outsider_finds_nothing_where_an_insider_is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(MissingError):
        cast.outsider.require(Permission.MAP_VIEW, QUANFENG)
    with pytest.raises(MissingError):
        cast.worker.require(Permission.MAP_VIEW, JINPING)
    with pytest.raises(NotAllowedError):
        cast.worker.require(Permission.EXPORT, QUANFENG)
    cast.county.require(Permission.EXPORT, COUNTY)
