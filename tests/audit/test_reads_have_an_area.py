"""Every read of personal data in a town stands in that town's log, for its auditor to see."""

from collections.abc import Callable
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.accounts.audit_log import entries_visible_to
from gis_grid.accounts.models import Assignment
from gis_grid.accounts.policies import Role
from gis_grid.accounts.scope import Scope
from gis_grid.core.crypto import lookup_hash
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Household
from gis_grid.navmap.search import search
from gis_grid.navmap.workbook import write_workbook
from tests.conftest import COUNTY, JINPING, LIJIA, OTHER_VILLAGE, QUANFENG, TANGCUN

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
PHONE = "19900001234"
READS = ("households_exported", "personal_search")


@pytest.fixture
def seen(cast: SimpleNamespace) -> Callable[[], list[tuple[str, str]]]:
    """(action, area) of what the auditor of Jinping sees."""

    def read() -> list[tuple[str, str]]:
        rows = entries_visible_to(cast.auditor).filter(action__in=READS).order_by("seq")
        return list(rows.values_list("action", "area_code"))

    return read


def take(user: Any, **filters: Any) -> None:
    write_workbook(
        BytesIO(), acting_user=user, filter=HouseholdFilter(**filters), purpose="季度走访安排"
    )


@pytest.mark.parametrize(
    ("area", "logged"),
    [(None, JINPING), (JINPING, JINPING), (QUANFENG, QUANFENG), (COUNTY, JINPING)],
)
def test_lists_taken_out(
    cast: SimpleNamespace,
    household: Callable[..., Household],
    seen: Callable[[], list[tuple[str, str]]],
    area: str | None,
    logged: str,
) -> None:
    household(GRID)
    take(cast.office, area=area)
    assert seen() == [("households_exported", logged)]


def test_searches_with_several_hits_and_with_none(
    cast: SimpleNamespace,
    household: Callable[..., Household],
    seen: Callable[[], list[tuple[str, str]]],
) -> None:
    search(cast.police, PHONE)
    phone_hash = lookup_hash(PHONE, purpose="phone")
    household(GRID, phone_hash=phone_hash)
    search(cast.police, PHONE)
    household(QUANFENG + "002", phone_hash=phone_hash)
    search(cast.police, PHONE)
    household(LIJIA + "001", phone_hash=phone_hash)
    search(cast.police, PHONE)
    assert [area for _action, area in seen()] == [JINPING, GRID, QUANFENG, JINPING]


def test_reads_elsewhere_are_not_for_this_auditor(
    cast: SimpleNamespace,
    household: Callable[..., Household],
    seen: Callable[[], list[tuple[str, str]]],
) -> None:
    household(OTHER_VILLAGE + "001")
    search(cast.outsider, PHONE)
    Assignment.objects.create(
        user=cast.office, role=Role.OFFICE, area_code=TANGCUN, starts_on="2020-01-01"
    )
    take(cast.office)
    assert seen() == []


def test_the_area_of_a_scope() -> None:
    towns = Scope.of_areas([JINPING, TANGCUN])
    assert towns.common_area() == COUNTY
    assert towns.common_area(JINPING) == JINPING
    assert towns.common_area(GRID) == GRID
    assert towns.common_area("430000000000") == COUNTY
    assert towns.common_area("431025000000") == ""
    assert Scope.of_areas([QUANFENG, LIJIA]).common_area() == JINPING
    assert Scope.of_areas([GRID]).common_area() == GRID
    assert Scope.of_areas(["430000000000", "440000000000"]).common_area() == ""
    assert Scope().common_area() == ""
