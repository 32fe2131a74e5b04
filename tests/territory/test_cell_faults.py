"""Faults of single cells: each is told, before neighbours are looked at."""

from types import SimpleNamespace

import pytest
import shapely

from gis_grid.territory.models import GridVersion, Region
from gis_grid.territory.services.publish import CoverageError, NewCell, publish_villages
from tests.conftest import QUANFENG, cell, rectangle

pytestmark = pytest.mark.django_db


def test_a_grid_of_two_parts_must_be_meant_so(
    ground: dict[str, object], cast: SimpleNamespace
) -> None:
    north = shapely.box(112.41, 25.606, 112.42, 25.61)
    middle = shapely.box(112.41, 25.604, 112.42, 25.606)
    south = shapely.box(112.41, 25.6, 112.42, 25.604)

    def cells(kind: str) -> list[NewCell]:
        return [
            cell(QUANFENG + "001"),
            cell(QUANFENG + "002", shapely.MultiPolygon([north, south]), kind=kind),
            cell(QUANFENG + "003", rectangle(2)),
            cell(QUANFENG + "004", middle),
        ]

    with pytest.raises(CoverageError) as refusal:
        publish_villages(acting_user=cast.county, cells=cells("small"))
    assert [issue.code for issue in refusal.value.issues] == ["several_parts"]


def test_a_declared_enclave_is_published(regions: dict[str, Region], cast: SimpleNamespace) -> None:
    parts = shapely.MultiPolygon([rectangle(0), rectangle(2)])
    cells = [
        cell(QUANFENG + "001", parts, kind="enclave"),
        cell(QUANFENG + "002", rectangle(1)),
    ]
    result = publish_villages(acting_user=cast.county, cells=cells)
    assert result.created == [QUANFENG + "001", QUANFENG + "002"]


def test_a_grid_smaller_than_a_plot_is_refused(
    regions: dict[str, Region], cast: SimpleNamespace
) -> None:
    dot = shapely.box(112.4, 25.6, 112.40001, 25.60001)
    with pytest.raises(CoverageError) as refusal:
        publish_villages(acting_user=cast.county, cells=[cell(QUANFENG + "001", dot)])
    assert [issue.code for issue in refusal.value.issues] == ["too_small"]


def test_all_faulty_cells_are_told_at_once(
    regions: dict[str, Region], cast: SimpleNamespace
) -> None:
    bow_tie = shapely.Polygon([(112.4, 25.6), (112.41, 25.61), (112.41, 25.6), (112.4, 25.61)])
    cells = [
        cell(QUANFENG + "001", bow_tie),
        cell(QUANFENG + "002"),
        cell(QUANFENG + "003", shapely.MultiPolygon([rectangle(2), rectangle(4)])),
    ]
    with pytest.raises(CoverageError) as refusal:
        publish_villages(acting_user=cast.county, cells=cells)
    assert [(issue.code, issue.grids) for issue in refusal.value.issues] == [
        ("crosses_itself", (QUANFENG + "001",)),
        ("several_parts", (QUANFENG + "003",)),
    ]
    assert refusal.value.where == QUANFENG + "001"
    assert not GridVersion.objects.exists()
