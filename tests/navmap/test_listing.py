"""The table beside the map and the live counts."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.core.errors import InputError
from gis_grid.core.personal import mask_name
from gis_grid.duties.models import Duty, Holder, Post
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Household
from gis_grid.navmap.listing import SORTS, counts, every, page
from tests.conftest import LIJIA, QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
ALL = HouseholdFilter()


def name_duty(slug: str, area: str, name: str) -> None:
    Duty.objects.create(
        post=Post.objects.get(slug=slug),
        holder=Holder.objects.create(name=name),
        mode=Duty.Mode.STRETCH,
        area_code=area,
        starts_on=dt.date(2024, 1, 1),
    )


def test_a_row(cast: SimpleNamespace, household: Callable[..., Household]) -> None:
    home = household(GRID, tags=("deputy",))
    name_duty("grid_worker", QUANFENG, "包村人")
    name_duty("informant", GRID, "王信息")
    (row,) = page(cast.worker, ALL).rows
    assert (row.id, row.head, row.people, row.tags) == (home.pk, "李*德", 4, ["deputy"])
    assert (row.grid_name, row.village_name) == ("网格001", "泉凤村")
    assert (row.worker, row.informant) == ("包村人", "王信息")


@pytest.mark.parametrize("name", ["", "李", "李明", "李明德", "欧阳爱珍"])
def test_the_database_masks_as_the_card_does(
    cast: SimpleNamespace, household: Callable[..., Household], name: str
) -> None:
    household(GRID, head_name=name)
    assert page(cast.worker, ALL).rows[0].head == mask_name(name)


@pytest.mark.parametrize("sort", list(SORTS))
def test_each_column_sorts_both_ways(
    cast: SimpleNamespace, household: Callable[..., Household], sort: str
) -> None:
    first = household(GRID, head_name="阿明", address="2号", people=1)
    second = household(
        QUANFENG + "002", head_name="周明", address="10号", people=9, tags=("deputy",)
    )
    third = household(LIJIA + "001", head_name="周明", address="10号", people=9, tags=("deputy",))
    name_duty("grid_worker", GRID, "安")
    name_duty("grid_worker", QUANFENG + "002", "周")
    name_duty("informant", GRID, "安")
    name_duty("informant", QUANFENG + "002", "周")
    up = [row.id for row in page(cast.town, ALL, sort=sort).rows]
    down = [row.id for row in page(cast.town, ALL, sort=sort, descending=True).rows]
    assert up[0] == first.pk
    assert down[0] in (second.pk, third.pk)
    assert sorted(up) == sorted(down)


def test_pages_do_not_overlap(cast: SimpleNamespace, household: Callable[..., Household]) -> None:
    made = [household(GRID).pk for _ in range(5)]
    pages = [page(cast.worker, ALL, sort="people", offset=o, limit=2) for o in (0, 2, 4)]
    assert [row.id for listing in pages for row in listing.rows] == made
    assert {listing.total for listing in pages} == {5}
    assert [row.id for row in every(cast.worker, ALL)] == made


def test_filter_by_tags_area_and_frame(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    both = household(GRID, tags=("deputy", "party_member"))
    one = household(QUANFENG + "002", tags=("deputy",))
    household(LIJIA + "001")

    def ids(**fields: object) -> set[int]:
        return {row.id for row in page(cast.town, HouseholdFilter(**fields)).rows}  # type: ignore[arg-type]

    assert ids(tags=("deputy", "party_member")) == {both.pk, one.pk}
    assert ids(tags=("deputy", "party_member"), mode="all") == {both.pk}
    assert ids(area=GRID) == {both.pk}
    assert ids(area=QUANFENG) == {both.pk, one.pk}
    assert ids(bbox=(112.41, 25.6, 112.42, 25.61)) == {one.pk}


def test_counts_say_what_choosing_a_tag_would_show(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, tags=("deputy", "party_member"), people=3)
    household(GRID, tags=("deputy",), people=2)
    household(QUANFENG + "002", tags=("party_member",), people=1)
    result = counts(cast.worker, HouseholdFilter(tags=("deputy",), area=GRID))
    assert (result.households, result.people) == (2, 5)
    assert (result.tags["deputy"], result.tags["party_member"]) == (2, 1)
    result = counts(cast.worker, HouseholdFilter(tags=("deputy",), mode="all"))
    assert (result.households, result.tags["deputy"], result.tags["party_member"]) == (2, 2, 1)
    result = counts(cast.worker, HouseholdFilter(tags=("deputy",), mode="any"))
    assert (result.households, result.tags["party_member"]) == (2, 2)


def test_welfare_tags_leak_by_no_column_order_or_count(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    plain = [household(GRID).pk for _ in range(2)]
    welfare = household(GRID, tags=("low_income", "subsidy")).pk
    for user in (cast.police, cast.office, cast.surveyor, cast.county):
        for descending in (False, True):
            rows = page(user, ALL, sort="tags", descending=descending).rows
            assert [row.id for row in rows] == [*plain, welfare]
            assert all(row.tags == [] for row in rows)
        assert "low_income" not in counts(user, ALL).tags
        with pytest.raises(InputError) as hidden:
            page(user, HouseholdFilter(tags=("low_income",)))
        with pytest.raises(InputError) as unknown:
            page(user, HouseholdFilter(tags=("nonsense",)))
        assert str(hidden.value).replace("low_income", "nonsense") == str(unknown.value)
    assert page(cast.civil, ALL, sort="tags", descending=True).rows[0].id == welfare
    assert counts(cast.civil, ALL).tags["low_income"] == 1


def test_staff_of_one_village_count_its_welfare_households_alone(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, tags=("low_income",))
    household(LIJIA + "001", tags=("low_income",))
    assert counts(cast.worker, ALL).tags["low_income"] == 1
    assert counts(cast.town, ALL).tags["low_income"] == 2


def test_an_unknown_column_is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(InputError) as refusal:
        page(cast.worker, ALL, sort="phone")
    assert refusal.value.where == "sort"


def test_out_of_scope_the_table_is_empty(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, tags=("deputy",))
    for user in (cast.outsider, cast.auditor, cast.nobody):
        assert page(user, ALL).total == 0
        assert page(user, HouseholdFilter(area=GRID)).rows == []
        assert counts(user, ALL).households == 0
        assert sum(counts(user, ALL).tags.values()) == 0
