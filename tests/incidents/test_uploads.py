"""Files in pieces over a net that breaks off: gone on with, attached once, nobody else's."""

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as live
from django.utils import timezone

from gis_grid.incidents.models import Attachment, Incident
from gis_grid.incidents.services import uploading
from gis_grid.incidents.services.uploading import drop_stale
from tests.conftest import QUANFENG
from tests.incidents.conftest import Make
from tests.incidents.pictures import picture
from tests.incidents.test_pages import signed_in

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


class Sender:
    def __init__(self, user: Any, incident: Incident) -> None:
        self.client = signed_in(user)
        self.base = f"/api/v1/incidents/{incident.pk}/uploads"

    def begin(self, size: int, name: str = "现场.jpg") -> Any:
        body = json.dumps({"name": name, "size": size})
        return self.client.post(self.base, body, content_type="application/json")

    def put(self, key: str, offset: int, content: bytes) -> Any:
        url = f"{self.base}/{key}?offset={offset}"
        return self.client.put(url, content, content_type="application/octet-stream")


def test_a_file_in_pieces_with_a_break(make: Make, cast: SimpleNamespace) -> None:
    incident, content = make(GRID), picture()
    town = Sender(cast.town, incident)
    key = town.begin(len(content)).json()["upload"]
    half = len(content) // 2
    assert town.put(key, 0, content[:half]).json()["offset"] == half
    # The answer was lost: the same piece again says where to go on.
    again = town.put(key, 0, content[:half])
    assert again.status_code == 409
    assert again.json()["error"]["details"]["offset"] == half
    assert town.client.get(f"{town.base}/{key}").json()["offset"] == half
    last = town.put(key, half, content[half:]).json()
    made = Attachment.objects.get()
    assert last["attachment"]["id"] == made.pk
    assert made.content_type == "image/jpeg"


def test_the_last_piece_again_answers_the_same_file(make: Make, cast: SimpleNamespace) -> None:
    incident, content = make(GRID), picture()
    town = Sender(cast.town, incident)
    key = town.begin(len(content)).json()["upload"]
    half = len(content) // 2
    town.put(key, 0, content[:half])
    first = town.put(key, half, content[half:])
    # Its answer was lost.
    again = town.put(key, half, content[half:])
    assert (again.status_code, again.json()) == (200, first.json())
    assert Attachment.objects.count() == 1
    assert town.client.get(f"{town.base}/{key}").json()["offset"] == len(content)
    earlier = town.put(key, 0, content[:half])
    assert earlier.status_code == 409
    assert earlier.json()["error"]["details"]["offset"] == len(content)
    assert Sender(cast.office, incident).put(key, half, content[half:]).status_code == 404
    assert drop_stale(timezone.now() + dt.timedelta(days=3)) == 1
    assert Attachment.objects.count() == 1
    assert town.put(key, half, content[half:]).status_code == 404


def test_files_that_are_whole_leave_room_for_others(
    make: Make, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "MOST_OPEN", 1)
    town, content = Sender(cast.town, make(GRID)), picture()
    key = town.begin(len(content)).json()["upload"]
    assert town.begin(10).status_code == 409
    made = town.put(key, 0, content).json()["attachment"]
    # The same file once more is the same attachment.
    key = town.begin(len(content)).json()["upload"]
    assert town.put(key, 0, content).json()["attachment"] == made
    assert town.begin(10).status_code == 201


def test_who_sees_the_case_no_more_gets_no_answer_again(make: Make, cast: SimpleNamespace) -> None:
    incident, content = make(GRID), picture()
    worker = Sender(cast.worker, incident)
    key = worker.begin(len(content)).json()["upload"]
    assert worker.put(key, 0, content).status_code == 200
    Incident.objects.filter(pk=incident.pk).update(complained_of=cast.worker)
    assert worker.put(key, 0, content).status_code == 404


def test_what_is_no_file_or_too_much_is_refused(
    make: Make, cast: SimpleNamespace, settings: Any
) -> None:
    incident = make(GRID)
    town = Sender(cast.town, incident)
    settings.ATTACHMENT_BYTES = 10_000
    assert town.begin(10_001).status_code == 413
    assert town.begin(0).status_code == 422
    key = town.begin(10).json()["upload"]
    assert town.put(key, 0, b"12345678901").status_code == 422
    assert town.put(key, 0, b"").status_code == 422
    # Whole, but nothing that is taken: it stays open to nothing and attached to nothing.
    assert town.put(key, 0, b"0123456789").status_code == 422
    assert not Attachment.objects.exists()


def test_nobody_else_goes_on_with_it(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID, complained_of="worker")
    key = Sender(cast.town, incident).begin(10).json()["upload"]
    for user in (cast.office, cast.outsider, cast.worker):
        other = Sender(user, incident)
        assert other.put(key, 0, b"0123456789").status_code == 404
        assert other.client.get(f"{other.base}/{key}").status_code == 404
    for user, status in ((cast.outsider, 404), (cast.worker, 404), (cast.surveyor, 403)):
        assert Sender(user, incident).begin(10).status_code == status


def test_what_nobody_goes_on_with_is_taken_away(make: Make, cast: SimpleNamespace) -> None:
    town = Sender(cast.town, make(GRID))
    key = town.begin(10).json()["upload"]
    town.put(key, 0, b"01234")
    path = Path(live.MEDIA_ROOT) / "partial" / key
    assert path.exists()
    assert drop_stale() == 0
    assert drop_stale(timezone.now() + dt.timedelta(days=3)) == 1
    assert not path.exists()
