"""Tablets: a code for whom one leads, enrolled by it once, let in, refused, revoked."""

import datetime as dt
import json
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Role
from gis_grid.accounts.services.tokens import token_create
from gis_grid.audit.models import Entry
from gis_grid.audit.services import SYSTEM
from gis_grid.fieldsync.models import Device, EnrolCode
from gis_grid.fieldsync.services.devices import MOST_WRONG_CODES
from tests.caller import Caller
from tests.conftest import COUNTY, LIJIA, OTHER_VILLAGE, QUANFENG, make_user
from tests.fieldsync.tablets import Tablet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions")]


def code_for(manager: User, person: User, **more: Any) -> str:
    status, answer = Caller(manager)("devices/codes", {"person": person.username, **more})
    assert status == 201, answer
    return str(answer["code"])


def enrol(code: str, address: str = "192.0.2.1", **more: Any) -> tuple[int, Any]:
    body = json.dumps({"code": code, "name": "平板一", **more})
    answer = Client(headers={"accept-language": "en"}, enforce_csrf_checks=True).post(
        "/api/v1/devices/enrol", body, content_type="application/json", REMOTE_ADDR=address
    )
    return answer.status_code, answer.json()


def enrolled(manager: User, person: User, **more: Any) -> Tablet:
    status, answer = enrol(code_for(manager, person), **more)
    assert status == 201, answer
    return Tablet(person, answer["token"], Device.objects.get(pk=answer["device"]))


def test_from_the_code_to_the_tablet(cast: SimpleNamespace) -> None:
    status, made = Caller(cast.leader)("devices/codes", {"person": "worker"})
    assert status == 201
    assert made["address"] == f"/field/#enrol={made['code']}"
    # By hand, without the dashes and in capitals.
    status, answer = enrol(made["code"].replace("-", "").upper())
    assert status == 201
    assert answer["token"].startswith("gd_")
    tablet = Tablet(cast.worker, answer["token"], Device.objects.get())
    status, told = tablet("devices/me")
    assert status == 200
    assert (told["device"], told["name"], told["login"]) == (answer["device"], "平板一", "worker")
    assert told["areas"] == [{"code": QUANFENG, "name": "泉凤村", "level": "village"}]
    assert "incident_report" in told["permissions"]
    assert "device_manage" not in told["permissions"]
    actions = list(Entry.objects.values_list("action", "actor", "area_code"))
    assert ("device_code_made", "leader", QUANFENG) in actions
    assert ("device_enrolled", "worker", QUANFENG) in actions


def test_neither_code_nor_token_is_kept(cast: SimpleNamespace) -> None:
    code = code_for(cast.leader, cast.worker)
    token = enrol(code)[1]["token"]
    tables = (Device, EnrolCode, Entry)
    kept = "".join(str(list(table.objects.values())) for table in tables)
    for secret in (code, code.replace("-", ""), token, token.removeprefix("gd_")):
        assert secret not in kept


def test_a_code_holds_once_and_for_its_time(cast: SimpleNamespace) -> None:
    code = code_for(cast.leader, cast.worker)
    assert enrol(code)[0] == 201
    answers = [enrol(code), enrol("abcd-efgh-jkmn-pqrs")]
    late = code_for(cast.leader, cast.worker, minutes=5)
    EnrolCode.objects.update(expires_at=timezone.now())
    answers.append(enrol(late))
    closed = code_for(cast.leader, cast.worker)
    User.objects.filter(pk=cast.worker.pk).update(is_active=False)
    answers.append(enrol(closed))
    assert {status for status, _answer in answers} == {422}
    assert len({json.dumps(answer) for _status, answer in answers}) == 1
    assert answers[0][1]["error"]["code"] == "bad_input"
    assert Device.objects.count() == 1


def test_who_tries_codes_is_shut_out_for_a_while(cast: SimpleNamespace) -> None:
    code = code_for(cast.leader, cast.worker)
    for _try in range(MOST_WRONG_CODES):
        assert enrol("wrong")[0] == 422
    status, answer = enrol("wrong")
    assert (status, answer["error"]["code"]) == (429, "too_many")
    # Whoever has a right one is not shut out by others behind the same address.
    assert enrol(code)[0] == 201
    # Nothing more is written down, and others are not concerned.
    assert Entry.objects.filter(action="device_code_refused").count() == MOST_WRONG_CODES
    another = code_for(cast.leader, cast.worker)
    assert enrol(another, address="192.0.2.2")[0] == 201


