"""Two at once: codes are given once, what is sent twice is one, a change is not lost."""

import uuid
from types import SimpleNamespace

import pytest

from gis_grid.core.errors import StateError
from gis_grid.households.models import Household, Visit
from gis_grid.households.services.registering import change_household, visit_household
from tests.households.test_registering import GRID, NEXT, Homes, enter
from tests.incidents.test_at_once import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("ground"),
]


def test_codes_are_given_once(cast: SimpleNamespace) -> None:
    made = at_once(
        *[lambda grid=grid: enter(cast.worker, grid=grid) for grid in (GRID, NEXT, GRID, NEXT)]
    )
    assert sorted(home.code[-5:] for home in made) == ["00001", "00002", "00003", "00004"]


def test_sent_twice_at_once_it_is_one(cast: SimpleNamespace, household: Homes) -> None:
    key = uuid.uuid4()
    made = at_once(*[lambda: enter(cast.worker, client_id=key) for _number in range(4)])
    assert len({home.pk for home in made}) == 1
    home = household(GRID)
    visits = at_once(
        *[
            lambda: visit_household(acting_user=cast.worker, household_id=home.pk, client_id=key)
            for _number in range(4)
        ]
    )
    assert len({visit.pk for visit in visits}) == 1
    assert (Household.objects.count(), Visit.objects.count()) == (2, 1)


def test_one_of_two_changes_wins(cast: SimpleNamespace, household: Homes) -> None:
    home = household(GRID)

    def change(note: str) -> Household:
        return change_household(
            acting_user=cast.worker,
            household_id=home.pk,
            values={"note": note},
            revision=home.revision,
        )

    results = at_once(lambda: change("一"), lambda: change("二"))
    assert sum(isinstance(one, StateError) for one in results) == 1
    home.refresh_from_db()
    assert home.note in ("一", "二")
