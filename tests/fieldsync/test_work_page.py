"""The page on which an office settles what tablets could not."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from gis_grid.accounts.models import User
from gis_grid.fieldsync import partial
from gis_grid.fieldsync.models import Conflict, Operation, Upload
from gis_grid.households.models import Household
from gis_grid.households.services.registering import change_household
from gis_grid.incidents.models import Incident
from tests.conftest import LIJIA, QUANFENG, NewCell
from tests.fieldsync.operations import incident, operation, push
from tests.fieldsync.sending import File, Sender
from tests.fieldsync.tablets import Tablet
from tests.incidents.conftest import middle
from tests.incidents.pictures import picture

HERE = middle(QUANFENG + "001")


def page(user: User, body: Any = None) -> Any:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="gis_grid.accounts.backends.AccountBackend")
    return client.get("/devices/work/") if body is None else client.post("/devices/work/", body)


@pytest.fixture
def held(ground: dict[str, NewCell], cast: SimpleNamespace) -> Operation:
    tablet = Tablet(cast.surveyor)
    cast.surveyor.assignments.update(area_code=LIJIA)
    push(tablet, incident(HERE, reporter_name="李明德", reporter_phone="13800001234"))
    return Operation.objects.get()


@pytest.fixture
def conflict(household: Any, cast: SimpleNamespace) -> Conflict:
    home: Household = household(QUANFENG + "001")
    before = home.address
    change_household(acting_user=cast.civil, household_id=home.pk, values={"address": "桥头1号"})
    sent = operation(
        "household", "change", server_id=home.pk, old={"address": before}, address="桥头2号"
    )
    push(Tablet(cast.surveyor), sent)
    return Conflict.objects.get()


def test_what_is_held_stands_there_masked(held: Operation, cast: SimpleNamespace) -> None:
    text = page(cast.office).content.decode()
    assert f'data-held="{held.pk}"' in text
    assert "村口水沟堵了" in text
    assert "138****1234" in text
    assert "李明德" not in text
    assert "13800001234" not in text


def test_it_is_done_in_the_offices_name(held: Operation, cast: SimpleNamespace) -> None:
    assert page(cast.office, {"act": "take", "of": str(held.pk)}).status_code == 302
    assert Incident.objects.get().reported_by == cast.office
    held.refresh_from_db()
    assert (held.outcome, held.settled_by) == ("applied", cast.office)


def test_it_is_refused_only_in_words(held: Operation, cast: SimpleNamespace) -> None:
    assert page(cast.office, {"act": "refuse", "of": str(held.pk)}).status_code == 422
    body = {"act": "refuse", "of": str(held.pk), "reason": "不在本村范围之内"}
    assert page(cast.office, body).status_code == 302
    held.refresh_from_db()
    assert (held.outcome, held.message) == ("rejected", "不在本村范围之内")


@pytest.mark.parametrize(("choice", "kept"), [("mine", "桥头2号"), ("theirs", "桥头1号")])
def test_a_conflict_is_settled_by_a_tap(
    conflict: Conflict, cast: SimpleNamespace, choice: str, kept: str
) -> None:
    body = {"choice": choice, "of": conflict.pk, "seen": '"桥头1号"'}
    assert page(cast.office, body).status_code == 302
    assert Household.objects.get().address == kept
    conflict.refresh_from_db()
    assert conflict.settled_by == cast.office


def test_a_conflict_shows_the_servers_value_of_now(
    conflict: Conflict, cast: SimpleNamespace
) -> None:
    change_household(
        acting_user=cast.civil, household_id=conflict.object_id, values={"address": "桥头7号"}
    )
    text = page(cast.office).content.decode()
    assert "桥头7号" in text
    assert "桥头1号" not in text
    old = {"choice": "mine", "of": conflict.pk, "seen": '"桥头1号"'}
    assert page(cast.office, old).status_code == 409


@pytest.mark.parametrize("body", [{"choice": "both"}, {"act": "take"}, {"act": "take", "of": "x"}])
def test_what_makes_no_sense_is_refused(
    conflict: Conflict, cast: SimpleNamespace, body: dict[str, str]
) -> None:
    assert page(cast.office, {"of": str(conflict.pk), **body}).status_code in (404, 422)


@pytest.mark.parametrize("name", ["worker", "surveyor", "informant", "outsider", "auditor"])
def test_others_have_no_such_page(cast: SimpleNamespace, name: str) -> None:
    assert page(getattr(cast, name)).status_code in (403, 404)


def test_another_village_sees_nothing_of_it(conflict: Conflict, cast: SimpleNamespace) -> None:
    cast.leader.assignments.update(area_code=LIJIA)
    assert "data-conflict" not in page(cast.leader).content.decode()
    body = {"choice": "mine", "of": conflict.pk, "seen": "null"}
    assert page(cast.leader, body).status_code == 404


def test_what_is_held_tells_no_welfare_tag(household: Any, cast: SimpleNamespace) -> None:
    home: Household = household(QUANFENG + "001")
    tablet = Tablet(cast.worker)
    cast.worker.assignments.update(area_code=LIJIA)
    push(tablet, operation("household", "change", server_id=home.pk, tag__low_income=True))
    assert Operation.objects.get().outcome == "held"
    text = page(cast.office).content.decode()
    assert "data-held" in text
    assert "低保" not in text
    assert "low_income" not in text
    assert "低保" in page(cast.town).content.decode()


@pytest.fixture
def waiting(ground: dict[str, NewCell], cast: SimpleNamespace) -> Upload:
    """A photo of held work."""
    sent = incident(HERE)
    file, sender = File(picture(), UUID(sent["op_id"])), Sender(Tablet(cast.surveyor))
    sender.put(sender.url(file), 0, file.content)
    cast.surveyor.assignments.update(area_code=LIJIA)
    push(sender.tablet, sent)
    return Upload.objects.get()


def look(user: User, key: object) -> Any:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="gis_grid.accounts.backends.AccountBackend")
    return client.get(f"/devices/work/files/{key}/")


def test_photos_of_what_is_held_are_looked_at_first(waiting: Upload, cast: SimpleNamespace) -> None:
    text = page(cast.office).content.decode()
    assert "1 张照片或文件" in text
    assert f"/devices/work/files/{waiting.pk}/" in text
    answer = look(cast.office, waiting.pk)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    # Drawn anew: nothing of what was sent goes out as it is.
    assert answer.content != partial.read(waiting.pk)


@pytest.mark.parametrize("who", ["outsider", "surveyor", "worker", "auditor"])
def test_others_look_at_nothing(waiting: Upload, cast: SimpleNamespace, who: str) -> None:
    assert look(getattr(cast, who), waiting.pk).status_code in (403, 404)


def test_what_is_settled_or_under_way_is_not_looked_at(
    waiting: Upload, cast: SimpleNamespace
) -> None:
    page(cast.office, {"act": "refuse", "of": str(waiting.op_id), "reason": "已由李家村上报处理"})
    assert look(cast.office, waiting.pk).status_code == 404
    Operation.objects.update(outcome="held", settled_at=None)
    Upload.objects.update(state=Upload.State.PARTIAL)
    assert look(cast.office, waiting.pk).status_code == 404


def test_what_is_no_picture_is_not_shown(waiting: Upload, cast: SimpleNamespace) -> None:
    partial.path_of(waiting.pk).write_bytes(b"<script>alert(1)</script>")
    answer = look(cast.office, waiting.pk)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.content.decode()


def test_who_can_not_do_it_either_is_told_why(waiting: Upload, cast: SimpleNamespace) -> None:
    sent = incident(middle(LIJIA + "001"))
    Operation.objects.all().delete()
    cast.surveyor.assignments.update(area_code=QUANFENG)
    [receipt] = push(Tablet(cast.surveyor, token="gd_again"), sent)
    assert receipt["outcome"] == "held"
    answer = page(cast.leader, {"act": "take", "of": sent["op_id"]})
    assert answer.status_code == 409
    assert "不在您的辖区" in answer.content.decode()