@pytest.mark.parametrize(
    ("manager", "person", "status"),
    [
        ("county", "outsider", 201),
        ("county", "town", 201),
        ("town", "police", 201),
        ("office", "worker", 201),
        ("leader", "informant", 201),
        ("leader", "leader", 201),
        ("leader", "town", 404),
        ("town", "outsider", 404),
        ("town", "county", 404),
        ("town", "nobody", 404),
        ("town", "no such person", 404),
        ("worker", "worker", 403),
        ("police", "worker", 403),
        ("outsider", "worker", 403),
    ],
)
def test_for_whom_a_code_is_made(
    cast: SimpleNamespace, manager: str, person: str, status: int
) -> None:
    caller = Caller(getattr(cast, manager))
    assert caller("devices/codes", {"person": person})[0] == status


def test_who_works_elsewhere_too_is_for_those_above_both(cast: SimpleNamespace) -> None:
    both = make_user("both", Role.GRID_WORKER, QUANFENG, LIJIA)
    assert Caller(cast.leader)("devices/codes", {"person": "both"})[0] == 404
    assert Caller(cast.town)("devices/codes", {"person": "both"})[0] == 201
    elsewhere = both.assignments.filter(area_code=LIJIA)
    elsewhere.update(ends_on=timezone.localdate())
    assert Caller(cast.leader)("devices/codes", {"person": "both"})[0] == 201
    # A role to come counts: the tablet would be there then.
    elsewhere.update(ends_on=None, starts_on=timezone.localdate() + dt.timedelta(days=9))
    assert Caller(cast.leader)("devices/codes", {"person": "both"})[0] == 404


def test_who_can_not_sign_in_gets_no_code(cast: SimpleNamespace) -> None:
    ask = Caller(cast.leader)
    for spoilt in ({"is_active": False}, {"must_change_password": True}):
        User.objects.filter(pk=cast.worker.pk).update(**spoilt)
        assert ask("devices/codes", {"person": "worker"})[0] == 409
        User.objects.filter(pk=cast.worker.pk).update(is_active=True, must_change_password=False)
    Assignment.objects.filter(user=cast.worker).update(ends_on=timezone.localdate())
    assert ask("devices/codes", {"person": "worker"})[0] == 409
    assert ask("devices/codes", {"person": "informant", "minutes": 100_000})[0] == 422


def test_enrolled_again_it_keeps_its_id(cast: SimpleNamespace) -> None:
    before = enrolled(cast.leader, cast.worker)
    after = enrolled(cast.leader, cast.worker, device=str(before.device.pk))
    assert after.device == before.device
    assert before("devices/me")[1]["error"]["code"] == "token_ended"
    assert after("devices/me")[0] == 200
    # Another person's, a revoked one's, one that never was: a new one.
    other = enrolled(cast.leader, cast.informant, device=str(before.device.pk))
    unknown = enrolled(cast.leader, cast.worker, device=str(uuid.uuid4()))
    Device.objects.filter(pk=before.device.pk).update(revoked_at=timezone.now())
    fresh = enrolled(cast.leader, cast.worker, device=str(before.device.pk))
    assert len({one.device.pk for one in (after, other, unknown, fresh)}) == 4


def test_signed_out_it_may_be_enrolled_again(cast: SimpleNamespace) -> None:
    tablet = enrolled(cast.leader, cast.worker)
    assert tablet("devices/me/leave", {}) == (200, {"left": True})
    status, answer = tablet("devices/me")
    assert (status, answer["error"]["code"]) == (401, "token_ended")
    assert enrolled(cast.leader, cast.worker, device=str(tablet.device.pk)).device == tablet.device
    assert Entry.objects.filter(action="device_left", actor="worker").count() == 1


