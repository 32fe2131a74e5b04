"""Photos and files: by content, without EXIF, capped, and for those who see the incident."""

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gis_grid.incidents.models import Attachment
from tests.conftest import QUANFENG
from tests.incidents.conftest import Make
from tests.incidents.test_api import Caller

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def photo(form: str = "JPEG", size: tuple[int, int] = (800, 600)) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # lies on its side
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form, exif=exif)
    return out.getvalue()


def send(user: Any, incident: Any, content: bytes, name: str = "a.jpg") -> tuple[int, Any]:
    answer = Caller(user).client.post(
        f"/api/v1/incidents/{incident.pk}/attachments", {"file": SimpleUploadedFile(name, content)}
    )
    return answer.status_code, answer.json()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_loses_its_exif(make: Make, cast: SimpleNamespace, form: str) -> None:
    incident, content = make(GRID), photo(form)
    assert b"secret place" in content
    status, made = send(cast.worker, incident, content, "../../etc/<b>村口.exe")
    assert (status, made["name"].endswith((".jpg", ".png"))) == (201, True)
    assert "/" not in made["name"]
    assert "<" not in made["name"]
    path = f"/api/v1/incidents/{incident.pk}/attachments/{made['id']}"
    client = Caller(cast.worker).client
    whole, small = client.get(path), client.get(path + "?thumb=true")
    kept = Image.open(io.BytesIO(whole.content))
    assert (kept.size, dict(kept.getexif())) == ((600, 800), {})
    assert b"secret" not in whole.content
    assert max(Image.open(io.BytesIO(small.content)).size) == 320
    assert whole["X-Content-Type-Options"] == "nosniff"


def test_the_same_file_again_is_the_same(make: Make, cast: SimpleNamespace) -> None:
    incident, content = make(GRID), photo()
    first, again = (send(cast.worker, incident, content)[1] for _number in range(2))
    assert first["id"] == again["id"]
    assert Attachment.objects.count() == 1


def office_file(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"MZ\x90\x00",
        b"\xff\xd8\xff\xe0 no picture at all",
        photo()[:400],
        office_file("readme.txt"),
        office_file("xl/workbook.xml", "xl/vbaProject.bin"),
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
    ],
)
def test_what_is_not_taken(make: Make, cast: SimpleNamespace, media: Path, content: bytes) -> None:
    status, answer = send(cast.worker, make(GRID), content, "photo.jpg")
    assert (status, answer["error"]["where"].split(".")[-1]) == (422, "file")
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_documents(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID)
    for content, ending in (
        (b"%PDF-1.7 x", ".pdf"),
        (office_file("word/document.xml"), ".docx"),
        (office_file("xl/workbook.xml"), ".xlsx"),
    ):
        status, made = send(cast.worker, incident, content, "协议书.bin")
        assert (status, made["name"]) == (201, "协议书" + ending)
        path = f"/api/v1/incidents/{incident.pk}/attachments/{made['id']}"
        answer = Caller(cast.worker).client.get(path)
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer.content == content


def test_caps(make: Make, cast: SimpleNamespace, settings: Any) -> None:
    incident = make(GRID)
    settings.ATTACHMENTS_AN_INCIDENT = 1
    assert send(cast.worker, incident, b"%PDF-1")[0] == 201
    assert send(cast.worker, incident, b"%PDF-2")[0] == 422
    assert incident.attachments.count() == 1
    settings.ATTACHMENT_BYTES = 5
    assert send(cast.worker, incident, b"%PDF-1.7")[0] == 413
    assert send(cast.worker, incident, photo(size=(9000, 9000)))[0] == 413


def test_who_adds_and_opens(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID, complained_of="leader")
    made = send(cast.worker, incident, b"%PDF-1")[1]
    path = f"/api/v1/incidents/{incident.pk}/attachments/{made['id']}"
    for user in (cast.outsider, cast.leader, cast.nobody, cast.auditor):
        assert send(user, incident, b"%PDF-2")[0] == 404
        assert Caller(user).client.get(path).status_code == 404
    assert send(cast.surveyor, incident, b"%PDF-2")[0] == 403
    assert Caller(cast.surveyor).client.get(path).status_code == 200
    elsewhere = make(QUANFENG + "002")
    other = f"/api/v1/incidents/{elsewhere.pk}/attachments/{made['id']}"
    assert Caller(cast.worker).client.get(other).status_code == 404


def test_a_voice_note_is_played_as_what_it_is(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID)
    note = b"OggS" + b"\x00" * 24 + b"OpusHead"
    status, made = send(cast.worker, incident, note, "说明.mp3")
    assert (status, made["type"], made["name"]) == (201, "audio/ogg", "说明.ogg")
    assert (made["has_thumb"], made["is_sound"]) == (False, True)
    answer = Caller(cast.worker).client.get(
        f"/api/v1/incidents/{incident.pk}/attachments/{made['id']}"
    )
    assert (answer.content, answer["Content-Type"]) == (note, "audio/ogg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    too_long = note + b"\x00" * (5 * 2**20)
    assert send(cast.worker, incident, too_long)[0] == 413


def test_a_server_with_too_much_to_do_refuses_no_picture_for_good(
    make: Make, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis_grid.core.attachments.files.TIMEOUT_S", 0.001)
    status, body = send(cast.county, make(GRID), photo())
    assert (status, body["error"]["code"]) == (503, "busy")
