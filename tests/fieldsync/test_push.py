"""Operations arrive: kept, judged, answered, once each however often they are sent."""

import json
import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError
from gis_grid.fieldsync import registry
from gis_grid.fieldsync.models import Operation, Unreadable
from gis_grid.incidents.models import Incident
from tests.conftest import OTHER_VILLAGE, QUANFENG, NewCell
from tests.fieldsync.operations import incident, operation, push
from tests.fieldsync.tablets import Tablet
from tests.incidents.conftest import middle

HERE = middle(QUANFENG + "001")
ELSEWHERE = middle(OTHER_VILLAGE + "001")


def test_an_incident_is_applied_and_has_its_number(tablet: Tablet) -> None:
    [receipt] = push(tablet, incident(HERE))
    made = Incident.objects.get()
    assert receipt["outcome"] == "applied"
    assert receipt["server_id"] == made.pk
    assert receipt["number"] == made.register_no
    assert made.area_code == QUANFENG + "001"
    assert made.channel == Incident.Channel.TABLET


def test_the_same_again_is_answered_from_the_store(tablet: Tablet) -> None:
    sent = incident(HERE)
    [first] = push(tablet, sent)
    [second] = push(tablet, sent)
    assert second == {**first, "again": True}
    assert Incident.objects.count() == 1


def test_the_same_twice_in_one_push_is_one(tablet: Tablet) -> None:
    sent = incident(HERE)
    first, second = push(tablet, sent, sent)
    assert first["server_id"] == second["server_id"]
    assert Incident.objects.count() == 1


def test_other_content_under_a_known_id_changes_nothing(tablet: Tablet) -> None:
    sent = incident(HERE)
    push(tablet, sent)
    [receipt] = push(tablet, {**sent, "changes": {**sent["changes"], "what": [None, "别的事"]}})
    assert (receipt["outcome"], receipt["code"]) == ("rejected", "other_content")
    assert Incident.objects.get().what == "村口水沟堵了"


def test_the_id_of_somebody_else_tells_nothing(tablet: Tablet, cast: SimpleNamespace) -> None:
    sent = incident(HERE)
    push(tablet, sent)
    [receipt] = push(Tablet(cast.outsider), sent)
    assert receipt["code"] == "other_content"
    assert "server_id" not in receipt


def test_a_second_operation_for_the_same_thing_is_a_duplicate(tablet: Tablet) -> None:
    sent = incident(HERE)
    [first] = push(tablet, sent)
    [again] = push(tablet, {**sent, "op_id": str(uuid.uuid4()), "seq": 2})
    assert again["outcome"] == "duplicate"
    assert again["server_id"] == first["server_id"]


def test_a_bad_field_is_named_and_the_others_go_on(tablet: Tablet) -> None:
    bad, good = incident(HERE, category="no_such"), incident(HERE)
    first, second = push(tablet, bad, good)
    assert (first["outcome"], first["where"]) == ("rejected", "category")
    assert first["message"]
    assert second["outcome"] == "applied"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("place", [200, 25]),
        ("place", "here"),
        ("place", [True, 25]),
        # As a device tells it that knows no place, and with the two exchanged.
        ("place", [0, 0]),
        ("place", [25.6, 112.4]),
        ("accuracy_m", -1),
        ("severity", 9),
        ("severity", "grave"),
        ("what", 7),
        ("is_anonymous", "yes"),
        ("households", [1.5]),
        ("reporter_phone", "12"),
    ],
)
def test_what_can_not_be_is_refused_at_its_field(tablet: Tablet, field: str, value: Any) -> None:
    [receipt] = push(tablet, incident(HERE, **{field: value}))
    assert (receipt["outcome"], receipt["where"]) == ("rejected", field)
    assert not Incident.objects.exists()


def test_out_of_scope_is_held_not_dropped(tablet: Tablet) -> None:
    [receipt] = push(tablet, incident(ELSEWHERE))
    assert receipt["outcome"] == "held"
    assert not Incident.objects.exists()
    assert Operation.objects.get().outcome == "held"


def test_what_belongs_to_something_to_come_waits_for_it(
    ground: dict[str, NewCell], cast: SimpleNamespace
) -> None:
    tablet = Tablet(cast.worker)
    made = incident(HERE)
    note = operation("incident", "note", seq=2, record=made["record"], text="又堵了一段")
    [waiting] = push(tablet, note)
    assert waiting["outcome"] == "received"
    push(tablet, made)
    status, body = tablet("sync/receipts", {"op_ids": [note["op_id"]]})
    assert status == 200
    assert body["receipts"][0]["outcome"] == "applied"
    assert Incident.objects.get().steps.filter(step="note").count() == 1