def test_revoked_it_gets_nothing(cast: SimpleNamespace) -> None:
    tablet = enrolled(cast.leader, cast.worker)
    path = f"devices/{tablet.device.pk}/revoke"
    assert Caller(cast.outsider)(path, {"reason": "lost in the river"})[0] == 403
    other = make_user("other", Role.GRID_LEADER, OTHER_VILLAGE)
    assert Caller(other)(path, {"reason": "lost in the river"})[0] == 404
    assert Caller(cast.town)(path, {"reason": "…"})[0] == 422
    status, row = Caller(cast.town)(path, {"reason": "lost in the river"})
    assert (status, row["state"], row["reason"]) == (200, "revoked", "lost in the river")
    assert Caller(cast.town)(path, {"reason": "lost in the river"})[0] == 409
    status, answer = tablet("devices/me")
    assert (status, answer["error"]["code"]) == (401, "device_revoked")


@pytest.mark.parametrize(
    ("table", "spoilt"),
    [
        (User, {"is_active": False}),
        (User, {"must_change_password": True}),
        (User, {"is_demo": True}),
        (Device, {"expires_at": timezone.now()}),
    ],
)
def test_what_ends_a_token(
    cast: SimpleNamespace, settings: Any, table: type[User] | type[Device], spoilt: dict[str, Any]
) -> None:
    settings.DEMO = False
    tablet = Tablet(cast.worker)
    assert tablet("devices/me")[0] == 200
    key = tablet.device.pk if table is Device else cast.worker.pk
    table.objects.filter(pk=key).update(**spoilt)
    status, answer = tablet("devices/me")
    assert (status, answer["error"]["code"]) == (401, "token_ended")


def test_a_tablets_token_opens_nothing_else(cast: SimpleNamespace) -> None:
    tablet = Tablet(cast.county)
    for path in ("me", "incidents", "devices", "regions"):
        status, answer = tablet(path)
        assert (status, answer["error"]["code"]) == (401, "not_signed_in")
    assert tablet("devices/codes", {"person": "worker"})[0] == 401


def test_a_script_calls_with_a_token_of_the_api(cast: SimpleNamespace) -> None:
    text = token_create(acting_user=SYSTEM, user=cast.worker, label="qgis", days=1)[1]
    script = Tablet(cast.worker, text)
    status, told = script("devices/me")
    assert (status, told["device"], told["login"]) == (200, None, "worker")
    assert script("devices/me/leave", {})[0] == 409
    # A browser's session stands in for neither.
    assert Caller(cast.worker)("devices/me")[0] == 401


def test_contact_is_noted_at_most_once_a_minute(
    cast: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    tablet = Tablet(cast.worker)
    tablet("devices/me")
    noted = Device.objects.get().last_seen_at
    assert noted is not None
    tablet("devices/me")
    assert Device.objects.get().last_seen_at == noted
    Device.objects.update(last_seen_at=timezone.now() - dt.timedelta(seconds=61))
    tablet("devices/me")
    assert Device.objects.get().last_seen_at >= noted


def test_the_list_is_of_ones_own_people(cast: SimpleNamespace) -> None:
    for user in (cast.worker, cast.town, cast.outsider):
        Tablet(user)
    Device.objects.filter(user=cast.worker).update(queue_length=7)
    seen = {
        name: {row["login"] for row in Caller(getattr(cast, name))("devices")[1]["devices"]}
        for name in ("county", "town", "leader")
    }
    assert seen == {
        "county": {"worker", "town", "outsider"},
        "town": {"worker", "town"},
        "leader": {"worker"},
    }
    row = Caller(cast.leader)("devices")[1]["devices"][0]
    assert (row["queue"], row["state"]) == (7, "active")
    assert Caller(cast.worker)("devices")[0] == 403


def test_areas_are_told_outermost_only(cast: SimpleNamespace) -> None:
    Assignment.objects.create(user=cast.worker, role=Role.INFORMANT, area_code=QUANFENG + "001")
    Assignment.objects.create(user=cast.worker, role=Role.POLICE, area_code=OTHER_VILLAGE)
    told = Tablet(User.objects.get(pk=cast.worker.pk))("devices/me")[1]["areas"]
    assert [area["code"] for area in told] == [OTHER_VILLAGE, QUANFENG]
    assert COUNTY not in {area["code"] for area in told}
