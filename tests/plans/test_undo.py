"""Taking steps back and doing them again, bit for bit."""

from types import SimpleNamespace

import pytest

from gis_grid.core.errors import InputError
from gis_grid.territory.models import Plan
from gis_grid.territory.plans.sheets import changed_cells, same
from tests.conftest import QUANFENG
from tests.plans.conftest import Draw, at

A, B, C = (QUANFENG + number for number in ("001", "002", "003"))
ACROSS = [[at(0.5, -0.1), at(0.5, 1.1)]]


def test_undoing_all_gives_the_published_state(draw: Draw, draft: Plan) -> None:
    draw(type="split", grid=A, lines=ACROSS)
    draw(type="reshape", line=[at(1, 0.2), at(1.2, 0.5), at(1, 0.8)])
    draw(type="merge", grids=[B, C], keep=C)
    for _ in range(3):
        draw(type="undo")
    assert not draft.cells.exists()
    draft.refresh_from_db()
    assert draft.revision == 6
    assert draft.touched_areas == []
    with pytest.raises(InputError):
        draw(type="undo")


def test_redo_brings_the_same_codes_and_coordinates(draw: Draw, draft: Plan) -> None:
    draw(type="split", grid=A, lines=ACROSS)
    once = dict(changed_cells(draft))
    draw(type="undo")
    draw(type="redo")
    again = changed_cells(draft)
    assert set(again) == set(once)
    assert all(same(again[code][1], once[code][1]) for code in once)


def test_any_step_can_be_taken_back_unless_others_stand_on_it(draw: Draw) -> None:
    draw(type="rename", grid=A, name="一组")
    draw(type="rename", grid=C, name="三组")
    draw(type="split", grid=A, lines=ACROSS)
    with pytest.raises(InputError) as refused:
        draw(type="undo", operation=1)
    assert refused.value.details["operations"] == [3]
    answer = draw(type="undo", operation=2)
    assert [feature["id"] for feature in answer["changed"]] == [C]


def test_undo_is_for_ones_own_steps_first(draw: Draw, draft: Plan, cast: SimpleNamespace) -> None:
    draw(type="rename", grid=A, name="一组")
    draw(type="rename", grid=C, name="三组", user=cast.office)
    answer = draw(type="undo")
    assert [feature["id"] for feature in answer["changed"]] == [A]
