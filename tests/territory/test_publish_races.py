"""Publishes that race for the same land: each is whole, and the coverage stays one."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import shapely
from django.db import connection

from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion
from gis_grid.territory.services.publish import CoverageError, NewCell, publish_villages
from tests.conftest import LIJIA, QUANFENG, cell, rectangle

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def small_cells() -> dict[str, shapely.Geometry]:
    versions = GridVersion.objects.at().filter(grid__level=Grid.Level.SMALL)
    return {
        code: shapely.from_wkb(bytes(geom.wkb))
        for code, geom in versions.values_list("grid__code", "geom")
    }


def attempt(user: object, cells: list[NewCell]) -> bool:
    try:
        publish_villages(acting_user=user, cells=cells)
    except CoverageError:
        return False
    finally:
        connection.close()
    return True


def test_two_villages_that_claim_the_same_strip(
    ground: dict[str, NewCell], cast: SimpleNamespace
) -> None:
    """Both move their common border by its own; at most the first of them can be right."""
    west = [cell(QUANFENG + f"00{i}") for i in (1, 2)]
    west.append(cell(QUANFENG + "003", rectangle(2, width=1.3)))
    east = [cell(LIJIA + "001", rectangle(2.7, width=1.3)), cell(LIJIA + "002")]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda cells: attempt(cast.county, cells), [west, east] * 4))
    assert not any(done)
    assert coverage.coverage_issues(small_cells()) == []


def test_ten_redraws_of_one_village_leave_one_state_and_a_gapless_past(
    ground: dict[str, NewCell], cast: SimpleNamespace
) -> None:
    def drawing(number: int) -> list[NewCell]:
        width = round(0.5 + number / 20, 7)
        return [
            cell(QUANFENG + "001", rectangle(0, width=width)),
            cell(QUANFENG + "002", rectangle(width, width=2 - width)),
            cell(QUANFENG + "003"),
        ]

    with ThreadPoolExecutor(5) as pool:
        done = list(pool.map(lambda n: attempt(cast.county, drawing(n)), range(10)))
    assert all(done)
    assert coverage.coverage_issues(small_cells()) == []
    history = list(GridVersion.objects.filter(grid__code=QUANFENG + "001").order_by("validity"))
    for before, after in itertools.pairwise(history):
        assert before.validity.upper == after.validity.lower
    assert history[-1].validity.upper is None
