"""A squad of 泉凤村 with its route through the first grid, and short ways to walk it."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from gis_grid.patrols.models import Route, Run, Squad, SquadMember
from gis_grid.patrols.services.routes import Stop, save_route
from gis_grid.patrols.services.runs import Fix, add_fixes, end_run, start_run
from gis_grid.patrols.services.squads import save_squad
from tests.conftest import QUANFENG, NewCell

# About 400 m from west to east through the first grid.
LINE = [(112.403, 25.605), (112.405, 25.605), (112.407, 25.605)]
STOPS = [Stop(112.403, 25.605, "桥头"), Stop(112.407, 25.605, "井边")]
Walk = Callable[..., Run]


@pytest.fixture
def squad(ground: dict[str, NewCell], cast: SimpleNamespace) -> Squad:
    """Led by the grid leader; worker and informant walk."""
    made = save_squad(
        acting_user=cast.leader, name="泉凤巡逻队", area_code=QUANFENG, leader="leader",
        members=["worker", "informant"],
    )  # fmt: skip
    # Long enough ago for runs of the past.
    SquadMember.objects.update(starts_on=dt.date(2025, 1, 1))
    return made


@pytest.fixture
def route(squad: Squad, cast: SimpleNamespace) -> Route:
    return save_route(
        acting_user=cast.leader, name="沿河线", squad_id=squad.pk, line=LINE, stops=STOPS,
        serves="一片",
    )  # fmt: skip


def along(began: dt.datetime, line: list[tuple[float, float]] = LINE, steps: int = 20) -> list[Fix]:
    """Places along a line, one every half minute."""
    (west, lat), (east, _lat) = line[0], line[-1]
    return [
        Fix(began + dt.timedelta(seconds=30 * n), west + (east - west) * n / steps, lat, 5.0)
        for n in range(steps + 1)
    ]


@pytest.fixture
def walk(route: Route, cast: SimpleNamespace) -> Walk:
    """A run of the worker, ended unless said: `walk(began, end=False, line=…)`."""

    def walked(began: dt.datetime | None = None, *, end: bool = True, line: Any = LINE) -> Run:
        began = began or timezone.now() - dt.timedelta(minutes=30)
        run = start_run(acting_user=cast.worker, route_id=route.pk, at=began)
        add_fixes(acting_user=cast.worker, run_id=run.pk, fixes=along(began, line))
        if end:
            finish = began + dt.timedelta(minutes=20)
            run = end_run(acting_user=cast.worker, run_id=run.pk, at=finish)
        return run

    return walked
