"""Households by HTTP from the field: entered, corrected, visited, with photos and voice notes."""

import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_grid.audit.models import Entry
from gis_grid.households.models import Household
from gis_grid.navmap.cards import household_card
from tests.caller import Caller
from tests.conftest import QUANFENG
from tests.households.test_registering import GRID, NEXT, VALUES, middle
from tests.incidents.pictures import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
SOUND = b"OggS" + b"\x00" * 24 + b"OpusHead"
Homes = Callable[..., Household]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def send(user: Any, path: str, content: bytes, **form: Any) -> tuple[int, Any]:
    file = SimpleUploadedFile("说明.bin", content)
    answer = Caller(user).client.post(f"/api/v1/{path}", {"file": file, **form})
    return answer.status_code, answer.json()


def test_from_the_entry_to_the_correction(cast: SimpleNamespace) -> None:
    worker = Caller(cast.worker)
    told = {**VALUES, "place": middle(GRID), "client_id": str(uuid.uuid4())}
    status, made = worker("households", told)
    assert (status, made["head"], made["phone"]) == (201, "李*德", "138****8000")
    assert worker("households", told)[1]["id"] == made["id"]
    path = f"households/{made['id']}"
    body = {"note": "狗会咬人", "place": middle(NEXT), "revision": made["revision"]}
    status, changed = worker(path, body, "put")
    assert (status, changed["area"], changed["revision"]) == (200, NEXT, made["revision"] + 1)
    assert (changed["address"], changed["head"]) == (made["address"], "李*德")
    assert worker(path, body, "put")[0] == 409
    # A card as it was read can be given back.
    card = worker(path)[1]
    again = {"head_name": card["head"], "phone": card["phone"], "revision": card["revision"]}
    assert worker(path, again, "put")[1]["revision"] == card["revision"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"place": [112.2, 25.3]}, "place"),
        ({"place": [400, 25]}, "place"),
        ({"head_name": ""}, "head_name"),
        ({"phone": "x"}, "phone"),
        ({"origin": "moon"}, "origin"),
        ({"client_id": "x"}, "client_id"),
    ],
)
def test_bad_input_is_named(cast: SimpleNamespace, changes: dict[str, Any], where: str) -> None:
    told = {**VALUES, "place": middle(GRID), **changes}
    status, answer = Caller(cast.worker)("households", told)
    assert status == 422
    assert where in str(answer["error"])


def test_visits_and_files_stand_on_the_card(cast: SimpleNamespace, household: Homes) -> None:
    path = f"households/{household(GRID).pk}"
    worker = Caller(cast.worker)
    told = {"text": "一切都好", "client_id": str(uuid.uuid4())}
    status, visit = worker(f"{path}/visits", told)
    assert (status, worker(f"{path}/visits", told)[1]["id"]) == (201, visit["id"])
    status, photo = send(cast.worker, f"{path}/files", picture(), visit=visit["id"])
    assert (status, photo["type"], photo["visit"]) == (201, "image/jpeg", visit["id"])
    status, sound = send(cast.worker, f"{path}/files", SOUND)
    assert (status, sound["name"], sound["visit"]) == (201, "说明.ogg", None)
    assert send(cast.worker, f"{path}/files", SOUND)[1]["id"] == sound["id"]
    assert [one["id"] for one in worker(f"{path}/files")[1]["files"]] == [photo["id"], sound["id"]]
    card = household_card(cast.police, visit_home(path))
    assert [(one.who, one.text) for one in card.visits] == [("worker", "一切都好")]
    assert [(one.has_thumb, one.is_sound) for one in card.files] == [(False, True), (True, False)]
    page = Caller(cast.police).client.get(f"/map/{path}/").content.decode()
    assert "一切都好" in page
    assert f"/api/v1/{path}/files/{photo['id']}?thumb=true" in page
    answer = Caller(cast.police).client.get(f"/api/v1/{path}/files/{sound['id']}")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("audio/ogg", "nosniff")
    assert Entry.objects.filter(action="household_file_read").count() == 1


def visit_home(path: str) -> int:
    return int(path.rsplit("/", 1)[-1])


def test_outsiders_and_those_who_only_look(cast: SimpleNamespace, household: Homes) -> None:
    home = household(GRID)
    path = f"households/{home.pk}"
    made = send(cast.worker, f"{path}/files", b"%PDF-1")[1]
    change = {"note": "x", "revision": home.revision}
    for user, status in ((cast.outsider, 404), (cast.nobody, 404), (cast.police, 403)):
        caller = Caller(user)
        assert caller("households", {**VALUES, "place": middle(GRID)})[0] == status
        assert caller(path, change, "put")[0] == status
        assert caller(f"{path}/visits", {})[0] == status
        assert send(user, f"{path}/files", b"%PDF-2")[0] == status
        seen = 200 if status == 403 else 404
        assert caller(f"{path}/files")[0] == seen
        assert caller(f"{path}/files/{made['id']}")[0] == seen
    other = household(QUANFENG + "002")
    assert Caller(cast.worker)(f"households/{other.pk}/files/{made['id']}")[0] == 404
    assert Caller(cast.worker)(f"{path}/files/{made['id']}?thumb=true")[0] == 404
    assert send(cast.worker, f"{path}/files", b"%PDF-2", visit=2**40)[0] == 404
    for content in (b"MZ", b"", picture()[:300]):
        assert send(cast.worker, f"{path}/files", content)[0] == 422
    assert home.files.count() == 1
