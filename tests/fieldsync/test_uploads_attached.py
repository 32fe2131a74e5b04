"""Photos of the field hang on what was reported, whichever of the two comes first."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from gis_grid.core.errors import InputError, MissingError
from gis_grid.fieldsync.models import Upload
from gis_grid.fieldsync.services.settling import settle_file
from gis_grid.incidents.models import Attachment, Incident
from tests.conftest import LIJIA, QUANFENG, NewCell
from tests.fieldsync.operations import incident, push
from tests.fieldsync.sending import File, Sender
from tests.fieldsync.tablets import Tablet
from tests.incidents.conftest import middle
from tests.incidents.pictures import picture

pytestmark = pytest.mark.django_db
HERE = middle(QUANFENG + "001")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def tablet(ground: dict[str, NewCell], cast: SimpleNamespace) -> Tablet:
    return Tablet(cast.worker)


def states(tablet: Tablet, op_id: str) -> list[str]:
    status, told = tablet("sync/receipts", {"op_ids": [op_id]})
    assert status == 200
    return [one["state"] for one in told["receipts"][0]["attachments"]]


def test_the_photo_comes_after_its_incident(tablet: Tablet) -> None:
    sent = incident(HERE)
    file, sender = File(picture(), UUID(sent["op_id"])), Sender(tablet)
    push(tablet, sent)
    url = sender.url(file)
    sender.put(url, 0, file.content[:1000])
    assert states(tablet, sent["op_id"]) == ["wanted"]
    sender.put(url, 1000, file.content[1000:])
    assert states(tablet, sent["op_id"]) == ["attached"]
    made = Attachment.objects.get()
    assert (made.incident, made.added_by) == (Incident.objects.get(), tablet.user)


def test_the_photo_comes_before_its_incident(tablet: Tablet) -> None:
    sent = incident(HERE)
    file, sender = File(picture(), UUID(sent["op_id"])), Sender(tablet)
    sender.put(sender.url(file), 0, file.content)
    assert not Attachment.objects.exists()
    push(tablet, sent)
    assert states(tablet, sent["op_id"]) == ["attached"]
    assert Attachment.objects.get().incident == Incident.objects.get()


def test_an_operation_that_is_sent_again_takes_its_photo_along(tablet: Tablet) -> None:
    sent = incident(HERE)
    file, sender = File(picture(), UUID(sent["op_id"])), Sender(tablet)
    sender.put(sender.url(file), 0, file.content)
    # As a process leaves it that is killed between the receipt and the photo.
    Upload.objects.update(state=Upload.State.PARTIAL)
    push(tablet, sent)
    Upload.objects.update(state=Upload.State.KEPT)
    [receipt] = push(tablet, sent)
    assert [one["state"] for one in receipt["attachments"]] == ["attached"]
    assert Attachment.objects.get().incident == Incident.objects.get()


def test_what_is_no_picture_is_refused(tablet: Tablet) -> None:
    sent = incident(HERE)
    file, sender = File(b"MZ no picture", UUID(sent["op_id"])), Sender(tablet)
    push(tablet, sent)
    sender.put(sender.url(file), 0, file.content)
    assert states(tablet, sent["op_id"]) == ["refused"]
    assert not Attachment.objects.exists()


def test_a_photo_whose_person_was_moved_is_held_for_the_office(
    tablet: Tablet, cast: SimpleNamespace
) -> None:
    sent = incident(HERE)
    push(tablet, sent)
    cast.worker.assignments.update(area_code=LIJIA)
    file, sender = File(picture(), UUID(sent["op_id"])), Sender(tablet)
    sender.put(sender.url(file), 0, file.content)
    assert states(tablet, sent["op_id"]) == ["kept"]
    assert not Attachment.objects.exists()
    upload = Upload.objects.get()
    with pytest.raises(MissingError):
        settle_file(acting_user=cast.outsider, upload_id=upload.pk, take=True)
    settle_file(acting_user=cast.office, upload_id=upload.pk, take=True)
    assert states(tablet, sent["op_id"]) == ["attached"]
    assert Attachment.objects.get().added_by == cast.office
    with pytest.raises(MissingError):
        settle_file(acting_user=cast.office, upload_id=upload.pk, take=True)


def test_a_held_photo_is_refused_in_words(tablet: Tablet, cast: SimpleNamespace) -> None:
    sent = incident(HERE)
    push(tablet, sent)
    cast.worker.assignments.update(area_code=LIJIA)
    file, sender = File(picture(), UUID(sent["op_id"])), Sender(tablet)
    sender.put(sender.url(file), 0, file.content)
    key = Upload.objects.get().pk
    with pytest.raises(InputError):
        settle_file(acting_user=cast.office, upload_id=key, take=False)
    settle_file(acting_user=cast.office, upload_id=key, take=False, reason="照片拍的不是这里")
    assert states(tablet, sent["op_id"]) == ["refused"]


def listing(file: File, sent: dict[str, Any]) -> dict[str, Any]:
    told = {"id": str(file.attachment), "sha256": file.sha256, "size": len(file.content)}
    return {**sent, "op_id": str(file.op_id), "attachments": [told]}


def test_another_file_than_the_record_names_is_not_taken(tablet: Tablet) -> None:
    right = File(picture())
    push(tablet, listing(right, incident(HERE)))
    wrong = File(picture(), right.op_id, right.attachment)
    sender = Sender(tablet)
    assert sender.begin(wrong).status_code == 422
    sender.put(sender.url(right), 0, right.content)
    assert Upload.objects.get().state == "attached"


def test_one_that_came_before_its_record_gives_way(tablet: Tablet) -> None:
    right = File(picture())
    wrong = File(picture(), right.op_id, right.attachment)
    sender = Sender(tablet)
    sender.put(sender.url(wrong), 0, wrong.content)
    [receipt] = push(tablet, listing(right, incident(HERE)))
    assert [one["state"] for one in receipt["attachments"]] == ["refused"]
    assert not Attachment.objects.exists()
    sender.put(sender.url(right), 0, right.content)
    assert Upload.objects.get().state == "attached"
    assert Attachment.objects.count() == 1
