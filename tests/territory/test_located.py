"""Placing again: ties on borders, grids that end, placements by hand, nothing to write."""

from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from gis_grid.households.models import Household
from gis_grid.territory.models import DataVersion, Grid
from gis_grid.territory.services.located import Moved, reassign
from tests.conftest import COLUMNS, LIJIA, QUANFENG, rectangle

pytestmark = pytest.mark.django_db
WEST, EAST = QUANFENG + "003", LIJIA + "001"


@pytest.fixture
def on_the_border(household: Callable[..., Household]) -> Household:
    """A household on the border of two villages; the lower code is that of the west."""
    return household(WEST, geom=Point(rectangle(COLUMNS[EAST]).bounds[0], 25.605, srid=4490))


def reassigned(codes: list[str]) -> Moved:
    """What became of the households; other located models have nothing here."""
    (report,) = (r for r in reassign(codes) if r.model == Household._meta.label)
    return report


def placed(home: Household) -> str:
    home.refresh_from_db()
    return home.area_code


@pytest.mark.parametrize("codes", [[WEST], [EAST], [WEST, EAST], list(COLUMNS)])
@pytest.mark.parametrize("before", [None, WEST, EAST])
def test_a_point_on_a_border_goes_to_the_lower_code_whoever_is_placed_anew(
    on_the_border: Household, codes: list[str], before: str | None
) -> None:
    grid = Grid.objects.get(code=before) if before else None
    Household.objects.filter(pk=on_the_border.pk).update(grid=grid, area_code=before or QUANFENG)
    report = reassigned(codes)
    if before == EAST and codes == [EAST]:
        # Where it stands is its own still; the west is asked when the west changes.
        assert report.moved == 0
        reassign([WEST])
    assert placed(on_the_border) == WEST
    assert report.moved == (before != WEST and not (before == EAST and codes == [EAST]))


def test_nothing_is_written_where_nothing_has_moved(on_the_border: Household) -> None:
    versions = list(DataVersion.objects.values_list("layer", "version"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM households_household")
        before = cursor.fetchall()
        assert reassigned(list(COLUMNS)) == Moved("households.Household", 0, 0, 0)
        cursor.execute("SELECT xmin::text FROM households_household")
        assert cursor.fetchall() == before
    assert list(DataVersion.objects.values_list("layer", "version")) == versions


def test_who_is_booked_to_a_grid_that_does_not_hold_it_leaves(
    household: Callable[..., Household],
) -> None:
    away = household(WEST)
    Household.objects.filter(pk=away.pk).update(geom=Point(112.30, 25.60, srid=4490))
    report = reassigned([WEST])
    assert (report.moved, report.left_every_grid, report.flagged) == (0, 1, 0)
    assert placed(away) == QUANFENG
    assert away.grid_id is None


def test_a_placement_by_hand_is_flagged_once(household: Callable[..., Household]) -> None:
    home = household(WEST)
    grid = Grid.objects.get(code=EAST)
    Household.objects.filter(pk=home.pk).update(
        placement="manual", grid=grid, area_code=EAST, placement_flagged=False
    )
    first = reassigned([EAST])
    second = reassigned([EAST])
    assert (first.flagged, second.flagged) == (1, 0)
    assert placed(home) == EAST
    assert home.placement_flagged
