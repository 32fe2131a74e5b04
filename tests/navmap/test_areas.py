"""How many households a filter leaves in each area, and where an area lies."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Household
from gis_grid.navmap.areas import bounds_of, counts_by_area
from tests.conftest import QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
DEPUTIES = HouseholdFilter(tags=("deputy",))


def test_a_household_counts_in_its_grid_and_all_around_it(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, tags=("deputy",))
    household(GRID)
    town, county = QUANFENG[:9] + "000", QUANFENG[:6] + "000000"
    assert counts_by_area(cast.worker, DEPUTIES) == {GRID: 1, QUANFENG: 1, town: 1, county: 1}


def test_an_outsider_counts_nothing_and_learns_no_place(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, tags=("deputy",))
    assert counts_by_area(cast.outsider, DEPUTIES) == {}
    assert bounds_of(cast.outsider, GRID) is None


def test_the_frame_of_a_grid(cast: SimpleNamespace, household: Callable[..., Household]) -> None:
    household(GRID)
    frame = bounds_of(cast.worker, GRID)
    assert frame is not None
    west, south, east, north = frame
    assert west < east
    assert south < north
