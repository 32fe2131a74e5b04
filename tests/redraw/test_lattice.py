"""Vertices set into borders: on the lattice, near where they are wanted, area exactly kept."""

import itertools
import random

import pytest
import shapely

from gis_grid.territory.redraw.lattice import Point, area_units, balanced, crossing
from gis_grid.territory.redraw.rules import is_only_noded
from tests.redraw.ground import place, shape_of


def twice_area(points: list[Point]) -> int:
    """Between a path and the straight line from its first point to its last."""
    x0, y0 = points[0]
    local = [(int(x - x0), int(y - y0)) for x, y in points]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(local))


@pytest.mark.parametrize(
    ("a", "b", "near", "found"),
    [
        ((0, 0), (100, 0), (40, 0), [(40, 0)]),
        ((0, 0), (100, 50), (41, 20), [(40, 20)]),
        # No lattice point lies between the ends of an edge with coprime sides.
        ((0, 0), (101, 100), (50, 50), [(50, 49), (50, 50)]),
        ((0, 0), (3, 1), (1, 0), []),
        ((0, 0), (1, 1), (1, 0), []),
    ],
)
def test_vertices_that_keep_the_area(a: Point, b: Point, near: Point, found: list[Point]) -> None:
    made = balanced(a, b, near)
    assert sorted(made) == sorted(found)
    assert twice_area([a, *made, b]) == 0


def test_any_long_border_takes_a_vertex_without_a_change_of_area() -> None:
    rng = random.Random(7)
    for _ in range(500):
        a, b = (place(rng.uniform(0, 40_000), rng.uniform(0, 40_000)) for _ in "ab")
        t = rng.uniform(0.05, 0.95)
        near = (round(a[0] + (b[0] - a[0]) * t), round(a[1] + (b[1] - a[1]) * t))
        made = balanced(a, b, near)
        if shapely.Point(a).distance(shapely.Point(b)) < 2_000:
            continue
        line = shapely.LineString([a, b])
        assert made, (a, b, near)
        assert twice_area([a, *made, b]) == 0
        assert all(line.distance(shapely.Point(vertex)) <= 0.8 for vertex in made)
        along = [line.project(shapely.Point(vertex)) for vertex in made]
        assert along == sorted(along)


def test_a_crossing_is_rounded_to_the_lattice() -> None:
    assert crossing((0, 0), (10, 10), (0, 10), (10, 0)) == (5, 5)
    assert crossing((0, 0), (3, 0), (1, -1), (2, 1)) == (2, 0)


def test_areas_are_whole_numbers_also_of_rings_with_holes() -> None:
    outer = [(0, 0), (10, 0), (10, 10), (0, 10)]
    inner = [(2, 2), (3, 2), (3, 3), (2, 3)]
    assert area_units(shapely.Polygon(outer, [inner])) == 2 * (100 - 1)


def test_only_vertices_on_the_border_are_a_mere_noding() -> None:
    square = [place(0, 0), place(9_000, 0), place(9_000, 9_000), place(0, 9_000)]
    before = shape_of(square)
    assert is_only_noded(before, before)
    assert is_only_noded(before, shape_of([square[0], place(4_000, 0), *square[1:]]))
    # One unit aside is land that another loses, be it a square metre or not.
    assert not is_only_noded(before, shape_of([square[0], place(4_000, 1), *square[1:]]))
    # The area alone does not tell: here the border was shifted along itself.
    crooked = [*square[:2], place(12_000, 5_000), *square[2:]]
    shifted = [*square[:2], place(12_000, 6_000), *square[2:]]
    assert area_units(shape_of(crooked)) == pytest.approx(area_units(shape_of(shifted)))
    assert not is_only_noded(shape_of(crooked), shape_of(shifted))