def test_no_operation_is_kept_and_told(tablet: Tablet) -> None:
    good = incident(HERE)
    first, second, third = push(tablet, {"op_id": good["op_id"]}, "?", good)
    assert (first["code"], first["op_id"]) == ("unreadable", good["op_id"])
    assert (second["code"], second["op_id"], second["index"]) == ("unreadable", None, 1)
    assert third["outcome"] == "applied"
    assert Unreadable.objects.count() == 2
    push(tablet, "?")
    assert Unreadable.objects.count() == 2


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"operations": 1}', b"\xff\xfe", b"[" * 90_000])
def test_a_body_that_is_none_is_kept(tablet: Tablet, body: bytes) -> None:
    answer = tablet.client.post("/api/v1/sync/push", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "unreadable"
    assert Unreadable.objects.count() == 1


def test_half_a_character_and_nothing_harm_nobody(tablet: Tablet) -> None:
    sent = json.loads(json.dumps(incident(HERE)))
    sent["changes"]["what"] = [None, "水沟\ud800\x00堵了"]
    [receipt] = push(tablet, sent)
    assert receipt["outcome"] == "applied"
    assert Incident.objects.get().what == "水沟\ufffd堵了"


def test_too_many_at_once_are_not_taken(tablet: Tablet) -> None:
    status, body = tablet("sync/push", {"operations": [incident(HERE)] * 201})
    assert status == 422
    assert not Operation.objects.exists()
    assert body["error"]["where"] == "operations"


def test_a_form_of_the_future_is_refused_in_words(tablet: Tablet) -> None:
    [receipt] = push(tablet, {**incident(HERE), "form_version": 99})
    assert (receipt["outcome"], receipt["where"]) == ("rejected", "form_version")


def test_unknown_things_are_refused(tablet: Tablet) -> None:
    kind, action = push(tablet, operation("spaceship", "create"), operation("incident", "fly"))
    assert (kind["outcome"], kind["where"]) == ("rejected", "entity")
    assert (action["outcome"], action["where"]) == ("rejected", "action")


def test_who_lost_the_role_is_held(tablet: Tablet, cast: SimpleNamespace) -> None:
    cast.surveyor.assignments.all().delete()
    [receipt] = push(tablet, incident(HERE))
    assert receipt["outcome"] == "held"


def _break(user: User, op: registry.Op) -> registry.Done:
    raise ZeroDivisionError


def test_a_fault_of_ours_holds_up_nothing(tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = registry.Entity("incident", {"create": _break}, makes=frozenset({"create"}))
    bad = incident(HERE)
    with monkeypatch.context() as patch:
        patch.setitem(registry._entities, "incident", broken)
        for _ in range(4):
            [receipt] = push(tablet, bad)
            assert receipt["outcome"] == "received"
        [receipt] = push(tablet, bad)
        assert (receipt["outcome"], receipt["code"]) == ("held", "fault")
    [good] = push(tablet, incident(HERE))
    assert good["outcome"] == "applied"


def test_how_much_is_left_is_noted(tablet: Tablet) -> None:
    tablet("sync/push", {"queue": 17, "operations": []})
    tablet.device.refresh_from_db()
    assert tablet.device.queue_length == 17
    # Nothing is left to be pushed: a photo has come, and the tablet says so by asking for nothing.
    status, answer = tablet("sync/receipts", {"op_ids": [], "queue": 0})
    assert (status, answer) == (200, {"receipts": []})
    tablet.device.refresh_from_db()
    assert tablet.device.queue_length == 0
    # A call that does not say so changes nothing; nonsense is refused.
    tablet("sync/push", {"queue": 5, "operations": []})
    assert tablet("sync/receipts", {"op_ids": []})[0] == 200
    for queue in (-1, 2**31, "many"):
        assert tablet("sync/receipts", {"op_ids": [], "queue": queue})[0] == 422
    tablet.device.refresh_from_db()
    assert tablet.device.queue_length == 5


def test_strangers_push_nothing(tablet: Tablet) -> None:
    answer = tablet.client.post(
        "/api/v1/sync/push",
        {"operations": [incident(HERE)]},
        content_type="application/json",
        headers={"authorization": "Bearer gd_unknown"},
    )
    assert answer.status_code == 401
    assert not Operation.objects.exists()


@pytest.mark.parametrize("name", ["a\u0000b", "", "a" * 61, "'; --", "a b", "\u202eabc"])
def test_a_field_that_can_be_none_is_unreadable(tablet: Tablet, name: str) -> None:
    bad = operation("household", "change", server_id=1) | {"changes": {name: [None, "x"]}}
    first, second = push(tablet, bad, incident(HERE))
    assert (first["outcome"], first["code"]) == ("rejected", "unreadable")
    assert second["outcome"] == "applied"


def _refuse_with_nul(user: User, op: registry.Op) -> registry.Done:
    raise InputError("a\x00b", where="c\x00d")


def test_a_refusal_that_no_table_holds_stops_nobody(
    tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        registry._entities,
        "odd",
        registry.Entity(
            "odd",
            {
                "refused": _refuse_with_nul,
                "done": lambda user, op: registry.Done(1, QUANFENG, number="\x00"),
            },
            makes=frozenset({"refused", "done"}),
        ),
    )
    refused, done, good = push(
        tablet, operation("odd", "refused"), operation("odd", "done"), incident(HERE)
    )
    assert (refused["outcome"], refused["message"], refused["where"]) == ("rejected", "ab", "cd")
    assert (done["outcome"], done["code"]) == ("held", "fault")
    assert good["outcome"] == "applied"
