"""Splitting a grid: who keeps the code, what each side gets, what is refused."""

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.households.models import Household
from gis_grid.territory.models import Plan
from gis_grid.territory.plans.recording import OperationRefusedError
from tests.conftest import QUANFENG
from tests.plans.conftest import Draw, at

FIRST = QUANFENG + "001"
ACROSS = [[at(0.5, -0.1), at(0.5, 1.1)]]


def test_the_part_with_most_households_keeps_the_code(
    draw: Draw, household: Callable[..., Household]
) -> None:
    for _ in range(3):
        household(FIRST)
    answer = draw(type="split", grid=FIRST, lines=[[at(0.2, -0.1), at(0.2, 1.1)]])
    new = next(f for f in answer["changed"] if f["properties"]["state"] == "new")
    counts = {row["code"]: row for row in answer["statistics"]}
    assert counts[FIRST]["before"]["households"] == counts[FIRST]["after"]["households"] == 3
    assert counts[new["id"]]["before"] is None
    assert counts[new["id"]]["after"]["households"] == 0
    assert [issue["code"] for issue in answer["issues"]] == ["nobody_lives_there"]


def test_a_dry_run_tells_all_and_writes_nothing(draw: Draw, draft: Plan) -> None:
    answer = draw(type="split", grid=FIRST, lines=ACROSS, dry_run=True)
    assert answer["dry_run"]
    assert len(answer["changed"]) >= 2
    draft.refresh_from_db()
    assert draft.revision == 0
    assert not draft.operations.exists()
    assert not draft.reserved_codes.exists()


def test_the_same_id_twice_is_one_operation(draw: Draw, draft: Plan) -> None:
    mine = uuid.uuid4()
    first = draw(type="split", grid=FIRST, lines=ACROSS, client_op_id=mine)
    again = draw(type="split", grid=FIRST, lines=ACROSS, client_op_id=mine, base=0)
    assert again["revision"] == first["revision"] == 1
    assert draft.operations.count() == 1


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([[at(0.3, 0.3), at(0.6, 0.6)]], "line_divides_nothing"),
        ([[at(0.00001, -0.1), at(0.00001, 1.1)]], "too_small"),
    ],
)
def test_a_line_that_makes_no_grid_is_refused_with_its_place(
    draw: Draw, lines: Any, code: str
) -> None:
    with pytest.raises(OperationRefusedError) as refused:
        draw(type="split", grid=FIRST, lines=lines)
    issue = refused.value.details["issues"][0]
    assert issue["code"] == code
    assert issue["place"]["type"]
    assert str(refused.value) == issue["message"]


def test_neighbours_get_the_new_vertices(draw: Draw, cast: SimpleNamespace) -> None:
    """The cut ends on the border with the next grid, which must have its vertex too."""
    answer = draw(type="split", grid=FIRST, lines=[[at(-0.1, 0.5), at(1.1, 0.5)]])
    assert any(feature["id"] == QUANFENG + "002" for feature in answer["changed"])
