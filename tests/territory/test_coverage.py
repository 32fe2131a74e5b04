"""The rules of a coverage, on shapes alone."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.territory import coverage

STEP = 0.001
Lattice = np.ndarray[Any, np.dtype[np.float64]]


@st.composite
def lattices(draw: st.DrawFn) -> Lattice:
    """Corners of rows × columns crooked cells: (rows + 1, columns + 1, 2) lon/lat degrees.

    Each corner is moved by less than 0.3 of a cell, so that no cell folds over.
    """
    rows, columns = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    moves = st.floats(-0.3, 0.3, allow_nan=False).map(lambda x: round(x, 3))
    count = (rows + 1) * (columns + 1) * 2
    shift = np.array(draw(st.lists(moves, min_size=count, max_size=count)))
    y, x = np.mgrid[0 : rows + 1, 0 : columns + 1]
    corners = np.stack([x, y], axis=-1) + shift.reshape(rows + 1, columns + 1, 2)
    return np.round(np.array([112.4, 25.6]) + corners * STEP, coverage.DECIMALS)


def cells_of(corners: Lattice) -> dict[str, shapely.Polygon]:
    rows, columns = corners.shape[0] - 1, corners.shape[1] - 1
    return {
        f"{row}-{column}": shapely.Polygon(
            [
                corners[row, column],
                corners[row, column + 1],
                corners[row + 1, column + 1],
                corners[row + 1, column],
            ]
        )
        for row in range(rows)
        for column in range(columns)
    }


@given(lattices())
@settings(max_examples=60, deadline=None)
def test_a_crooked_coverage_is_sound(corners: Lattice) -> None:
    assert coverage.coverage_issues(cells_of(corners)) == []


@given(lattices(), st.data())
@settings(max_examples=60, deadline=None)
def test_moving_one_side_of_a_shared_corner_is_found(corners: Lattice, data: st.DataObject) -> None:
    cells = cells_of(corners)
    row = data.draw(st.integers(0, corners.shape[0] - 3))
    column = data.draw(st.integers(0, corners.shape[1] - 3))
    moved = corners.copy()
    moved[row + 1, column + 1] += np.array([0.2, 0.15]) * STEP
    code = f"{row}-{column}"
    issues = coverage.coverage_issues({**cells, code: cells_of(np.round(moved, 7))[code]})
    assert issues
    assert any(code in issue.grids for issue in issues)


@given(lattices())
@settings(max_examples=40, deadline=None)
def test_a_missing_inner_cell_is_a_gap(corners: Lattice) -> None:
    if min(corners.shape[:2]) < 4:
        return
    cells = cells_of(corners)
    lost = cells.pop("1-1")
    gap = next(issue for issue in coverage.coverage_issues(cells) if issue.code == "gap")
    assert gap.place is not None
    assert gap.place.equals(lost)
    assert gap.params["area_m2"] == pytest.approx(coverage.area_m2(lost))


@given(lattices())
@settings(max_examples=40, deadline=None)
def test_the_outline_keeps_the_area_and_the_vertices(corners: Lattice) -> None:
    cells = cells_of(corners)
    outline = coverage.union(list(cells.values()))
    total = sum(cell.area for cell in cells.values())
    assert outline.area == pytest.approx(total, rel=1e-12)
    known = {tuple(xy) for xy in corners.reshape(-1, 2)}
    assert {tuple(xy) for xy in shapely.get_coordinates(outline)} <= known


def test_a_bow_tie_is_named_with_its_crossing() -> None:
    bow_tie = shapely.Polygon([(112, 25), (112.01, 25.01), (112.01, 25), (112, 25.01)])
    [issue] = coverage.coverage_issues({"A": bow_tie})
    assert issue.code == "crosses_itself"
    assert issue.place is not None
    assert issue.place.equals_exact(shapely.Point(112.005, 25.005), 1e-9)


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (shapely.Point(112, 25), "not_a_polygon"),
        (shapely.Polygon(), "empty"),
        (shapely.box(500_000, 2_830_000, 501_000, 2_831_000), "outside_china"),
    ],
)
def test_a_faulty_cell_is_refused_by_itself(shape: Any, code: str) -> None:
    assert [issue.code for issue in coverage.coverage_issues({"A": shape})] == [code]


def test_a_slit_narrower_than_half_a_metre_is_found() -> None:
    west = shapely.box(112, 25, 112.01, 25.01)
    east = shapely.box(112.010003, 25, 112.02, 25.01)
    assert {issue.code for issue in coverage.coverage_issues({"A": west, "B": east})} == {
        "unmatched_edge"
    }


def test_a_t_junction_without_its_vertex_is_found() -> None:
    west = shapely.box(112, 25, 112.01, 25.02)
    south = shapely.box(112.01, 25, 112.02, 25.01)
    north = shapely.box(112.01, 25.01, 112.02, 25.02)
    issues = coverage.coverage_issues({"W": west, "S": south, "N": north})
    assert {issue.code for issue in issues} == {"unmatched_edge"}


def test_area_is_the_same_on_both_sides_of_a_zone_border() -> None:
    # 112.5°E parts the zones of 111° and 114°; equal boxes there differ by under 1e-7.
    west = coverage.area_m2(shapely.box(112.48, 25.6, 112.4999, 25.61))
    east = coverage.area_m2(shapely.box(112.5001, 25.6, 112.52, 25.61))
    assert west == pytest.approx(east, rel=1e-7)


def test_the_name_stands_inside_a_crooked_grid() -> None:
    horseshoe = shapely.box(112, 25, 112.03, 25.03).difference(
        shapely.box(112.01, 25.01, 112.02, 25.03)
    )
    assert horseshoe.contains(coverage.label_point(horseshoe))
