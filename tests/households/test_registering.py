"""Households entered, corrected and visited by hand: rules, scope, revision, log."""

import datetime as dt
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from gis_grid.audit.models import Entry
from gis_grid.core.crypto import decrypt, lookup_hash
from gis_grid.core.errors import DomainError, InputError, MissingError, NotAllowedError, StateError
from gis_grid.households.models import Household
from gis_grid.households.services.registering import (
    change_household,
    register_household,
    visit_household,
)
from gis_grid.households.services.tagging import add_tag, end_tag
from gis_grid.territory.models import DataVersion, Region
from tests.conftest import COLUMNS, LIJIA, OTHER_VILLAGE, QUANFENG, rectangle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
GRID, NEXT = QUANFENG + "001", QUANFENG + "002"
VALUES = {"address": "上坪组12号", "head_name": "李明德", "phone": "138 0013 8000"}
OUTSIDE = (112.2, 25.3)
Homes = Callable[..., Household]


def middle(grid: str) -> tuple[float, float]:
    centre = rectangle(COLUMNS[grid]).centroid
    return round(centre.x, 7), round(centre.y, 7)


def enter(user: Any, *, grid: str = GRID, **changes: Any) -> Household:
    told = {"values": VALUES, "place": middle(grid), **changes}
    return register_household(acting_user=user, **told)


def version(layer: str = "households") -> int:
    return sum(DataVersion.objects.filter(layer=layer).values_list("version", flat=True))


def test_a_household_is_entered_where_it_stands(cast: SimpleNamespace) -> None:
    before = version()
    home = enter(cast.worker)
    assert (home.code, home.area_code, home.origin) == (f"{QUANFENG}-00001", GRID, "resident")
    assert home.grid is not None
    assert decrypt(home.phone_cipher, purpose="household.phone") == "13800138000"
    assert bytes(home.phone_hash) == lookup_hash("13800138000", purpose="phone")
    assert home.registered_on == timezone.localdate()
    assert version() > before
    entry = Entry.objects.get(action="household_registered")
    assert (entry.subject_id, entry.area_code) == (str(home.pk), GRID)
    assert home.registration.user == cast.worker


def test_codes_are_never_given_twice(cast: SimpleNamespace, household: Homes) -> None:
    taken = household(GRID, code=f"{QUANFENG}-00002")
    first, second = enter(cast.worker), enter(cast.surveyor, grid=NEXT)
    assert [first.code, second.code] == [f"{QUANFENG}-00001", f"{QUANFENG}-00003"]
    second.delete()
    taken.delete()
    assert enter(cast.worker).code == f"{QUANFENG}-00004"


def test_sent_again_it_is_the_same(cast: SimpleNamespace) -> None:
    key = uuid.uuid4()
    first, again = (enter(cast.worker, client_id=key) for _number in range(2))
    assert first.pk == again.pk
    # Of another person it is another's.
    assert enter(cast.surveyor, client_id=key).pk != first.pk
    assert Household.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"address": " \u200b"}, "address"),
        ({"address": "x" * 201}, "address"),
        ({"head_name": "=1+1"}, "head_name"),
        ({"head_name": "李*德"}, "head_name"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "138****8000"}, "phone"),
        ({"phone": "19900001234"}, "phone"),
        ({"origin": "moon"}, "origin"),
        ({"note": 7}, "note"),
        ({"tag_mask": "1"}, "tag_mask"),
    ],
)
def test_what_cannot_be_is_named(
    cast: SimpleNamespace, changes: dict[str, Any], where: str
) -> None:
    with pytest.raises(InputError) as refused:
        enter(cast.worker, values={**VALUES, **changes})
    assert refused.value.where == where
    assert Household.objects.count() == 0


@pytest.mark.parametrize("place", [OUTSIDE, (400, 25), ("x", "y"), (112.4,), (float("nan"), 25)])
def test_no_grid_no_household(cast: SimpleNamespace, place: Any) -> None:
    with pytest.raises(InputError) as refused:
        enter(cast.worker, place=place)
    assert refused.value.where == "place"


def test_a_demonstration_holds_its_own_numbers_only(cast: SimpleNamespace) -> None:
    Region.objects.filter(code=QUANFENG).update(is_demo=True)
    with pytest.raises(InputError):
        enter(cast.worker)
    assert enter(cast.worker, values={**VALUES, "phone": "19900001234"}).pk


