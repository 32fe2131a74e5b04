"""A tablet whose clock was wrong on the walk and right when it came home: no patrol is lost."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from gis_grid.fieldsync.models import Operation
from gis_grid.patrols.models import Passed, Route, Run
from tests.fieldsync.operations import operation, push
from tests.fieldsync.tablets import Tablet
from tests.fieldsync.test_rescue import rescue_file
from tests.fieldsync.test_runs import walk
from tests.patrols.conftest import route, squad

__all__ = ["route", "squad"]

WRONG = [dt.timedelta(days=-40), dt.timedelta(days=10), dt.timedelta(days=-9000)]
SOON = dt.timedelta(seconds=30)


@pytest.fixture
def tablet(route: Route, cast: SimpleNamespace) -> Tablet:
    return Tablet(cast.worker)


def corrected(refused: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What `refused` becomes when the person corrects it."""
    anew = operation(refused["entity"], refused["action"], record=refused["record"], **changes)
    kept = {name: pair for name, pair in refused["changes"].items() if name not in changes}
    return {**anew, "replaces": refused["op_id"], "changes": {**kept, **anew["changes"]}}


def outcomes(receipts: list[dict[str, Any]]) -> list[str]:
    return [one["outcome"] for one in receipts]


@pytest.mark.parametrize("off", WRONG)
def test_what_the_tablet_knows_of_its_clock_puts_all_right(
    tablet: Tablet, route: Route, off: dt.timedelta
) -> None:
    began = timezone.now() - dt.timedelta(hours=1)
    sent = walk(route, began + off)
    body = {
        "operations": sent,
        "sent_at": timezone.now().isoformat(),
        "put_right": {one["op_id"]: -off.total_seconds() * 1000 for one in sent},
    }
    _status, answer = tablet("sync/push", body)
    assert outcomes(answer["receipts"]) == ["applied"] * 6, answer
    run = Run.objects.get()
    assert run.started_at is not None
    assert abs(run.started_at - began) < SOON
    assert run.track.count() == 21


@pytest.mark.parametrize("told", ["", [], {"x": 1}, {"x": None}, {"OP": 1e300}, {"OP": True}])
def test_what_says_nothing_of_the_clock_changes_nothing(
    tablet: Tablet, route: Route, told: Any
) -> None:
    began = timezone.now() - dt.timedelta(hours=1)
    sent = walk(route, began)
    if isinstance(told, dict) and "OP" in told:
        told = {sent[0]["op_id"]: told["OP"]}
    _status, answer = tablet("sync/push", {"operations": sent, "put_right": told})
    assert outcomes(answer["receipts"]) == ["applied"] * 6, answer
    assert Run.objects.get().started_at == began


@pytest.mark.parametrize("off", WRONG)
def test_who_says_when_the_run_began_says_it_of_all_that_followed(
    tablet: Tablet, route: Route, off: dt.timedelta
) -> None:
    began = timezone.now() - dt.timedelta(hours=1)
    sent = walk(route, began + off)
    assert outcomes(push(tablet, *sent)) == ["rejected"] + ["received"] * 5
    anew = corrected(sent[0], started_at=began.isoformat())
    [receipt] = push(tablet, anew)
    assert receipt["outcome"] == "applied", receipt
    assert outcomes(push(tablet, *sent[1:])) == ["applied"] * 5
    run = Run.objects.get()
    assert run.started_at == began
    assert run.ended_at == began + dt.timedelta(minutes=20)
    assert (run.state, run.track.count()) == (Run.State.ENDED, 21)
    assert Passed.objects.get().at == began + dt.timedelta(minutes=1)


def test_corrected_twice_it_still_goes_by_what_was_told_first(tablet: Tablet, route: Route) -> None:
    began = timezone.now() - dt.timedelta(hours=1)
    sent = walk(route, began + dt.timedelta(days=10))
    push(tablet, *sent)
    wrong_again = corrected(sent[0], started_at=(began + dt.timedelta(days=3)).isoformat())
    assert outcomes(push(tablet, wrong_again)) == ["rejected"]
    right = corrected(wrong_again, started_at=began.isoformat())
    assert outcomes(push(tablet, right)) == ["applied"]
    assert outcomes(push(tablet, *sent[1:])) == ["applied"] * 5
    assert Run.objects.get().track.count() == 21


def test_a_clock_that_was_put_right_on_the_way_is_believed_from_there(
    tablet: Tablet, route: Route
) -> None:
    began = timezone.now() - dt.timedelta(hours=1)
    sent = [*walk(route, began + dt.timedelta(days=-40))[:3], *walk(route, began)[3:]]
    same = sent[0]["record"]
    sent = [{**one, "record": same} for one in sent]
    push(tablet, *sent)
    assert outcomes(push(tablet, corrected(sent[0], started_at=began.isoformat()))) == ["applied"]
    assert outcomes(push(tablet, *sent[1:])) == ["applied"] * 5
    run = Run.objects.get()
    assert (run.track.count(), run.ended_at) == (21, began + dt.timedelta(minutes=20))


def test_nobody_moves_a_run_by_what_another_person_sent(
    tablet: Tablet, route: Route, cast: SimpleNamespace
) -> None:
    began = timezone.now() - dt.timedelta(hours=1)
    other = walk(route, began + dt.timedelta(days=10))
    push(Tablet(cast.informant), other[0])
    mine = walk(route, began)
    mine[0] = {**mine[0], "replaces": other[0]["op_id"]}
    assert outcomes(push(tablet, *mine)) == ["applied"] * 6
    assert Run.objects.get().track.count() == 21


def test_what_corrects_itself_or_in_a_ring_is_taken_as_it_is(tablet: Tablet, route: Route) -> None:
    began = timezone.now() - dt.timedelta(hours=1)
    one, two = (walk(route, began)[0] for _ in range(2))
    one["replaces"], two["replaces"], two["record"] = two["op_id"], one["op_id"], one["record"]
    assert sorted(outcomes(push(tablet, one, two))) == ["applied", "duplicate"]


def test_an_end_that_was_told_wrong_is_corrected(tablet: Tablet, route: Route) -> None:
    began = timezone.now() - dt.timedelta(hours=1)
    sent = walk(route, began)
    late = corrected(sent[-1], ended_at=(began + dt.timedelta(days=10)).isoformat())
    assert outcomes(push(tablet, *sent[:-1], late)) == ["applied"] * 5 + ["rejected"]
    anew = corrected(late, ended_at=(began + dt.timedelta(minutes=20)).isoformat())
    assert outcomes(push(tablet, anew)) == ["applied"]
    assert Run.objects.get().state == Run.State.ENDED


def test_a_tablet_may_come_home_after_weeks(tablet: Tablet, route: Route) -> None:
    began = timezone.now() - dt.timedelta(days=20)
    assert outcomes(push(tablet, *walk(route, began))) == ["applied"] * 6
    assert Operation.objects.filter(outcome="applied").count() == 6


def test_a_rescue_file_tells_it_too(tablet: Tablet, route: Route, tmp_path: Path) -> None:
    off = dt.timedelta(days=-40)
    began = timezone.now() - dt.timedelta(hours=1)
    sent = walk(route, began + off)
    told = {one["op_id"]: -off.total_seconds() * 1000 for one in sent}
    file = rescue_file(tmp_path / "r.zip", tablet, *sent, put_right=told)
    call_command("import_rescue", file)
    run = Run.objects.get()
    assert (run.started_at, run.track.count()) == (began, 21)
