"""A run walked without a connection is entered when the tablet comes home; pressed checkpoints."""

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from gis_grid.core.errors import InputError, MissingError, NotAllowedError, StateError
from gis_grid.patrols.models import Passed, Route, RouteVersion, Run
from gis_grid.patrols.services.passing import pass_checkpoint
from gis_grid.patrols.services.runs import add_recorded, close_run, end_run, start_run
from tests.caller import Caller
from tests.incidents.test_pages import signed_in
from tests.patrols.conftest import LINE, Walk, along

pytestmark = pytest.mark.django_db
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


def test_a_run_of_last_week_is_entered_today(route: Route, cast: SimpleNamespace) -> None:
    began, key = timezone.now() - 6 * DAY, uuid.uuid4()
    told: dict[str, Any] = {"acting_user": cast.worker, "route_id": route.pk, "client_id": key}
    run = start_run(**told, at=began)
    assert start_run(**told, at=began).pk == run.pk
    added = add_recorded(acting_user=cast.worker, run_id=run.pk, fixes=along(began))
    assert added == 21
    ended = end_run(acting_user=cast.worker, run_id=run.pk, at=began + 20 * MINUTE)
    assert (ended.judgement or {})["share"] > 0.99
    # Also when it has long ended.
    assert start_run(**told).pk == run.pk
    assert Run.objects.count() == 1
    # A walker's own id is of no use to another.
    with pytest.raises(InputError) as refused:
        start_run(acting_user=cast.leader, route_id=route.pk, client_id=key)
    assert refused.value.where == "client_id"


def test_what_cannot_have_been(route: Route, cast: SimpleNamespace) -> None:
    now = timezone.now()
    for at in (now - 31 * DAY, now + 5 * MINUTE):
        with pytest.raises(InputError) as refused:
            start_run(acting_user=cast.worker, route_id=route.pk, at=at)
        assert refused.value.where == "at"
    run = start_run(acting_user=cast.worker, route_id=route.pk, at=now - DAY)
    for at in (now - 2 * DAY, now + 5 * MINUTE):
        with pytest.raises(InputError) as refused:
            end_run(acting_user=cast.worker, run_id=run.pk, at=at)
        assert refused.value.where == "at"
    # The squad is out already, whenever the other one began.
    with pytest.raises(StateError):
        start_run(acting_user=cast.leader, route_id=route.pk, at=now - 3 * DAY)


def test_the_route_is_that_of_the_day(route: Route, cast: SimpleNamespace) -> None:
    now, today = timezone.now(), route.current
    assert today is not None
    then = RouteVersion.objects.create(
        route=route, number=0, line=today.line, length_m=today.length_m, made_at=now - 5 * DAY
    )
    Route.objects.filter(pk=route.pk).update(ended_on=timezone.localdate())
    run = start_run(acting_user=cast.worker, route_id=route.pk, at=now - 3 * DAY)
    assert run.version == then
    end_run(acting_user=cast.worker, run_id=run.pk, at=now - 3 * DAY + MINUTE)
    with pytest.raises(StateError):
        start_run(acting_user=cast.worker, route_id=route.pk)


def test_a_missed_run_may_have_been_walked(route: Route, cast: SimpleNamespace) -> None:
    until = timezone.now() - DAY
    planned = Run.objects.create(
        version=route.current, squad=route.squad, state=Run.State.MISSED,
        planned_from=until - 60 * MINUTE, planned_until=until,
    )  # fmt: skip
    with pytest.raises(StateError):
        start_run(acting_user=cast.worker, run_id=planned.pk)
    run = start_run(acting_user=cast.worker, run_id=planned.pk, at=until - 50 * MINUTE)
    assert (run.pk, run.state) == (planned.pk, "on")


def test_pressed_beside_what_the_track_says(walk: Walk, cast: SimpleNamespace) -> None:
    run = walk(end=False, line=[LINE[0], LINE[1]])
    began = run.started_at
    assert began is not None
    told: dict[str, Any] = {"acting_user": cast.worker, "run_id": run.pk, "order": 2}
    made = pass_checkpoint(**told, at=began + 5 * MINUTE, client_id=uuid.uuid4())
    assert pass_checkpoint(**told).at == made.at
    page = signed_in(cast.worker).get(reverse("patrol_run", args=[run.pk]))
    assert "井边" in page.content.decode()
    for wrong, where in (
        ({"order": 9}, "order"),
        ({"at": began - 5 * MINUTE}, "at"),
        ({"at": timezone.now() + 5 * MINUTE}, "at"),
    ):
        with pytest.raises(InputError) as refused:
            pass_checkpoint(**{**told, **wrong})
        assert refused.value.where == where
    end_run(acting_user=cast.worker, run_id=run.pk, at=began + 20 * MINUTE)
    # The figures are those of the track.
    status, shown = Caller(cast.worker)(f"patrols/runs/{run.pk}")
    assert (status, shown["checkpoints"][1]["at"]) == (200, None)
    assert [one["order"] for one in shown["pressed"]] == [2]
    pressed = f"{timezone.localtime(made.at):%H:%M:%S}"
    page = signed_in(cast.police).get(reverse("patrol_run", args=[run.pk]))
    assert pressed in page.content.decode()
    pass_checkpoint(**{**told, "order": 1}, at=began + MINUTE)
    close_run(acting_user=cast.leader, run_id=run.pk)
    with pytest.raises(StateError):
        pass_checkpoint(**told)
    assert Passed.objects.count() == 2


def test_by_http(route: Route, cast: SimpleNamespace) -> None:
    worker, began = Caller(cast.worker), timezone.now() - 2 * DAY
    body = {"route": route.pk, "at": began.isoformat(), "client_id": str(uuid.uuid4())}
    status, run = worker("patrols/runs", body)
    assert (status, worker("patrols/runs", body)[1]["id"]) == (201, run["id"])
    path = f"patrols/runs/{run['id']}"
    passed = {"order": 1, "at": (began + MINUTE).isoformat()}
    assert worker(f"{path}/checkpoints", passed)[0] == 201
    assert worker(f"{path}/checkpoints", {"order": 77})[0] == 422
    for user, status in ((cast.police, 403), (cast.informant, 403), (cast.outsider, 404)):
        assert Caller(user)(f"{path}/checkpoints", passed)[0] == status
    late = {"at": (began - MINUTE).isoformat()}
    assert worker(f"{path}/end", late)[0] == 422
    assert worker(f"{path}/end", {"at": "x"})[0] == 422
    ended = {"at": (began + 20 * MINUTE).isoformat()}
    assert worker(f"{path}/end", ended)[1]["state"] == "ended"


def test_only_walkers_press(walk: Walk, cast: SimpleNamespace) -> None:
    run = walk(end=False)
    with pytest.raises(NotAllowedError):
        pass_checkpoint(acting_user=cast.leader, run_id=run.pk, order=1)
    with pytest.raises(MissingError):
        pass_checkpoint(acting_user=cast.outsider, run_id=run.pk, order=1)
