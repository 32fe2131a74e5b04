"""A patrol walked where there is no signal: begun, tracked, ended, entered when it comes home."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from gis_grid.fieldsync.models import Operation
from gis_grid.fieldsync.tasks import judge
from gis_grid.patrols.models import Route, Run
from gis_grid.patrols.services.runs import end_run, start_run
from tests.fieldsync.operations import operation, push
from tests.fieldsync.tablets import Tablet
from tests.patrols.conftest import along, route, squad

__all__ = ["route", "squad"]


@pytest.fixture
def tablet(route: Route, cast: SimpleNamespace) -> Tablet:
    return Tablet(cast.worker)


def walk(route: Route, began: dt.datetime) -> list[dict[str, Any]]:
    """The operations of a whole run, as they were sealed on the way."""
    start = operation("run", "start", route=route.pk, started_at=began.isoformat())
    same = {"record": start["record"]}
    points = [[fix.lon, fix.lat, fix.accuracy_m, fix.at.isoformat()] for fix in along(began)]
    at = (began + dt.timedelta(minutes=1)).isoformat()
    ended = (began + dt.timedelta(minutes=20)).isoformat()
    return [
        start,
        operation("run", "track", seq=2, **same, points=points[:10]),
        operation("run", "passed", seq=3, **same, checkpoint=1, at=at),
        operation("run", "track", seq=4, **same, points=points[10:]),
        operation("run", "note", seq=5, **same, text="井边路灯坏了"),
        operation("run", "end", seq=6, **same, ended_at=ended),
    ]


def test_a_run_walked_offline_is_entered_whole(tablet: Tablet, route: Route) -> None:
    began = timezone.now() - dt.timedelta(hours=5)
    receipts = push(tablet, *walk(route, began))
    assert [one["outcome"] for one in receipts] == ["applied"] * 6, receipts
    run = Run.objects.get()
    assert run.state == Run.State.ENDED
    assert run.started_at == began
    assert run.track.count() == 21
    assert run.judgement is not None
    assert run.judgement["share"] > 0.9


def test_sent_again_it_is_the_same_run(tablet: Tablet, route: Route) -> None:
    sent = walk(route, timezone.now() - dt.timedelta(hours=5))
    push(tablet, *sent[:3])
    push(tablet, *sent)
    assert Run.objects.count() == 1
    assert Run.objects.get().track.count() == 21


@pytest.mark.parametrize("off", [dt.timedelta(days=2), dt.timedelta(days=-9000)])
def test_a_clock_that_is_off_is_put_right(tablet: Tablet, route: Route, off: dt.timedelta) -> None:
    began = timezone.now() - dt.timedelta(hours=1)
    body = {
        "operations": walk(route, began + off),
        "sent_at": (timezone.now() + off).isoformat(),
    }
    status, answer = tablet("sync/push", body)
    assert status == 200
    assert [one["outcome"] for one in answer["receipts"]] == ["applied"] * 6, answer
    run = Run.objects.get()
    assert run.started_at is not None
    assert abs(run.started_at - began) < dt.timedelta(seconds=30)


def test_while_the_squad_is_out_what_was_walked_waits(
    tablet: Tablet, route: Route, cast: SimpleNamespace
) -> None:
    out = start_run(acting_user=cast.leader, route_id=route.pk)
    sent = walk(route, timezone.now() - dt.timedelta(hours=5))
    assert {one["outcome"] for one in push(tablet, *sent)} == {"received"}
    assert Run.objects.get() == out
    end_run(acting_user=cast.leader, run_id=out.pk)
    judge(0)
    assert {one["outcome"] for one in push(tablet, *sent)} == {"applied"}
    walked = Run.objects.exclude(pk=out.pk).get()
    assert (walked.state, walked.track.count()) == (Run.State.ENDED, 21)


def test_it_does_not_wait_for_ever(tablet: Tablet, route: Route, cast: SimpleNamespace) -> None:
    start_run(acting_user=cast.leader, route_id=route.pk)
    sent = walk(route, timezone.now() - dt.timedelta(hours=5))[0]
    push(tablet, sent)
    long_ago = timezone.now() - dt.timedelta(days=8)
    Operation.objects.update(received_at=long_ago)
    judge(0)
    [receipt] = push(tablet, sent)
    assert receipt["outcome"] == "rejected"


def test_who_does_not_walk_begins_no_run(route: Route, cast: SimpleNamespace) -> None:
    for other in (cast.civil, cast.outsider):
        [receipt] = push(Tablet(other), walk(route, timezone.now())[0])
        assert receipt["outcome"] == "held"
    assert not Run.objects.exists()


@pytest.mark.parametrize("points", [[], [[112.4, 25.6]], [[1, 2, 3, "never"]], [["a", 2, 3, "x"]]])
def test_places_that_are_none_are_refused(tablet: Tablet, route: Route, points: Any) -> None:
    start, *_rest = walk(route, timezone.now() - dt.timedelta(hours=1))
    track = operation("run", "track", seq=2, record=start["record"], points=points)
    _first, second = push(tablet, start, track)
    assert second["outcome"] == "rejected"
    assert second["where"].startswith("points")


def test_routes_are_taken_along(tablet: Tablet, route: Route) -> None:
    status, body = tablet(f"sync/pull?areas={route.area_code}")
    assert status == 200
    [row] = body["changes"]["route"]
    assert set(row["members"]) == {"leader", "worker", "informant"}
    assert len(row["checkpoints"]) == 2
    assert len(row["line"]) == 3
