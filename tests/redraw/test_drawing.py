"""Lines as hands draw them, on literal sheets: what each cuts off, and who gets it."""

from collections.abc import Sequence
from typing import Any

import pytest
import shapely

from gis_grid.territory.redraw.lattice import area_units, in_degrees, in_units
from gis_grid.territory.redraw.linework import Linework
from gis_grid.territory.redraw.operations import split
from gis_grid.territory.redraw.sheet import DraftCell, RefusedError
from tests.redraw.ground import VILLAGES, place, shape_of
from tests.redraw.walk import Walk

A, B, C, D = (VILLAGES[0] + number for number in ("001", "002", "003", "004"))
SIDE = 10_000


def at(x: float, y: float) -> list[float]:
    """In degrees, counted in sides of a square from the south-west."""
    return list(in_degrees(shapely.Point(place(x * SIDE, y * SIDE))).coords[0])


def ring(west: float, south: float, east: float, north: float) -> list[Any]:
    corners = [(west, south), (east, south), (east, north), (west, north)]
    return [place(x * SIDE, y * SIDE) for x, y in corners]


def cell(*rings: Sequence[Any], kind: str = "small") -> DraftCell:
    return DraftCell(VILLAGES[0], "网格", kind, shape_of(*rings))


def squares(row: float) -> float:
    """Whole squares as lattice area."""
    return 2 * row * SIDE * SIDE


def size(walk: Walk, code: str) -> float:
    return area_units(in_units(walk.sheet[code].shape))


@pytest.fixture
def row() -> Walk:
    """Two squares side by side, and one as long as both north of them: a T-junction."""
    north = [place(0, SIDE), place(SIDE, SIDE), place(2 * SIDE, SIDE)]
    north += [place(2 * SIDE, 2 * SIDE), place(0, 2 * SIDE)]
    return Walk({A: cell(ring(0, 0, 1, 1)), B: cell(ring(1, 0, 2, 1)), C: cell(north)})


def test_several_lines_cut_several_pieces(row: Walk) -> None:
    lines = [[at(x, -0.1), at(x, 1.1)] for x in (0.25, 0.5)] + [[at(-0.1, 0.5), at(0.4, 0.5)]]
    assert row.take({"type": "split", "grid": A, "lines": lines})
    pieces = [size(row, code) for code in (A, *row.allotted)]
    assert sorted(pieces) == [squares(p) for p in (0.125, 0.125, 0.25, 0.5)]
    assert pieces[0] == squares(0.5)


def test_a_road_along_the_grid_cuts_where_it_runs_inside(row: Walk) -> None:
    """As it comes from a reference layer: longer than the grid, in and out of it."""
    road = [at(-1, 0.5), at(0.5, 0.5), at(0.5, 1.5), at(0.75, 1.5), at(0.75, -1)]
    assert row.take({"type": "split", "grid": A, "lines": [road]})
    assert len(row.allotted) == 2
    assert sorted(size(row, code) for code in (A, *row.allotted)) == [
        squares(0.25),
        squares(0.25),
        squares(0.5),
    ]


def test_a_closed_line_cuts_an_inner_grid(row: Walk) -> None:
    loop = [at(0.25, 0.25), at(0.75, 0.25), at(0.75, 0.75), at(0.25, 0.75), at(0.25, 0.25)]
    assert row.take({"type": "split", "grid": A, "lines": [loop]})
    assert size(row, A) == squares(0.75)
    assert size(row, row.allotted[0]) == squares(0.25)
    assert len(row.sheet[A].shape.geoms[0].interiors) == 1


def test_a_loop_that_crosses_itself_makes_two(row: Walk) -> None:
    eight = [at(0.2, 0.2), at(0.8, 0.8), at(0.8, 0.2), at(0.2, 0.8), at(0.2, 0.2)]
    assert row.take({"type": "split", "grid": A, "lines": [eight]})
    assert len(row.allotted) == 2


def test_a_line_along_the_border_divides_nothing(row: Walk) -> None:
    for line in ([at(1, 0), at(1, 1)], [at(1, -0.5), at(1, 0.5)], [at(0.2, 1), at(0.8, 1)]):
        assert not row.take({"type": "split", "grid": A, "lines": [line]})
    assert row.refused == ["split line_divides_nothing"] * 3


def test_a_line_from_vertex_to_vertex_sets_no_new_one(row: Walk) -> None:
    assert row.take({"type": "split", "grid": A, "lines": [[at(0, 0), at(1, 1)]]})
    assert {shapely.get_num_coordinates(row.sheet[c].shape) for c in (A, *row.allotted)} == {4}
    assert row.sheet[B].shape == row.start[B].shape


def test_a_line_a_unit_beside_vertices_runs_through_them(row: Walk) -> None:
    off = [[x + 0.4e-7, y - 0.4e-7] for x, y in (at(0, 0), at(1, 1))]
    assert row.take({"type": "split", "grid": A, "lines": [off]})
    assert size(row, A) == squares(0.5)


def test_a_line_back_and_forth_gives_each_side_what_it_cuts_off(row: Walk) -> None:
    line = [at(1, 0.1), at(1.2, 0.3), at(0.8, 0.7), at(1, 0.9)]
    assert row.take({"type": "reshape", "line": line})
    assert size(row, A) == size(row, B) == squares(1)
    assert row.sheet[A].shape.contains(shapely.Point(at(1.1, 0.25)))
    assert row.sheet[B].shape.contains(shapely.Point(at(0.9, 0.75)))


