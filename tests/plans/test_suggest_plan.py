"""A proposal is an operation that goes through; it does nothing by itself."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.gis.geos import Point

from gis_grid.core.errors import MissingError
from gis_grid.households.models import Household
from gis_grid.territory.models import Plan
from gis_grid.territory.plans.recording import OperationRefusedError
from gis_grid.territory.plans.suggesting import suggest_division
from tests.conftest import QUANFENG
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
