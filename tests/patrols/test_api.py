"""Patrols by HTTP: a run from a tablet, and every endpoint for those who have no part in it."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gis_grid.accounts.policies import Role
from gis_grid.audit.models import Entry
from gis_grid.patrols.models import Route, Run, Squad, SquadMember
from tests.caller import Caller
from tests.conftest import LIJIA, QUANFENG, make_user
from tests.incidents.test_pages import signed_in
from tests.patrols.conftest import LINE, Walk, along
from tests.patrols.test_runs import gpx

pytestmark = pytest.mark.django_db
SQUAD = {"name": "二队", "area_code": QUANFENG, "leader": "leader", "members": ["worker"]}


def drawn(squad: int, **changes: Any) -> dict[str, Any]:
    stop = {"lon": LINE[0][0], "lat": LINE[0][1], "name": "桥头"}
    return {"name": "环村线", "squad": squad, "line": LINE, "checkpoints": [stop], **changes}


def test_from_the_squad_to_the_closed_run(ground: object, cast: SimpleNamespace) -> None:
    leader, worker = Caller(cast.leader), Caller(cast.worker)
    status, squad = leader("patrols/squads", SQUAD)
    assert status == 201
    assert [one["login"] for one in squad["members"] if one["is_leader"]] == ["leader"]
    status, route = leader("patrols/routes", drawn(squad["id"]))
    assert (status, route["version"]) == (201, 1)
    rule = {"rule": "FREQ=DAILY", "starts": "20:00", "minutes": 60, "holds_from": "2026-01-01"}
    assert leader(f"patrols/routes/{route['id']}/schedules", rule)[0] == 201
    status, run = worker("patrols/runs", {"route": route["id"]})
    assert (status, run["state"]) == (201, "on")
    path = f"patrols/runs/{run['id']}"
    now = timezone.now()
    points = [
        {"at": now.isoformat(), "lon": LINE[0][0], "lat": LINE[0][1], "accuracy_m": 5.0},
    ]
    assert worker(f"{path}/track", {"points": points})[1] == {"added": 1}
    assert worker(f"{path}/track", {"points": points})[1] == {"added": 0}
    assert worker(f"{path}/notes", {"text": "一切正常"})[0] == 201
    assert worker(f"{path}/end", {})[1]["state"] == "ended"
    assert leader(f"{path}/close", {})[1]["state"] == "closed"
    assert worker(f"{path}/notes", {"text": "晚了"})[0] == 409
    shown = leader(path)[1]
    assert shown["checkpoints"][0]["in_order"] is True
    assert shown["notes"][0]["text"] == "一切正常"
    assert Entry.objects.filter(action="track_read").count() == 1


def test_a_squad_changes_and_keeps_its_past(squad: Squad, cast: SimpleNamespace) -> None:
    leader = Caller(cast.leader)
    path = f"patrols/squads/{squad.pk}"
    body = {**SQUAD, "members": [], "revision": 1}
    assert leader(path, body, "put")[1]["revision"] == 2
    assert leader(path, body, "put")[0] == 409
    # Whoever has left sees the squad no more by having been in it.
    walker = make_user("walker", Role.SURVEYOR, QUANFENG)
    joined = SquadMember.objects.create(squad=squad, user=walker, starts_on=dt.date(2025, 1, 1))
    assert Caller(walker)(path)[0] == 200
    SquadMember.objects.filter(pk=joined.pk).update(ends_on=dt.date(2025, 2, 1))
    assert Caller(walker)(path)[0] == 404
    joined.delete()
    assert squad.members.count() == 3
    assert squad.members.filter(ends_on=None).count() == 1
    for wrong in ("outsider", "nobody", "nobody-such"):
        assert leader("patrols/squads", {**SQUAD, "members": [wrong]})[0] == 422


def test_a_track_by_gpx(walk: Walk, cast: SimpleNamespace) -> None:
    run = walk(end=False)
    assert run.started_at is not None
    later = run.started_at + dt.timedelta(seconds=7)
    fixes = along(later, [(112.403, 25.606), (112.407, 25.606)], steps=7)
    file = SimpleUploadedFile("a.gpx", gpx(fixes))
    url = f"/api/v1/patrols/runs/{run.pk}/gpx"
    answer = signed_in(cast.worker).post(url, {"file": file})
    assert answer.status_code == 200
    assert answer.json()["added"] >= 1
    bad = SimpleUploadedFile("a.gpx", b"<html>")
    assert signed_in(cast.worker).post(url, {"file": bad}).status_code == 422
    for user, status in ((cast.informant, 403), (cast.police, 403), (cast.outsider, 404)):
        again = SimpleUploadedFile("a.gpx", gpx(fixes))
        assert signed_in(user).post(url, {"file": again}).status_code == status


def test_the_track_is_not_shown_to_all_who_see_the_run(walk: Walk, cast: SimpleNamespace) -> None:
    path = f"patrols/runs/{walk().pk}"
    for user in (cast.leader, cast.worker, cast.police):
        assert Caller(user)(path)[1]["walked"]["type"] == "MultiLineString"
    for user in (cast.county, cast.informant):
        status, shown = Caller(user)(path)
        assert status == 200
        assert not {"walked", "gaps", "detours"} & shown.keys()


def test_outsiders_siblings_and_the_unconcerned(
    walk: Walk, route: Route, squad: Squad, cast: SimpleNamespace
) -> None:
    run = walk()
    sibling = make_user("sibling", Role.GRID_LEADER, LIJIA)
    gets = (
        f"patrols/squads/{squad.pk}", f"patrols/routes/{route.pk}", f"patrols/runs/{run.pk}",
        f"patrols/coverage?area={QUANFENG}",
    )  # fmt: skip
    point = {"at": timezone.now().isoformat(), "lon": 112.4, "lat": 25.6}
    posts: tuple[tuple[str, Any], ...] = (
        (f"patrols/routes/{route.pk}/end", {}),
        (f"patrols/routes/{route.pk}/schedules",
         {"rule": "FREQ=DAILY", "starts": "20:00", "minutes": 60, "holds_from": "2026-01-01"}),
        (f"patrols/runs/{run.pk}/track", {"points": [point]}),
        (f"patrols/runs/{run.pk}/notes", {"text": "x"}),
        (f"patrols/runs/{run.pk}/incidents", {"incident": 1}),
        (f"patrols/runs/{run.pk}/end", {}),
        (f"patrols/runs/{run.pk}/close", {}),
        ("patrols/runs", {"route": route.pk}),
        ("patrols/routes", drawn(squad.pk)),
    )  # fmt: skip
    for user in (cast.outsider, sibling, cast.civil, cast.surveyor, cast.auditor):
        caller = Caller(user)
        for path in gets:
            assert caller(path)[0] in (403, 404), (user, path)
        for path, body in posts:
            assert caller(path, body)[0] == 404, (user, path)
        put = caller(f"patrols/squads/{squad.pk}", {**SQUAD, "revision": 1}, "put")
        assert put[0] == 404
        assert caller(f"patrols/routes/{route.pk}", drawn(squad.pk, revision=1), "put")[0] == 404
    for user in (cast.outsider, sibling):
        caller = Caller(user)
        for name in ("squads", "routes", "runs"):
            status, answer = caller(f"patrols/{name}")
            assert (status, answer[name]) == (200, [])
    for user in (cast.civil, cast.surveyor, cast.auditor, cast.nobody):
        assert Caller(user)("patrols/runs")[0] == 403
    # Who sees and walks draws nothing.
    assert Caller(cast.worker)("patrols/routes", drawn(squad.pk))[0] == 403
    assert Caller(cast.worker)("patrols/squads", SQUAD)[0] == 403
    assert Run.objects.count() == 1
    assert Route.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("patrols/routes", {"name": "x", "squad": 0, "line": []}),
        ("patrols/routes", {"name": "x", "squad": 1, "line": [["a", "b"], [1, 2]]}),
        ("patrols/runs", {}),
        ("patrols/runs", {"route": 1, "run": 1}),
        ("patrols/squads", {**SQUAD, "area_code": "1"}),
        ("patrols/squads", {**SQUAD, "leader": ""}),
        ("patrols/coverage?area=x&month=2026-99", None),
    ],
)
def test_bad_input_is_named(ground: object, cast: SimpleNamespace, path: str, body: Any) -> None:
    assert Caller(cast.leader)(path, body)[0] == 422


def test_times_are_those_of_here(walk: Walk, cast: SimpleNamespace) -> None:
    run = walk(end=False)
    at = timezone.localtime() + dt.timedelta(seconds=1)
    point = {"at": at.replace(tzinfo=None).isoformat(), "lon": LINE[0][0], "lat": LINE[0][1]}
    answer = Caller(cast.worker)(f"patrols/runs/{run.pk}/track", {"points": [point]})
    assert answer in ((200, {"added": 1}), (200, {"added": 0}))
    rule = {"rule": "FREQ=DAILY", "starts": "20:00", "minutes": 60, "holds_from": "2026-01-01"}
    path = f"patrols/routes/{run.version.route_id}/schedules"
    for wrong in (
        {"starts": "20:00+14:00"},
        {"holds_from": "0001-01-01"},
        {"holds_until": "9999-12-31"},
    ):
        assert Caller(cast.leader)(path, {**rule, **wrong})[0] == 422


def test_a_checkpoint_lies_by_its_route(squad: Squad, cast: SimpleNamespace) -> None:
    far = [{"lon": 120.0, "lat": 30.0, "name": "远处"}]
    status, error = Caller(cast.leader)("patrols/routes", drawn(squad.pk, checkpoints=far))
    assert (status, error["error"]["where"]) == (422, "checkpoints")


def test_nul_in_a_login_is_nobody(ground: object, cast: SimpleNamespace) -> None:
    for wrong in ({"leader": "\x00"}, {"members": ["\x00"]}):
        assert Caller(cast.leader)("patrols/squads", {**SQUAD, **wrong})[0] == 422
