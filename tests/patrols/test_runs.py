"""A run from its start to the leader's word, and that nobody is tracked outside of it."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone

from gis_grid.core.errors import InputError, MissingError, NotAllowedError, StateError
from gis_grid.patrols.models import Route, TrackPoint
from gis_grid.patrols.selectors import sees_track
from gis_grid.patrols.services.gpx import add_gpx
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
from tests.conftest import LIJIA, QUANFENG
from tests.incidents import conftest as reporting
from tests.incidents.conftest import Make
from tests.patrols.conftest import LINE, Walk, along

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
