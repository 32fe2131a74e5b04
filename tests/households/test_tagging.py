"""Tags given, ended and made: permission, rule, mask, version, log."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from gis_grid.audit.models import Entry
from gis_grid.core.errors import InputError, MissingError, NotAllowedError, StateError
from gis_grid.households.models import Household, HouseholdTag, Tag
from gis_grid.households.services.tagging import MOST_KINDS, add_tag, create_tag, end_tag
from gis_grid.territory.models import DataVersion
from tests.conftest import COUNTY, QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
DAY = dt.date(2024, 3, 1)


def give(user: Any, home: Household, slug: str = "deputy", day: dt.date = DAY) -> HouseholdTag:
    return add_tag(acting_user=user, household_id=home.pk, slug=slug, starts_on=day, source="镇")


def kind(user: Any, **changes: Any) -> Tag:
    return create_tag(
        **{
            "acting_user": user,
            "slug": "veteran",
            "name": "退役军人户",
            "colour": "#112233",
            "symbol": "square",
            "visibility": "open",
            **changes,
        }
    )


def mask_of(home: Household) -> int:
    home.refresh_from_db()
    return home.tag_mask


def test_a_tag_shows_in_the_mask_and_in_the_log(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(GRID)
    before = DataVersion.objects.get(layer="households", town_prefix=GRID[:9]).version
    give(cast.office, home)
    assert mask_of(home) == Tag.objects.get(slug="deputy").mask
    assert DataVersion.objects.get(layer="households", town_prefix=GRID[:9]).version > before
    entry = Entry.objects.get(action="tag_added")
    assert entry.detail == {"tag": "deputy", "day": "2024-03-01", "source": "镇"}


def test_a_tag_of_tomorrow_does_not_hold_yet(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(GRID)
    give(cast.office, home, day=timezone.localdate() + dt.timedelta(days=1))
    assert mask_of(home) == 0


def test_an_ended_tag_is_kept_and_can_be_given_again(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(GRID)
    row = give(cast.office, home)
    end_tag(acting_user=cast.office, household_tag_id=row.pk, ends_on=dt.date(2024, 9, 1))
    assert mask_of(home) == 0
    give(cast.office, home, day=dt.date(2024, 9, 1))
    assert mask_of(home) == Tag.objects.get(slug="deputy").mask
    assert HouseholdTag.objects.filter(household=home).count() == 2


def test_what_the_state_does_not_allow(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(GRID)
    row = give(cast.office, home)
    with pytest.raises(StateError):
        give(cast.office, home, day=dt.date(2025, 1, 1))
    with pytest.raises(InputError):
        end_tag(acting_user=cast.office, household_tag_id=row.pk, ends_on=DAY)
    end_tag(acting_user=cast.office, household_tag_id=row.pk, ends_on=dt.date(2024, 9, 1))
    with pytest.raises(StateError):
        end_tag(acting_user=cast.office, household_tag_id=row.pk, ends_on=dt.date(2025, 9, 1))


def test_welfare_tags_only_by_those_who_see_them(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(GRID)
    with pytest.raises(InputError) as hidden:
        give(cast.office, home, "low_income")
    with pytest.raises(InputError) as unknown:
        give(cast.office, home, "nonsense")
    assert str(hidden.value).replace("low_income", "nonsense") == str(unknown.value)
    row = give(cast.civil, home, "low_income")
    with pytest.raises(MissingError):
        end_tag(acting_user=cast.office, household_tag_id=row.pk, ends_on=dt.date(2025, 1, 1))


def test_who_may_change_tags(cast: SimpleNamespace, household: Callable[..., Household]) -> None:
    home = household(GRID)
    row = give(cast.office, home)
    for user in (cast.informant, cast.police, cast.town):
        with pytest.raises(NotAllowedError):
            give(user, home)
        with pytest.raises(NotAllowedError):
            end_tag(acting_user=user, household_tag_id=row.pk, ends_on=dt.date(2025, 1, 1))
    for user in (cast.outsider, cast.nobody, cast.auditor):
        with pytest.raises(MissingError):
            give(user, home)
        with pytest.raises(MissingError):
            end_tag(acting_user=user, household_tag_id=row.pk, ends_on=dt.date(2025, 1, 1))
    with pytest.raises(MissingError):
        end_tag(acting_user=cast.office, household_tag_id=0, ends_on=DAY)


def test_a_county_makes_a_kind(cast: SimpleNamespace, household: Callable[..., Household]) -> None:
    tag = kind(cast.county)
    assert tag.bit == 6
    assert DataVersion.objects.filter(layer="households", town_prefix=COUNTY[:6]).exists()
    assert Entry.objects.get(action="tag_kind_created").subject_id == "veteran"
    home = household(GRID)
    give(cast.office, home, "veteran")
    assert mask_of(home) == 1 << 6


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"slug": "party_member"}, "slug"),
        ({"slug": "a b"}, "slug"),
        ({"name": "党员户"}, "name"),
        ({"colour": "red"}, "__all__"),
        ({"symbol": "cow"}, "symbol"),
        ({"visibility": "all"}, "visibility"),
    ],
)
def test_values_that_can_not_be(cast: SimpleNamespace, changes: dict[str, str], where: str) -> None:
    with pytest.raises(InputError) as refusal:
        kind(cast.county, **changes)
    assert refusal.value.where == where


def test_no_more_kinds_than_bits(cast: SimpleNamespace) -> None:
    for number in range(MOST_KINDS - Tag.objects.count()):
        kind(cast.county, slug=f"kind-{number}", name=f"类{number}")
    assert set(Tag.objects.values_list("bit", flat=True)) == set(range(MOST_KINDS))
    with pytest.raises(StateError):
        kind(cast.county)


def test_only_the_county_makes_kinds(cast: SimpleNamespace) -> None:
    for user in (cast.office, cast.civil, cast.town, cast.nobody):
        with pytest.raises(NotAllowedError):
            kind(user)
