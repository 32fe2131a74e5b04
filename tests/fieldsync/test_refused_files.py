"""Files of what was refused leave the server; those of what may still be done stay."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from gis_grid.fieldsync.models import Operation, Outcome, Upload
from gis_grid.fieldsync.services.dropping import drop_stale
from gis_grid.fieldsync.services.settling import settle_held
from gis_grid.incidents.models import Attachment
from tests.conftest import LIJIA, QUANFENG, NewCell
from tests.fieldsync.operations import incident, push
from tests.fieldsync.sending import File, Sender, applied
from tests.fieldsync.tablets import Tablet
from tests.incidents.conftest import middle
from tests.incidents.pictures import picture

pytestmark = pytest.mark.django_db
HERE = middle(QUANFENG + "001")
LATER = dt.timedelta(days=31)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "field"


@pytest.fixture
def tablet(ground: dict[str, NewCell], cast: SimpleNamespace) -> Tablet:
    return Tablet(cast.worker)


def sent(tablet: Tablet, content: bytes, **changes: Any) -> tuple[dict[str, Any], File]:
    """A report with a photo, both on the server."""
    told = incident(HERE, **changes)
    file = bring(tablet, told, content)
    push(tablet, told)
    return told, file


def bring(tablet: Tablet, told: dict[str, Any], content: bytes) -> File:
    file, sender = File(content, UUID(told["op_id"])), Sender(tablet)
    sender.put(sender.url(file), 0, file.content)
    return file


def lying(media: Path) -> set[str]:
    return {path.name for path in media.iterdir()}


def keys() -> set[str]:
    return {str(key) for key in Upload.objects.values_list("pk", flat=True)}


def test_a_correction_that_brought_the_photo_takes_the_place_of_the_first(
    tablet: Tablet, media: Path
) -> None:
    photo = picture()
    refused, _file = sent(tablet, photo, severity=9)
    assert Operation.objects.get().outcome == "rejected"
    assert drop_stale() == 0
    correction = {**incident(HERE), "replaces": refused["op_id"]}
    push(tablet, correction)
    # The photo of the correction is still on its way: what is here may be the only one.
    assert drop_stale() == 0
    assert lying(media) == keys()
    bring(tablet, correction, photo)
    assert Attachment.objects.count() == 1
    assert drop_stale() == 1
    [left] = Upload.objects.all()
    assert (str(left.op_id), left.state) == (correction["op_id"], "attached")
    assert lying(media) == set()


def test_a_photo_that_the_correction_left_out_stays_its_days(
    tablet: Tablet, media: Path, settings: Any
) -> None:
    refused, _file = sent(tablet, picture(), severity=9)
    push(tablet, {**incident(HERE), "replaces": refused["op_id"]})
    settings.REFUSED_FILES_DAYS = 3
    now = timezone.now()
    assert drop_stale(now + dt.timedelta(days=2)) == 0
    assert drop_stale(now + dt.timedelta(days=4)) == 1
    assert (keys(), lying(media)) == (set(), set())


def test_the_word_of_somebody_else_corrects_nothing(tablet: Tablet, cast: SimpleNamespace) -> None:
    photo = picture()
    refused, _file = sent(tablet, photo, severity=9)
    other = Tablet(cast.leader)
    told = {**incident(HERE), "replaces": refused["op_id"]}
    push(other, told)
    bring(other, told, photo)
    assert drop_stale() == 0
    assert Upload.objects.filter(op_id=refused["op_id"]).exists()


@pytest.mark.parametrize("outcome", ["received", "held", "conflict", "applied", "duplicate"])
def test_files_of_what_may_still_be_done_stay_for_ever(
    tablet: Tablet, media: Path, outcome: str
) -> None:
    file = File(b"0123456789")
    # Without a thing of the server, so that nothing hangs it meanwhile.
    applied(tablet.user, file, outcome=outcome, object_id=None, judged_at=timezone.now())
    sender = Sender(tablet)
    sender.put(sender.url(file), 0, file.content)
    assert drop_stale(timezone.now() + dt.timedelta(days=4000)) == 0
    assert lying(media) == keys() != set()


def test_a_file_whose_operation_cannot_be_read_or_has_not_come_stays(tablet: Tablet) -> None:
    told = {**incident(HERE), "changes": "nothing of the kind"}
    assert push(tablet, told)[0]["code"] == "unreadable"
    bring(tablet, told, picture())
    bring(tablet, {"op_id": str(uuid4())}, picture())
    assert drop_stale(timezone.now() + dt.timedelta(days=4000)) == 0
    assert Upload.objects.count() == 2


def test_what_an_office_refused_keeps_its_files_from_that_day_on(
    tablet: Tablet, cast: SimpleNamespace
) -> None:
    cast.worker.assignments.update(area_code=LIJIA)
    told, _file = sent(tablet, picture())
    row = Operation.objects.get()
    assert row.outcome == Outcome.HELD
    long_ago = timezone.now() - LATER
    Operation.objects.update(received_at=long_ago, judged_at=long_ago)
    Upload.objects.update(created_at=long_ago)
    assert drop_stale() == 0
    settle_held(acting_user=cast.office, op_id=row.pk, take=False, reason="已由李家村处理")
    assert drop_stale() == 0
    assert drop_stale(timezone.now() + LATER) == 1
    # Its receipt stays, and says nothing of the photo.
    [receipt] = push(tablet, told)
    assert (receipt["outcome"], receipt["attachments"]) == ("rejected", [])


def test_somebody_elses_operation_of_the_same_id_decides_nothing(
    tablet: Tablet, cast: SimpleNamespace
) -> None:
    file = File(b"0123456789")
    applied(cast.outsider, file, outcome="rejected", judged_at=timezone.now())
    sender = Sender(tablet)
    sender.put(sender.url(file), 0, file.content)
    assert drop_stale(timezone.now() + LATER) == 0