def test_a_change_raises_the_revision_once(cast: SimpleNamespace, household: Homes) -> None:
    home = household(GRID)
    seen = home.revision
    told = {"address": "上坪组13号", "phone": "0735-6622345"}
    made = change_household(
        acting_user=cast.informant, household_id=home.pk, values=told, revision=seen
    )
    assert (made.address, made.revision) == ("上坪组13号", seen + 1)
    assert Entry.objects.get(action="household_changed").detail == {"fields": ["address", "phone"]}
    # The same again, and what comes back as it was shown, change nothing.
    shown = {**told, "head_name": "李*德", "phone": "073****2345"}
    again = change_household(acting_user=cast.worker, household_id=home.pk, values=shown)
    assert (again.revision, again.head_name) == (seen + 1, "李明德")
    with pytest.raises(StateError):
        change_household(
            acting_user=cast.worker, household_id=home.pk, values={"note": "x"}, revision=seen
        )
    Household.objects.filter(pk=home.pk).update(closed_on=timezone.localdate())
    with pytest.raises(StateError):
        change_household(acting_user=cast.worker, household_id=home.pk, values={"note": "x"})


def test_a_moved_household_follows_its_place(cast: SimpleNamespace, household: Homes) -> None:
    home = household(GRID)

    def move(user: Any, grid: str) -> Household:
        return change_household(
            acting_user=user, household_id=home.pk, values={}, place=middle(grid)
        )

    assert move(cast.worker, NEXT).area_code == NEXT
    # Not out of one's own area, nor where the role does not reach.
    for user, grid in ((cast.worker, LIJIA + "001"), (cast.surveyor, OTHER_VILLAGE + "001")):
        with pytest.raises(MissingError):
            move(user, grid)
    with pytest.raises(InputError):
        change_household(acting_user=cast.worker, household_id=home.pk, values={}, place=OUTSIDE)
    home.refresh_from_db()
    assert (home.area_code, home.grid and home.grid.code) == (NEXT, NEXT)
    # Whoever was put into a grid by hand stays in it, and is flagged.
    Household.objects.filter(pk=home.pk).update(placement="manual")
    moved = move(cast.surveyor, LIJIA + "001")
    assert (moved.area_code, moved.placement_flagged) == (NEXT, True)


def test_a_visit_changes_nothing_else(cast: SimpleNamespace, household: Homes) -> None:
    home, key = household(GRID), uuid.uuid4()
    yesterday = timezone.now() - dt.timedelta(days=1)
    told = {"acting_user": cast.worker, "household_id": home.pk, "client_id": key}
    visit = visit_household(**told, text="一切都好", at=yesterday)
    assert visit_household(**told).pk == visit.pk
    seen = home.revision
    home.refresh_from_db()
    assert (home.visited_on, home.revision) == (timezone.localdate(yesterday), seen)
    visit_household(acting_user=cast.leader, household_id=home.pk)
    # An older one that comes later does not take the day back.
    visit_household(acting_user=cast.worker, household_id=home.pk, at=yesterday)
    home.refresh_from_db()
    assert home.visited_on == timezone.localdate()
    assert [one.user for one in home.visits.all()] == [cast.leader, cast.worker, cast.worker]
    ahead = timezone.now() + dt.timedelta(days=400)
    late = visit_household(acting_user=cast.worker, household_id=home.pk, at=ahead)
    assert late.at <= timezone.now()
    with pytest.raises(InputError) as refused:
        visit_household(
            acting_user=cast.worker, household_id=home.pk, at=dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        )
    assert refused.value.where == "at"


def test_who_may(cast: SimpleNamespace, household: Homes) -> None:
    home = household(GRID)
    acts: tuple[Callable[[Any], object], ...] = (
        enter,
        lambda user: change_household(
            acting_user=user, household_id=home.pk, values={"note": user.username}
        ),
        lambda user: visit_household(acting_user=user, household_id=home.pk),
    )
    refusals: list[tuple[Any, type[DomainError]]] = [
        (cast.police, NotAllowedError),
        (cast.town, NotAllowedError),
        (cast.outsider, MissingError),
        (cast.nobody, MissingError),
    ]
    for act in acts:
        for user, refusal in refusals:
            with pytest.raises(refusal):
                act(user)
        for user in (cast.county, cast.office, cast.civil, cast.informant, cast.surveyor):
            act(user)


def test_tags_raise_the_revision_but_welfare_stays_unseen(
    cast: SimpleNamespace, household: Homes
) -> None:
    home = household(GRID)

    def revision() -> int:
        home.refresh_from_db()
        return home.revision

    seen, day = revision(), dt.date(2024, 3, 1)
    row = add_tag(acting_user=cast.surveyor, household_id=home.pk, slug="deputy", starts_on=day)
    assert revision() == seen + 1
    end_tag(acting_user=cast.worker, household_tag_id=row.pk, ends_on=dt.date(2024, 9, 1))
    assert revision() == seen + 2
    later = timezone.localdate() + dt.timedelta(days=9)
    add_tag(acting_user=cast.leader, household_id=home.pk, slug="deputy", starts_on=later)
    assert revision() == seen + 3
    add_tag(acting_user=cast.worker, household_id=home.pk, slug="low_income", starts_on=day)
    assert revision() == seen + 3
    with pytest.raises(InputError):
        add_tag(acting_user=cast.surveyor, household_id=home.pk, slug="low_income", starts_on=day)
