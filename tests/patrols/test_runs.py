"""A run from its start to the leader's word, and that nobody is tracked outside of it."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.contrib.gis.geos import LineString
from django.db import transaction
from django.db.utils import IntegrityError, InternalError
from django.utils import timezone

from gis_grid.core.errors import InputError, MissingError, NotAllowedError, StateError
from gis_grid.patrols.models import Route, RouteVersion, Run, TrackPoint
from gis_grid.patrols.selectors import month_coverage, sees_track, statistics
from gis_grid.patrols.services.gpx import add_gpx
from gis_grid.patrols.services.planning import mark_missed, plan_runs
from gis_grid.patrols.services.routes import save_route, save_schedule
from gis_grid.patrols.services.runs import (
    Fix,
    add_fixes,
    add_recorded,
    close_run,
    end_run,
    link_incident,
    note,
    start_run,
)
from gis_grid.territory.models import ReferenceFeature
from tests.conftest import JINPING, LIJIA, QUANFENG
from tests.incidents import conftest as reporting
from tests.incidents.conftest import Make
from tests.patrols.conftest import LINE, STOPS, Walk, along

make = reporting.make
pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def gpx(fixes: list[Fix], head: str = "") -> bytes:
    points = "".join(
        f'<trkpt lat="{fix.lat}" lon="{fix.lon}"><time>{fix.at.isoformat()}</time></trkpt>'
        for fix in fixes
    )
    return (
        f'<?xml version="1.0"?>{head}<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1">'
        f"<trk><trkseg>{points}</trkseg></trk></gpx>"
    ).encode()


def test_a_run_is_judged_against_its_route(walk: Walk, cast: SimpleNamespace) -> None:
    run = walk()
    assert run.state == "ended"
    found = run.judgement or {}
    assert found["share"] == pytest.approx(1, abs=0.01)
    assert found["walked_m"] == pytest.approx(402, abs=5)
    assert [one["in_order"] for one in found["checkpoints"]] == [True, True]
    assert (found["gaps"], found["detours"]) == ([], [])
    assert list(found["grids"]) == [GRID]
    assert run.walked is not None
    closed = close_run(acting_user=cast.leader, run_id=run.pk)
    assert (closed.state, closed.closed_by) == ("closed", cast.leader)


def test_half_the_way_leaves_a_gap(walk: Walk) -> None:
    found = walk(line=[(112.403, 25.605), (112.405, 25.605)]).judgement or {}
    assert found["share"] == pytest.approx(0.55, abs=0.05)
    (gap,) = found["gaps"]
    assert gap["metres"] == pytest.approx(180, abs=15)
    assert [one["at"] is not None for one in found["checkpoints"]] == [True, False]


def test_nobody_is_tracked_outside_of_a_run(walk: Walk, cast: SimpleNamespace) -> None:
    run = walk(end=False)
    began = run.started_at
    assert began is not None
    before = Fix(began - dt.timedelta(minutes=5), *LINE[0])
    later = Fix(timezone.now() + dt.timedelta(hours=1), *LINE[0])
    assert add_fixes(acting_user=cast.worker, run_id=run.pk, fixes=[before, later]) == 0
    # The same moments again are the same points.
    assert add_fixes(acting_user=cast.worker, run_id=run.pk, fixes=along(began)) == 0
    end_run(acting_user=cast.worker, run_id=run.pk, at=began + dt.timedelta(minutes=20))
    with pytest.raises(StateError):
        add_fixes(acting_user=cast.worker, run_id=run.pk, fixes=along(began))
    after = Fix(began + dt.timedelta(minutes=25), *LINE[0])
    assert add_recorded(acting_user=cast.worker, run_id=run.pk, fixes=[after]) == 0
    close_run(acting_user=cast.leader, run_id=run.pk)
    with pytest.raises(StateError):
        add_recorded(acting_user=cast.worker, run_id=run.pk, fixes=along(began))


def test_a_gpx_file_is_the_track(route: Route, cast: SimpleNamespace) -> None:
    began = timezone.now() - dt.timedelta(minutes=30)
    run = start_run(acting_user=cast.worker, route_id=route.pk, at=began)
    end_run(acting_user=cast.worker, run_id=run.pk, at=began + dt.timedelta(minutes=20))
    fixes = along(began)
    outside = [Fix(fix.at - dt.timedelta(days=1), fix.lon, fix.lat) for fix in fixes]
    added = add_gpx(acting_user=cast.worker, run_id=run.pk, content=gpx([*outside, *fixes]))
    assert added == len(fixes)
    run.refresh_from_db()
    assert (run.judgement or {})["share"] > 0.99


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"nonsense", "GPX"),
        (b"", "0"),
        (gpx([], '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa">]>'), "GPX"),
        (gpx([]), "GPX"),
        (b"<gpx><trk><trkseg><trkpt lat='x' lon='y'/></trkseg></trk></gpx>", "GPX"),
    ],
)
def test_what_is_no_track_is_refused_plainly(
    walk: Walk, cast: SimpleNamespace, content: bytes, words: str
) -> None:
    run = walk(end=False)
    with pytest.raises(InputError) as error:
        add_gpx(acting_user=cast.worker, run_id=run.pk, content=content)
    assert words in str(error.value)
    assert TrackPoint.objects.count() == 21


def test_who_starts_and_who_ends(route: Route, cast: SimpleNamespace) -> None:
    for user in (cast.police, cast.town):
        with pytest.raises(NotAllowedError):
            start_run(acting_user=user, route_id=route.pk)
    for user in (cast.outsider, cast.surveyor, cast.nobody):
        with pytest.raises(MissingError):
            start_run(acting_user=user, route_id=route.pk)
    run = start_run(acting_user=cast.worker, route_id=route.pk, members=["informant"])
    assert {user.username for user in run.members.all()} == {"worker", "informant"}
    with pytest.raises(StateError):
        start_run(acting_user=cast.leader, route_id=route.pk)
    with pytest.raises(InputError):
        start_run(acting_user=cast.leader, route_id=route.pk, members=["police"])
    with pytest.raises(NotAllowedError):
        end_run(acting_user=cast.police, run_id=run.pk)
    with pytest.raises(StateError):
        close_run(acting_user=cast.leader, run_id=run.pk)
    # The leader did not come along, and ends it all the same.
    end_run(acting_user=cast.leader, run_id=run.pk)
    with pytest.raises(StateError):
        end_run(acting_user=cast.leader, run_id=run.pk)
    with pytest.raises(NotAllowedError):
        close_run(acting_user=cast.worker, run_id=run.pk)
    close_run(acting_user=cast.leader, run_id=run.pk)


def test_notes_and_incidents_of_a_run(walk: Walk, make: Make, cast: SimpleNamespace) -> None:
    run, incident = walk(end=False), make(GRID)
    note(acting_user=cast.worker, run_id=run.pk, text="桥栏松动<b>")
    link_incident(acting_user=cast.worker, run_id=run.pk, incident_id=incident.pk)
    assert list(run.incidents.all()) == [incident]
    with pytest.raises(InputError):
        note(acting_user=cast.worker, run_id=run.pk, text="  \x00 ")
    with pytest.raises(NotAllowedError):
        note(acting_user=cast.police, run_id=run.pk, text="x")
    hidden = make(LIJIA + "001")
    with pytest.raises(MissingError):
        link_incident(acting_user=cast.worker, run_id=run.pk, incident_id=hidden.pk)


def test_tracks_are_for_leader_walkers_and_staff(walk: Walk, cast: SimpleNamespace) -> None:
    run = walk()
    for user in (cast.leader, cast.worker, cast.office, cast.police, cast.town):
        assert sees_track(user, run)
    for user in (cast.informant, cast.county, cast.surveyor, cast.outsider):
        assert not sees_track(user, run)


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
