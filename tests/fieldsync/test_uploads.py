"""Files in pieces by tus: gone on with at the byte, checked, attached once, nobody else's."""

import base64
import datetime as dt
import hashlib
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.core.errors import BusyError, InputError, NotAllowedError
from gis_grid.fieldsync import partial, registry
from gis_grid.fieldsync.models import Operation, Outcome, Upload
from gis_grid.fieldsync.services import dropping, uploading
from tests.fieldsync.sending import BASE, File, Sender, applied, encoded
from tests.fieldsync.tablets import Tablet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


class Things:
    """A kind of thing that takes files, and says what it was given."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int, str, bytes]] = []
        self.refuse: Callable[[User], Exception | None] = lambda user: None

    def attach(self, user: User, object_id: int, name: str, content: bytes) -> None:
        if error := self.refuse(user):
            raise error
        self.taken.append((user.username, object_id, name, content))


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> Things:
    found = Things()
    monkeypatch.setitem(
        registry._entities, "thing", registry.Entity("thing", {}, attach=found.attach)
    )
    return found


@pytest.fixture
def worker(cast: SimpleNamespace) -> Sender:
    return Sender(Tablet(cast.worker))


def files_of(media: Path) -> list[str]:
    return [path.name for path in (media / "field").iterdir()]


def test_in_pieces_with_a_break_it_goes_on_at_the_byte(
    worker: Sender, things: Things, media: Path
) -> None:
    file = File(os.urandom(3000))
    applied(worker.tablet.user, file)
    begun = worker.begin(file)
    assert (begun.status_code, begun["Tus-Resumable"]) == (201, "1.0.0")
    assert begun["Upload-Expires"].endswith("GMT")
    url = begun["Location"]
    first = worker.put(url, 0, file.content[:1000])
    assert (first.status_code, first["Upload-Offset"]) == (204, "1000")
    # The answer was lost: where it ended is asked, and it goes on there.
    assert worker.put(url, 0, file.content[:1000]).status_code == 409
    assert worker.offset(url) == 1000
    assert worker.put(url, 1000, file.content[1000:1001]).status_code == 204
    assert not things.taken
    assert worker.put(url, 1001, file.content[1001:]).status_code == 204
    assert things.taken == [("worker", 7, "水沟.jpg", file.content)]
    row = Upload.objects.get()
    assert (row.state, row.sha256, row.offset) == ("attached", file.sha256, 3000)
    assert row.device == worker.tablet.device


def test_what_server_and_file_are_is_told(worker: Sender, settings: Any) -> None:
    told = worker.ask("OPTIONS", BASE)
    assert told.status_code == 204
    assert told["Tus-Version"] == "1.0.0"
    assert told["Tus-Extension"] == "creation,checksum,expiration"
    assert told["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert told["Tus-Max-Size"] == str(settings.ATTACHMENT_BYTES)
    file = File(b"0123456789")
    shown = worker.ask("HEAD", worker.url(file))
    assert (shown["Upload-Offset"], shown["Upload-Length"]) == ("0", "10")
    assert shown["Upload-Metadata"] == file.announced()["upload-metadata"]
    assert shown["Cache-Control"] == "no-store"


def test_announced_again_it_is_the_one_that_is_there(worker: Sender) -> None:
    file = File(b"0123456789")
    url = worker.url(file)
    worker.put(url, 0, b"01234")
    again = worker.begin(file)
    assert (again.status_code, again["Location"], again["Upload-Offset"]) == (201, url, "5")
    assert worker.begin(file, sha256="a" * 64).status_code == 409
    longer = File(b"01234567890", file.op_id, file.attachment)
    assert worker.begin(longer, sha256=file.sha256).status_code == 409
    assert worker.begin(File(file.content, file.op_id)).status_code == 201
    assert Upload.objects.count() == 2


def test_it_waits_for_its_operation(worker: Sender, things: Things, cast: SimpleNamespace) -> None:
    file = File(b"0123456789")
    url = worker.url(file)
    worker.put(url, 0, file.content)
    assert Upload.objects.get().state == "kept"
    assert worker.offset(url) == 10
    # Somebody else's operation of the same id, one that is held, one that came to nothing.
    other = applied(cast.outsider, file)
    uploading.attach_waiting(other)
    Operation.objects.update(user=cast.worker, outcome=Outcome.HELD, object_id=None)
    uploading.attach_waiting(Operation.objects.get())
    assert not things.taken
    Operation.objects.update(outcome=Outcome.CONFLICT, object_id=7)
    uploading.attach_waiting(Operation.objects.get())
    uploading.attach_waiting(Operation.objects.get())
    assert len(things.taken) == 1
    assert Upload.objects.get().state == "attached"


def test_its_bytes_go_when_it_is_attached(
    worker: Sender, things: Things, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    file = File(b"0123456789")
    applied(worker.tablet.user, file)
    with django_capture_on_commit_callbacks() as after:
        worker.put(worker.url(file), 0, file.content)
        assert things.taken
        # Not before the commit: until then the row says that the bytes are here.
        assert files_of(media) == [str(Upload.objects.get().pk)]
    for act in after:
        act()
    assert files_of(media) == []
    assert worker.begin(file)["Upload-Offset"] == "10"


def test_what_is_not_taken_says_why(worker: Sender, things: Things) -> None:
    things.refuse = lambda user: InputError("No picture.")
    file = File(b"0123456789")
    applied(worker.tablet.user, file)
    assert worker.put(worker.url(file), 0, file.content).status_code == 204
    row = Upload.objects.get()
    assert (row.state, row.message) == ("refused", "No picture.")


@pytest.mark.parametrize("error", [BusyError("Busy."), OSError("the disk"), RuntimeError("a bug")])
def test_what_fails_for_another_reason_is_tried_again(
    worker: Sender, things: Things, error: Exception
) -> None:
    things.refuse = lambda user: error
    file = File(b"0123456789")
    operation = applied(worker.tablet.user, file)
    assert worker.put(worker.url(file), 0, file.content).status_code == 204
    uploading.attach_waiting(operation)
    assert Upload.objects.get().state == "kept"
    things.refuse = lambda user: None
    assert uploading.attach_late() == 1
    assert Upload.objects.get().state == "attached"
    assert uploading.attach_late() == 0


def test_who_asks_for_the_receipt_waits_for_no_worker(
    worker: Sender, things: Things, cast: SimpleNamespace
) -> None:
    file = File(b"0123456789")
    worker.put(worker.url(file), 0, file.content)
    # Whoever applied it was killed before the file could be attached.
    applied(worker.tablet.user, file)
    asked = {"op_ids": [str(file.op_id)]}
    assert Tablet(cast.surveyor)("sync/receipts", asked)[1]["receipts"] == []
    assert Upload.objects.get().state == "kept"
    for _ in range(2):
        [receipt] = worker.tablet("sync/receipts", asked)[1]["receipts"]
        assert [one["state"] for one in receipt["attachments"]] == ["attached"]
    assert len(things.taken) == 1


def test_held_work_that_an_office_does_takes_its_photos_along(
    worker: Sender, things: Things, cast: SimpleNamespace
) -> None:
    things.refuse = lambda user: NotAllowedError("Not yours.") if user == cast.worker else None
    file = File(b"0123456789")
    worker.put(worker.url(file), 0, file.content)
    uploading.attach_waiting(applied(cast.worker, file, settled_by=cast.office))
    assert [who for who, *_rest in things.taken] == ["office"]


def test_a_file_that_the_disk_lost_is_asked_for_again(worker: Sender, things: Things) -> None:
    file = File(b"0123456789")
    url = worker.url(file)
    worker.put(url, 0, file.content)
    partial.drop(Upload.objects.get().pk)
    applied(worker.tablet.user, file)
    assert uploading.attach_late() == 1
    assert worker.offset(url) == 0
    worker.put(url, 0, file.content)
    assert things.taken


def digest(name: str, content: bytes) -> str:
    return f"{name} {base64.b64encode(hashlib.new(name, content).digest()).decode()}"


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_piece_with_a_wrong_checksum_is_not_kept(worker: Sender, name: str) -> None:
    file = File(b"0123456789")
    url = worker.url(file)
    refused = worker.put(url, 0, b"01234", upload_checksum=digest(name, b"wrong"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (460, "checksum")
    assert worker.offset(url) == 0
    taken = worker.put(url, 0, b"01234", upload_checksum=digest(name, b"01234"))
    assert (taken.status_code, worker.offset(url)) == (204, 5)


def test_a_whole_file_that_is_another_begins_anew(worker: Sender, things: Things) -> None:
    file = File(b"0123456789")
    applied(worker.tablet.user, file)
    url = worker.url(file)
    worker.put(url, 0, b"0123")
    assert worker.put(url, 4, b"damage").status_code == 460
    assert (worker.offset(url), Upload.objects.get().state) == (0, "partial")
    assert not things.taken
    assert worker.put(url, 0, file.content).status_code == 204
    assert things.taken[0][3] == file.content


def test_nobody_else_sees_or_touches_it(worker: Sender, cast: SimpleNamespace) -> None:
    file = File(b"0123456789")
    url = worker.url(file)
    for user in (cast.outsider, cast.leader, cast.county):
        other = Sender(Tablet(user))
        assert other.ask("HEAD", url).status_code == 404
        assert other.put(url, 0, b"01234").status_code == 404
        # The same ids of another person are another upload.
        assert other.url(file) != url
    assert worker.offset(url) == 0
    assert worker.ask("HEAD", f"{BASE}{uuid.uuid4()}").status_code == 404


def test_without_a_token_nothing_is_said(worker: Sender, client: Any, cast: Any) -> None:
    url = worker.url(File(b"0123456789"))
    version = {"tus-resumable": "1.0.0"}
    client.force_login(cast.worker)
    for method, address in (("POST", BASE), ("HEAD", url), ("PATCH", url)):
        assert client.generic(method, address, headers=version).status_code == 401
    worker.tablet.client.defaults["HTTP_AUTHORIZATION"] = "Bearer gd_unknown"
    answer = worker.put(url, 0, b"01234")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_ended")


def test_what_is_not_tus_is_refused(worker: Sender) -> None:
    file = File(b"0123456789")
    url = worker.url(file)
    old = worker.ask("HEAD", url, tus_resumable="0.2.2")
    assert (old.status_code, old["Tus-Version"]) == (412, "1.0.0")
    assert worker.put(url, 0, b"0", content_type="application/json").status_code == 415
    assert worker.ask("PATCH", url, b"0").status_code == 422
    assert worker.put(url, 0, b"0", upload_checksum="md5 AAAA").status_code == 422
    assert worker.put(url, 0, b"0", upload_checksum="sha1 ?").status_code == 422
    assert worker.put(url, 0, b"01234567890").status_code == 422
    assert worker.ask("GET", url).status_code == 405
    assert worker.ask("DELETE", url).status_code == 405
    assert worker.offset(url) == 0
    # Where something in the way lets no PATCH through.
    given = {"upload_offset": "0", "x_http_method_override": "PATCH"}
    assert worker.ask("POST", url, file.content, **given).status_code == 204


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"op": "17"}, "op"),
        ({"attachment": ""}, "attachment"),
        ({"sha256": "abc"}, "sha256"),
        ({"sha256": "z" * 64}, "sha256"),
    ],
)
def test_what_is_announced_must_be_whole(worker: Sender, told: dict[str, str], where: str) -> None:
    answer = worker.begin(File(b"0123456789"), **told)
    assert (answer.status_code, answer.json()["error"]["where"]) == (422, where)


def test_headers_that_can_not_be_read(worker: Sender) -> None:
    file = File(b"0123456789")
    for spoilt in (
        {"upload-length": "-1"},
        {"upload-length": "٣"},
        {"upload-length": "9" * 30},
        {"upload-metadata": "op ???"},
        {"upload-metadata": "filename " + encoded(b"\xff\xfe")},
        {"upload-metadata": ""},
    ):
        assert worker.ask("POST", BASE, **(file.announced() | spoilt)).status_code == 422
    assert worker.begin(File(b"")).status_code == 422


def test_only_a_file_that_is_too_large_is_refused(worker: Sender, settings: Any) -> None:
    settings.ATTACHMENT_BYTES = 100
    assert worker.begin(File(b"x" * 101)).status_code == 413
    for _number in range(60):
        assert worker.begin(File(b"x" * 100)).status_code == 201


def test_a_full_disk_takes_nothing(worker: Sender, media: Path) -> None:
    file = File(b"0123456789")
    url = worker.url(file)
    worker.put(url, 0, b"01234")
    path = partial.path_of(Upload.objects.get().pk)
    kept = path.rename(path.with_name("aside"))
    # The kernel's own: whoever writes there is told that there is no room.
    path.symlink_to("/dev/full")
    answer = worker.put(url, 5, b"56789")
    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "disk_full")
    assert worker.offset(url) == 5
    kept.replace(path)
    assert worker.put(url, 5, b"56789").status_code == 204
    assert Upload.objects.get().state == "kept"


def test_what_a_killed_process_left_is_written_over(worker: Sender) -> None:
    file = File(b"0123456789")
    url = worker.url(file)
    worker.put(url, 0, b"0123")
    path = partial.path_of(Upload.objects.get().pk)
    with path.open("ab") as left:
        left.write(b"more than the whole file was to have")
    assert worker.offset(url) == 4
    assert worker.put(url, 4, b"456").status_code == 204
    assert path.read_bytes() == b"0123456"
    assert worker.put(url, 7, b"789").status_code == 204
    assert Upload.objects.get().state == "kept"


def test_only_what_nobody_goes_on_with_is_dropped(
    worker: Sender, media: Path, things: Things, django_capture_on_commit_callbacks: Any
) -> None:
    stale, waits, refused = File(b"0123456789"), File(b"9876543210"), File(b"refused...")
    worker.put(worker.url(stale), 0, b"0")
    worker.put(worker.url(waits), 0, waits.content)
    things.refuse = lambda user: InputError("No picture.")
    applied(worker.tablet.user, refused)
    worker.put(worker.url(refused), 0, refused.content)
    orphan = media / "field" / str(uuid.uuid4())
    orphan.write_bytes(b"left")
    now = timezone.now()
    assert dropping.drop_stale(now + uploading.KEPT - dt.timedelta(minutes=1)) == 0
    assert dropping.drop_stale(now + uploading.KEPT + dt.timedelta(minutes=1)) == 1
    assert not orphan.exists()
    rows = {row.op_id: row for row in Upload.objects.all()}
    assert set(rows) == {waits.op_id, refused.op_id}
    assert len(files_of(media)) == 2
    dropping.drop_stale(now + dt.timedelta(days=365))
    assert files_of(media) == [str(rows[waits.op_id].pk)]


def test_who_goes_on_has_a_week_more(worker: Sender) -> None:
    file = File(b"0123456789")
    url = worker.url(file)
    Upload.objects.update(expires_at=timezone.now())
    worker.put(url, 0, b"0")
    assert Upload.objects.get().expires_at > timezone.now() + dt.timedelta(days=6)
