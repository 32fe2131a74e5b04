"""Two people in one draft: what goes through, what clashes, and the three ways on."""

from types import SimpleNamespace

import pytest

from gis_grid.territory.models import Plan
from gis_grid.territory.plans.recording import PlanConflictError
from gis_grid.territory.plans.sheets import changed_cells
from tests.conftest import LIJIA, QUANFENG
from tests.plans.conftest import Draw, at

A, B = QUANFENG + "001", QUANFENG + "002"
E = LIJIA + "002"
ACROSS = [[at(0.5, -0.1), at(0.5, 1.1)]]


def test_other_grids_do_not_stand_in_the_way(draw: Draw, cast: SimpleNamespace) -> None:
    draw(type="rename", grid=E, name="别处", user=cast.office)
    assert draw(type="split", grid=A, lines=ACROSS, base=0)["revision"] == 2


def test_the_same_grid_is_a_conflict_that_tells_what_was_done(
    draw: Draw, draft: Plan, cast: SimpleNamespace
) -> None:
    draw(type="split", grid=A, lines=ACROSS, user=cast.office)
    with pytest.raises(PlanConflictError) as clash:
        draw(type="rename", grid=A, name="我的", base=0)
    told = clash.value.details
    assert told["ways"] == ["mine", "theirs", "new_draft"]
    assert told["operations"][0]["type"] == "split"
    assert told["operations"][0]["changed"]
    draft.refresh_from_db()
    assert draft.revision == 1


def test_mine_takes_theirs_back(draw: Draw, draft: Plan, cast: SimpleNamespace) -> None:
    draw(type="split", grid=A, lines=ACROSS, user=cast.office)
    answer = draw(type="rename", grid=A, name="我的", base=0, resolve="mine")
    assert answer["revision"] == 3
    assert set(changed_cells(draft)) == {A}
    assert draft.operations.get(number=1).undone_by_id


def test_a_new_draft_keeps_both(draw: Draw, draft: Plan, cast: SimpleNamespace) -> None:
    draw(type="rename", grid=B, name="先前", user=cast.office)
    draw(type="split", grid=A, lines=ACROSS, user=cast.office)
    answer = draw(type="rename", grid=A, name="我的", base=1, resolve="new_draft")
    copied = Plan.objects.get(pk=answer["plan"])
    assert copied.author == cast.town
    assert {code: cell[1].name for code, cell in changed_cells(copied).items() if cell[1]} == {
        A: "我的",
        B: "先前",
    }
    assert draft.operations.count() == 2


def test_what_others_ended_is_told_as_a_conflict(draw: Draw, cast: SimpleNamespace) -> None:
    draw(type="merge", grids=[A, B], keep=B, user=cast.office)
    with pytest.raises(PlanConflictError):
        draw(type="split", grid=A, lines=ACROSS, base=0)


def test_a_copy_tells_what_it_could_not_take(draw: Draw, cast: SimpleNamespace) -> None:
    """The code of the first draft is no other draft's, not even its copy's."""
    draw(type="recode", grid=A, code=QUANFENG + "077", user=cast.office)
    draw(type="rename", grid=B, name="别人的", user=cast.office)
    answer = draw(type="rename", grid=B, name="我的", base=1, resolve="new_draft")
    assert [one["type"] for one in answer["dropped"]] == ["recode"]
    assert answer["dropped"][0]["dropped"]
