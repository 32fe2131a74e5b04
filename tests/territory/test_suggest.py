"""Proposals to divide a grid, on invented hamlets."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Polygon

from gis_grid.territory.coverage import cell_issue, overlaps, unmatched_edges
from gis_grid.territory.suggest import CannotDivideError, Division, divide
from gis_grid.territory.suggest.dividing import TOLERANCE
from tests.territory.hamlets import EAST_M, at, hamlet, land

SQUARE = land((0, 0), (1000, 0), (1000, 1000), (0, 1000))


def divided(
    cell: Polygon | MultiPolygon, houses: list[tuple[float, float]], parts: int, **more: Any
) -> Division:
    made = divide(cell, at(*houses), np.ones(len(houses)), parts, **more)
    holds(cell, len(houses), parts, made)
    return made


def holds(cell: Polygon | MultiPolygon, houses: int, parts: int, made: Division) -> None:
    """What any division must hold to."""
    shapes = {str(i): part.shape for i, part in enumerate(made.parts)}
    assert len(shapes) == parts
    assert all(isinstance(shape, Polygon) for shape in shapes.values())
    assert all(cell_issue(code, shape) is None for code, shape in shapes.items())
    assert overlaps(shapes) + unmatched_edges(shapes) == []
    # New vertices on straight borders are rounded: a centimetre aside.
    assert shapely.hausdorff_distance(shapely.union_all(list(shapes.values())), cell) < 2e-7
    assert sum(part.households for part in made.parts) == houses
    assert 0 <= made.along_m <= made.cut_m + 0.1


def together(made: Division, houses: list[tuple[float, float]]) -> bool:
    """True where all these houses lie in one part."""
    places = shapely.points(at(*houses))
    return any(shapely.contains(part.shape, places).all() for part in made.parts)


@st.composite
def villages(draw: st.DrawFn) -> list[list[tuple[float, float]]]:
    """Four to nine hamlets of twelve houses on a square kilometre, well apart."""
    slots = draw(st.permutations([(i, j) for i in range(3) for j in range(3)]))
    moves = st.integers(0, 80)
    return [
        hamlet(60 + 300 * i + draw(moves), 60 + 300 * j + draw(moves))
        for i, j in slots[: draw(st.sampled_from([4, 6, 8, 9]))]
    ]


@given(villages())
@settings(max_examples=15, deadline=None)
def test_hamlets_stay_whole_and_halves_equal(village: list[list[tuple[float, float]]]) -> None:
    houses = [house for one in village for house in one]
    made = divided(SQUARE, houses, 2)
    assert all(together(made, one) for one in village)
    most = max(part.households for part in made.parts)
    # One hamlet over the half where they are odd in number.
    assert most <= len(houses) / 2 * (1 + TOLERANCE) + (12 if len(village) % 2 else 0)


@given(
    st.lists(
        st.tuples(st.integers(20, 980), st.integers(20, 980)), min_size=12, max_size=60, unique=True
    ),
    st.integers(2, 4),
)
@settings(max_examples=15, deadline=None)
def test_scattered_houses_are_divided(houses: list[tuple[int, int]], parts: int) -> None:
    made = divided(SQUARE, [(float(x), float(y)) for x, y in houses], parts)
    assert min(part.households for part in made.parts) >= 1


def test_a_cut_that_ends_beside_another_is_led_to_it() -> None:
    """Found by the walk above: the third cut ended two centimetres beside the second."""
    west = [(21, 20), (27, 360), (20, 20), (20, 631), (26, 285), (74, 480), (84, 354), (60, 398)]
    middle = [(20, 21), (111, 380), (113, 324), (134, 307), (165, 287), (206, 129), (224, 174)]
    more = [(166, 336), (370, 472), (395, 132), (410, 240), (483, 625), (544, 366), (580, 20)]
    east = [(614, 150), (668, 142), (684, 308), (688, 399), (20, 740), (828, 378)]
    last = [(870, 342), (812, 220)]
    divided(SQUARE, [(float(x), float(y)) for x, y in [*west, *middle, *more, *east, *last]], 4)


def test_the_cut_follows_a_road_on_its_own_vertices() -> None:
    road = LineString(at((-50, 480), (200, 500), (450, 530), (700, 505), (1050, 520)))
    houses = [*hamlet(200, 200), *hamlet(700, 250), *hamlet(250, 750), *hamlet(700, 800)]
    made = divided(SQUARE, houses, 2, along=[road])
    assert made.along_m > 0.95 * made.cut_m
    (line,) = made.lines
    assert {(x, y) for x, y in line.coords[1:-1]} == {tuple(xy) for xy in road.coords[1:-1]}


def test_a_cut_between_hamlets_has_few_vertices_and_keeps_off_houses() -> None:
    houses = [*hamlet(200, 480), *hamlet(720, 480)]
    (line,) = divided(SQUARE, houses, 2).lines
    assert len(line.coords) <= 4
    assert shapely.distance(line, shapely.points(at(*houses))).min() > 15 * EAST_M


def test_a_hamlet_too_large_is_cut_where_nothing_else_helps() -> None:
    made = divided(SQUARE, hamlet(400, 400, 80), 2)
    assert [part.households for part in made.parts] == pytest.approx([40, 40], abs=8)


def test_a_hole_stays_a_hole() -> None:
    pond = [(400, 400), (600, 400), (600, 600), (400, 600)]
    cell = land((0, 0), (1000, 0), (1000, 1000), (0, 1000), holes=[pond])
    houses = [*hamlet(150, 450), *hamlet(800, 450), *hamlet(450, 150), *hamlet(450, 800)]
    for parts in (2, 4):
        made = divided(cell, houses, parts)
        assert {part.households for part in made.parts} == {48 / parts}


def test_a_bent_grid() -> None:
    cell = land(
        (0, 0), (900, 0), (900, 200), (200, 200), (200, 700), (900, 700), (900, 900), (0, 900)
    )
    houses = [*hamlet(750, 60), *hamlet(400, 60), *hamlet(60, 450), *hamlet(750, 760)]
    made = divided(cell, houses, 4)
    assert [part.households for part in made.parts] == [12, 12, 12, 12]


def test_a_long_thin_grid() -> None:
    cell = land((0, 0), (3000, 0), (3000, 30), (0, 30))
    houses = [(x, 15.0) for x in range(50, 3000, 100)]
    made = divided(cell, [(float(x), y) for x, y in houses], 3)
    assert [part.households for part in made.parts] == [10, 10, 10]


def test_a_grid_of_several_pieces_is_not_divided() -> None:
    far = land((2000, 0), (2400, 0), (2400, 400), (2000, 400))
    with pytest.raises(CannotDivideError) as refused:
        divided(MultiPolygon([SQUARE, far]), [*hamlet(200, 480), *hamlet(720, 480)], 3)
    assert refused.value.reason == "several_pieces"


def test_the_same_question_has_the_same_answer() -> None:
    houses = [*hamlet(200, 200), *hamlet(600, 250), *hamlet(250, 750), *hamlet(700, 700)]
    assert divided(SQUARE, houses, 3) == divided(SQUARE, houses, 3)


@pytest.mark.parametrize(
    ("cell", "houses", "parts", "reason"),
    [
        (SQUARE, [(500.0, 500.0)] * 50, 2, "one_place"),
        (SQUARE, [(500.0, 500.0)] * 50 + [(900.0, 900.0)], 2, "one_place"),
        (SQUARE, [(300.0, 500.0), (700.0, 500.0)], 3, "too_few_households"),
        (SQUARE, [], 2, "too_few_households"),
        (
            MultiPolygon([SQUARE, land((2000, 0), (2400, 0), (2400, 400))]),
            hamlet(9, 9),
            2,
            "several_pieces",
        ),
    ],
)
def test_what_cannot_be_divided(
    cell: Polygon, houses: list[tuple[float, float]], parts: int, reason: str
) -> None:
    places = at(*houses) if houses else np.empty((0, 2))
    with pytest.raises(CannotDivideError) as refused:
        divide(cell, places, np.ones(len(houses)), parts)
    assert refused.value.reason == reason
