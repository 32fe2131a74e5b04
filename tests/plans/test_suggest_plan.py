"""A proposal is an operation that goes through; it does nothing by itself."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.gis.geos import Point

from gis_grid.core.errors import MissingError
from gis_grid.households.models import Household
from gis_grid.territory.models import Plan
from gis_grid.territory.plans.recording import OperationRefusedError
from gis_grid.territory.plans.suggesting import suggest_division, suggest_exchanges
from tests.conftest import LIJIA, QUANFENG
from tests.plans.conftest import Draw, at

A, B = QUANFENG + "001", QUANFENG + "002"


def test_what_is_proposed_can_be_done(
    draw: Draw, draft: Plan, cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    for column in (0.25, 0.75):
        for number in range(10):
            x, y = at(column, 0.5 + number / 100)
            household(A, geom=Point(x, y, srid=4490))
    found = suggest_division(draft, cast.town, A, 2)
    assert [part["households"] for part in found["parts"]] == [10, 10]
    assert not draft.operations.exists()
    answer = draw(**found["op"])
    after = [row["after"]["households"] for row in answer["statistics"] if row["after"]]
    assert sorted(after)[-2:] == [10, 10]


def test_it_says_why_there_is_none(draft: Plan, cast: SimpleNamespace) -> None:
    with pytest.raises(OperationRefusedError) as refused:
        suggest_division(draft, cast.town, A, 2)
    assert refused.value.details["issues"][0]["code"] == "cannot_divide_too_few_households"


def test_only_for_grids_that_one_may_draw(draft: Plan, cast: SimpleNamespace) -> None:
    with pytest.raises(MissingError):
        suggest_division(draft, cast.outsider, A, 2)
    with pytest.raises(MissingError):
        suggest_division(draft, cast.town, QUANFENG + "099", 2)


def test_a_balanced_village_gets_no_proposal(draft: Plan, cast: SimpleNamespace) -> None:
    assert suggest_exchanges(draft, cast.town, QUANFENG) == {"exchanges": []}
    with pytest.raises(MissingError):
        suggest_exchanges(draft, cast.leader, LIJIA)


def test_a_hamlet_at_the_border_is_proposed_for_the_neighbour(
    draw: Draw, draft: Plan, cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    for column, count in ((0.2, 30), (0.85, 20), (1.5, 8), (2.5, 20)):
        for number in range(count):
            x, y = at(column + number % 5 / 100, 0.5 + number // 5 / 100)
            household(f"{QUANFENG}00{int(column) + 1}", geom=Point(x, y, srid=4490))
    found = suggest_exchanges(draft, cast.town, QUANFENG)["exchanges"]
    assert [(one["op"]["from"], one["op"]["to"], one["households"]) for one in found] == [
        (A, B, 20)
    ]
    answer = draw(**found[0]["op"])
    assert [(move["from"], move["to"], move["count"]) for move in answer["moves"]] == [(A, B, 20)]
