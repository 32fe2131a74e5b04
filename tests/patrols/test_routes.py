"""Routes drawn anew, planned by rules, and the lanes of a month."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.contrib.gis.geos import LineString
from django.db import transaction
from django.db.utils import IntegrityError, InternalError
from django.utils import timezone

from gis_grid.core.errors import InputError, StateError
from gis_grid.patrols.models import Route, RouteVersion, Run
from gis_grid.patrols.selectors import month_coverage, statistics
from gis_grid.patrols.services.planning import mark_missed, plan_runs
from gis_grid.patrols.services.routes import save_route, save_schedule
from gis_grid.patrols.services.runs import (
    start_run,
)
from gis_grid.territory.models import ReferenceFeature
from tests.conftest import JINPING, LIJIA, QUANFENG
from tests.incidents import conftest as reporting
from tests.patrols.conftest import LINE, STOPS, Walk

make = reporting.make
pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def test_a_run_keeps_the_line_that_it_walked(
    walk: Walk, route: Route, cast: SimpleNamespace
) -> None:
    run = walk()
    north = [(lon, lat + 0.002) for lon, lat in LINE]
    save_route(
        acting_user=cast.leader, name="沿河线", squad_id=route.squad_id, line=north,
        route_id=route.pk, revision=1,
    )  # fmt: skip
    run.refresh_from_db()
    assert run.version.number == 1
    route.refresh_from_db()
    assert route.current is not None
    assert route.current.number == 2
    with pytest.raises(StateError):
        save_route(
            acting_user=cast.leader, name="x", squad_id=route.squad_id, line=LINE,
            route_id=route.pk, revision=1,
        )  # fmt: skip
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        RouteVersion.objects.update(serves="anders")


def test_night_runs_are_planned_once_and_missed_once(route: Route, cast: SimpleNamespace) -> None:
    monday = dt.date(2026, 11, 23)
    save_schedule(
        acting_user=cast.leader, route_id=route.pk, rule="FREQ=WEEKLY;BYDAY=MO,FR",
        starts=dt.time(23), minutes=180, holds_from=monday,
    )  # fmt: skip
    assert plan_runs(monday) == 2
    assert plan_runs(monday) == 0
    assert plan_runs(monday + dt.timedelta(days=1)) == 1
    first = Run.objects.order_by("planned_from").first()
    assert first is not None
    assert first.planned_from is not None
    assert first.planned_until is not None
    local = [timezone.localtime(one) for one in (first.planned_from, first.planned_until)]
    assert [f"{one:%m-%d %H:%M}" for one in local] == ["11-23 23:00", "11-24 02:00"]
    past = timezone.now() - dt.timedelta(hours=3)
    Run.objects.filter(pk=first.pk).update(
        planned_from=past, planned_until=past + dt.timedelta(hours=1)
    )
    assert mark_missed() == 1
    assert mark_missed() == 0
    with pytest.raises(StateError):
        start_run(acting_user=cast.worker, run_id=first.pk)


@pytest.mark.parametrize(
    "rule",
    ["", "x", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1", "FREQ=WEEKLY;BYDAY=XX", "DTSTART:20200101",
     "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=x"],
)  # fmt: skip
def test_what_is_no_rule_of_days(route: Route, cast: SimpleNamespace, rule: str) -> None:
    with pytest.raises(InputError):
        save_schedule(
            acting_user=cast.leader, route_id=route.pk, rule=rule, starts=dt.time(20), minutes=60,
            holds_from=dt.date(2026, 1, 1),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "stops"),
    [
        ([(112.4, 25.6)], STOPS),
        ([(112.4, 25.6), (112.4, 25.6)], STOPS),
        ([(0.0, 0.0), (1.0, 1.0)], STOPS),
        ([(112.4, 25.6), (116.4, 28.6)], STOPS),
        (LINE, [STOPS[0].__class__(112.4, 25.6, "", 500)]),
        (LINE, [STOPS[0].__class__(0, 0)]),
    ],
)
def test_what_is_no_route(route: Route, cast: SimpleNamespace, line: list, stops: list) -> None:
    with pytest.raises(InputError):
        save_route(
            acting_user=cast.leader, name="y", squad_id=route.squad_id, line=line, stops=stops
        )
    assert Route.objects.count() == 1


def test_lanes_of_a_month(walk: Walk, cast: SimpleNamespace) -> None:
    west, lat = LINE[0]
    for shift in (0, 0.002):
        road = LineString((west, lat + shift), (west + 0.003, lat + shift), srid=4490)
        ReferenceFeature.objects.create(layer="road", kind="lane", area_code=JINPING, geom=road)
    now = timezone.now()
    walk(now - dt.timedelta(hours=3))
    walk(now - dt.timedelta(hours=1))
    since, until = now - dt.timedelta(days=2), now + dt.timedelta(days=1)
    found = month_coverage(cast.worker, QUANFENG, since, until)
    assert found is not None
    assert sorted(lane.runs for lane in found.lanes) == [0, 2]
    assert found.share == pytest.approx(0.5, abs=0.01)
    assert month_coverage(cast.outsider, QUANFENG, since, until) is None
    assert month_coverage(cast.worker, LIJIA, since, until) is None


def test_counts_of_areas(route: Route, cast: SimpleNamespace) -> None:
    codes = [QUANFENG, LIJIA, JINPING]
    assert statistics(user=cast.town, codes=codes) == {
        QUANFENG: {"patrol_routes": 1}, JINPING: {"patrol_routes": 1},
    }  # fmt: skip
    assert statistics(user=cast.outsider, codes=codes) == {}
