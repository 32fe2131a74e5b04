"""The card of a household: what it says, to whom, and that reading it is logged."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.audit.models import Entry
from gis_grid.core.crypto import encrypt, lookup_hash
from gis_grid.core.errors import MissingError
from gis_grid.duties.models import Duty, Holder, Post
from gis_grid.households.models import Household, HouseholdTag, Resident, Tag
from gis_grid.navmap.cards import household_card
from gis_grid.territory.services.publish import publish_villages
from tests.conftest import LIJIA, QUANFENG, cell, rectangle

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def add_resident(household: Household, **fields: Any) -> Resident:
    phone, number = fields.pop("phone", ""), fields.pop("number", "")
    return Resident.objects.create(
        **{
            "household": household,
            "name": "李小芳",
            "relation": "配偶",
            "sex": "f",
            "phone_cipher": encrypt(phone, purpose="resident.phone"),
            "phone_hash": lookup_hash(phone, purpose="phone"),
            "id_cipher": encrypt(number, purpose="resident.id"),
            "id_hash": lookup_hash(number, purpose="id"),
            **fields,
        }
    )


def test_people_are_masked(cast: SimpleNamespace, household: Callable[..., Household]) -> None:
    home = household(GRID, phone_cipher=encrypt("19900001234", purpose="household.phone"))
    add_resident(
        home, phone="19900005678", number="431024199001012340", birth_date=dt.date(1990, 1, 1)
    )
    card = household_card(cast.worker, home.pk)
    assert (card.head, card.phone) == ("李*德", "199****1234")
    (member,) = card.members
    assert (member.name, member.phone) == ("李*芳", "199****5678")
    assert member.id_number == "431024********2340"
    assert member.age is not None
    assert member.age >= 36
    assert "19900005678" not in repr(card)


def test_place_and_origin(cast: SimpleNamespace, household: Callable[..., Household]) -> None:
    card = household_card(cast.worker, household(GRID).pk)
    assert card.grid is not None
    assert card.village is not None
    assert (card.grid.code, card.grid.name) == (GRID, "网格001")
    assert card.village.name == "泉凤村"
    assert not card.placement_flagged


def test_whoever_has_left_is_not_shown(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(GRID)
    add_resident(home, left_on=dt.date(2024, 1, 1))
    assert household_card(cast.worker, home.pk).members == []


def test_those_who_answer_come_with_their_phones(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(GRID)
    for slug, area, name in (
        ("informant", GRID, "王信息"),
        ("grid_leader", QUANFENG, "赵书记"),
        ("informant", QUANFENG + "002", "别处人"),
    ):
        Duty.objects.create(
            post=Post.objects.get(slug=slug),
            holder=Holder.objects.create(
                name=name, phone_cipher=encrypt("19900000001", purpose="holder.phone")
            ),
            mode=Duty.Mode.GROUP,
            area_code=area,
            starts_on=dt.date(2024, 1, 1),
        )
    people = household_card(cast.informant, home.pk).answering
    assert [person.name for person in people] == ["赵书记", "王信息"]
    assert people[1].phone == "19900000001"
    assert people[0].area.name == "泉凤村"


def test_welfare_tags_and_their_history_only_for_their_staff(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(GRID, tags=("low_income", "party_member"))
    HouseholdTag.objects.filter(tag__slug="low_income").update(source="民政办")
    seen = household_card(cast.civil, home.pk)
    assert {tag.slug for tag in seen.tags} == {"low_income", "party_member"}
    for outsider in (cast.police, cast.office, cast.surveyor, cast.county):
        card = household_card(outsider, home.pk)
        assert {tag.slug for tag in card.tags} == {"party_member"}
        assert Tag.objects.get(slug="low_income").label not in repr(card)
        assert "民政办" not in repr(card)


def test_a_tag_that_has_ended_stands_in_the_history_alone(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(GRID, tags=("deputy",))
    HouseholdTag.objects.update(ends_on=dt.date(2023, 6, 1))
    card = household_card(cast.worker, home.pk)
    assert card.tags == []
    assert [e.on for e in card.history if e.kind == "tag_ended"] == [dt.date(2023, 6, 1)]


def test_a_redraw_stands_in_the_history(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(QUANFENG + "002")
    publish_villages(
        acting_user=cast.county,
        cells=[
            cell(GRID, rectangle(0, width=1.9)),
            cell(QUANFENG + "002", rectangle(1.9, width=0.1)),
            cell(QUANFENG + "003"),
        ],
    )
    moves = [event.text for event in household_card(cast.worker, home.pk).history]
    moves = [text for text in moves if QUANFENG in text]
    assert len(moves) == 2
    assert GRID in moves[0]
    assert QUANFENG + "002" in moves[1]


def test_reading_is_logged_with_one_row(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(GRID)
    household_card(cast.worker, home.pk)
    entry = Entry.objects.get(action="household_read")
    assert (entry.actor, entry.subject_id, entry.area_code) == ("worker", str(home.pk), GRID)


def test_who_may_reveal(cast: SimpleNamespace, household: Callable[..., Household]) -> None:
    home = household(GRID)
    assert household_card(cast.worker, home.pk).can_reveal
    assert not household_card(cast.informant, home.pk).can_reveal


def test_out_of_scope_is_as_missing(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(LIJIA + "001")
    for user in (cast.outsider, cast.worker, cast.auditor, cast.nobody):
        with pytest.raises(MissingError):
            household_card(user, home.pk)
    assert not Entry.objects.filter(action="household_read").exists()