def test_a_new_border_ends_at_a_t_junction(row: Walk) -> None:
    assert row.take({"type": "reshape", "line": [at(1, 0), at(1.25, 0.5), at(1, 1)]})
    assert size(row, A) == squares(1.125)
    assert row.sheet[C].shape == row.start[C].shape


def test_across_the_bar_of_a_t_the_longest_border_decides(row: Walk) -> None:
    line = [at(0.5, 1), at(0.5, 1.1), at(1.3, 1.1), at(1.3, 1)]
    assert row.take({"type": "reshape", "line": line})
    assert (size(row, A), size(row, B)) == (squares(1.08), squares(1))


def test_an_enclave_keeps_the_parts_that_no_line_touches() -> None:
    part, far = shape_of(ring(0, 0, 1, 1)).geoms[0], shape_of(ring(2, 0, 2.1, 0.1)).geoms[0]
    enclave = DraftCell(VILLAGES[0], "飞地", "enclave", shapely.MultiPolygon([part, far]))
    around = [*ring(1, 0, 2, 0)[:2], *ring(2, 0.1, 2.1, 0.1)[:2]]
    around += [place(2.1 * SIDE, SIDE), place(SIDE, SIDE)]
    walk = Walk({A: enclave, B: cell(around)})
    assert walk.take({"type": "split", "grid": A, "lines": [[at(0.4, -1), at(0.4, 2)]]})
    assert size(walk, A) == squares(0.61)
    assert walk.take({"type": "reshape", "line": [at(1, 0), at(0.8, 0.5), at(1, 1)]})
    assert size(walk, A) == squares(0.61 - 0.1)
    assert len(walk.sheet[A].shape.geoms) == 2


def test_a_ring_may_give_its_hole_a_border_to_the_outside() -> None:
    hole = ring(1, 1, 2, 2)
    walk = Walk({A: cell(ring(0, 0, 3, 3), hole), B: cell(hole)})
    area = [at(1, 1), at(2, 1), at(2, -0.5), at(1, -0.5), at(1, 1)]
    assert walk.take({"type": "transfer", "source": A, "to": B, "area": [area]})
    assert (size(walk, A), size(walk, B)) == (squares(7), squares(2))
    assert not walk.sheet[A].shape.geoms[0].interiors
    assert walk.take({"type": "merge", "grids": [A, B], "keep": A})
    assert size(walk, A) == squares(9)


def test_a_neck_at_the_rim_and_a_hole_at_the_outline_are_no_slits(row: Walk) -> None:
    """What lies between the rim and the next grid is land, be it narrow."""
    neck = [at(0.02, 0.2), at(0.5, 0.2), at(0.5, 0.8), at(0.02, 0.8), at(0.02, 0.2)]
    assert row.take({"type": "split", "grid": A, "lines": [neck]})
    corner = [at(2, 2), at(1.5, 1.8), at(1.8, 1.5), at(2, 2)]
    assert row.take({"type": "transfer", "source": C, "to": VILLAGES[0], "area": [corner]})
    assert len(row.sheet[C].shape.geoms[0].interiors) == 1


def test_lines_drawn_one_over_the_other_meet_in_vertices() -> None:
    shape = in_units(shape_of(ring(0, 0, 1, 1)))
    work = Linework({A: shape}, lambda owners: True)
    for line in (ring(0.2, 0.2, 0.6, 0.6), ring(0.4, 0.4, 0.8, 0.8), ring(0.2, 0.2, 0.6, 0.6)):
        work.draw([*line, line[0]])
    assert sorted(face.area / SIDE**2 for face in work.faces(A)) == pytest.approx(
        [0.04, 0.12, 0.12, 0.72]
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"type": "transfer", "source": A, "to": A},
        {"type": "merge", "grids": [A, A], "keep": A},
        {"type": "reshape", "line": [at(1, 0.5), at(1, 0.5)]},
        {"type": "move_nodes", "moves": [{"from": at(0.5, 0.5), "to": at(1, 1)}]},
    ],
)
def test_what_means_nothing_is_refused(row: Walk, asked: dict[str, Any]) -> None:
    assert not row.take(asked)


def test_land_of_the_same_size_elsewhere_is_no_answer(row: Walk) -> None:
    """The outer border may not move, also where what is won here is lost there."""
    moves = [{"from": at(0, 0), "to": at(-0.1, 0)}, {"from": at(2, 0), "to": at(1.9, 0)}]
    assert not row.take({"type": "move_nodes", "moves": moves})
    assert row.refused == ["move_nodes outline_moved"]


def test_a_vertex_moved_onto_the_next_one_is_gone(row: Walk) -> None:
    assert row.take({"type": "reshape", "line": [at(1, 0.2), at(1.2, 0.5), at(1, 0.8)]})
    moved = {"from": at(1.2, 0.5), "to": at(1, 0.8)}
    assert row.take({"type": "move_nodes", "moves": [moved]})
    assert size(row, A) == squares(1)


def test_an_unknown_grid_is_named(row: Walk) -> None:
    with pytest.raises(RefusedError) as refused:
        split(row.sheet, grid=D, lines=[[at(0, 0), at(1, 1)]], allot=row.allot, weigh=float)
    assert refused.value.issues[0].grids == (D,)
