"""An ETag tells of welfare tags only to those who may see them."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.accounts.models import User
from gis_grid.households.models import Household, HouseholdTag
from gis_grid.households.services.tagging import add_tag, create_tag, end_tag
from gis_grid.territory.models import DataVersion
from tests.conftest import QUANFENG, TANGCUN

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
DAY = dt.date(2024, 1, 1)


@pytest.fixture
def etag(call: Callable) -> Callable[[User], str]:
    return lambda user: call(user).response("households")["ETag"]


def give(cast: SimpleNamespace, home: Household, slug: str) -> HouseholdTag:
    return add_tag(acting_user=cast.civil, household_id=home.pk, slug=slug, starts_on=DAY)


def test_a_welfare_tag_moves_it_for_those_who_see_it(
    cast: SimpleNamespace, household: Callable[..., Household], etag: Callable[[User], str]
) -> None:
    home = household(GRID)
    seen, unseen = etag(cast.civil), etag(cast.county)
    row = give(cast, home, "low_income")
    assert etag(cast.civil) != seen
    assert etag(cast.county) == unseen
    seen = etag(cast.civil)
    end_tag(acting_user=cast.civil, household_tag_id=row.pk, ends_on=dt.date(2024, 2, 1))
    assert etag(cast.civil) != seen
    assert etag(cast.county) == unseen


def test_an_open_tag_moves_it_for_all(
    cast: SimpleNamespace, household: Callable[..., Household], etag: Callable[[User], str]
) -> None:
    home = household(GRID)
    before = etag(cast.civil), etag(cast.county)
    give(cast, home, "deputy")
    assert etag(cast.civil) != before[0]
    assert etag(cast.county) != before[1]
    assert not DataVersion.objects.filter(layer="welfare").exists()


def test_another_town_s_welfare_is_not_in_sight(
    cast: SimpleNamespace, household: Callable[..., Household], etag: Callable[[User], str]
) -> None:
    home = household(GRID)
    household(TANGCUN[:9] + "200001")
    before = etag(cast.outsider)
    give(cast, home, "low_income")
    assert etag(cast.outsider) == before


def test_a_new_kind_of_welfare_tag_moves_no_data_of_others(
    cast: SimpleNamespace, household: Callable[..., Household], etag: Callable[[User], str]
) -> None:
    household(GRID)
    seen, unseen = etag(cast.civil), etag(cast.county)
    create_tag(
        acting_user=cast.county,
        slug="new_kind",
        name="新标签",
        colour="#123456",
        symbol="star",
        visibility="welfare",
    )
    assert etag(cast.civil) != seen
    assert etag(cast.county) == unseen
