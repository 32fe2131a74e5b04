"""Cameras checked on site: the state follows what was found, files hang on the site."""

import datetime as dt
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from gis_grid.accounts.policies import Role
from gis_grid.audit.models import Entry
from gis_grid.core.errors import InputError
from gis_grid.facilities.models import CameraCheck
from gis_grid.facilities.services.cameras import check_camera, set_state
from tests.caller import Caller
from tests.conftest import LIJIA, QUANFENG, make_user
from tests.facilities.conftest import NewCamera
from tests.incidents.pictures import picture
from tests.incidents.test_pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
GRID = QUANFENG + "001"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def send(user: Any, path: str, content: bytes) -> tuple[int, Any]:
    file = SimpleUploadedFile("a.jpg", content)
    answer = Caller(user).client.post(f"/api/v1/{path}", {"file": file})
    return answer.status_code, answer.json()


def test_the_state_follows_what_was_found(camera: NewCamera, cast: SimpleNamespace) -> None:
    one = camera(GRID)
    yesterday, key = timezone.now() - dt.timedelta(days=1), uuid.uuid4()
    told = {"acting_user": cast.surveyor, "camera_id": one.pk, "client_id": key}
    check = check_camera(**told, state="working", at=yesterday)
    one.refresh_from_db()
    assert (one.state, one.revision, one.checked_on) == (
        "working", 1, timezone.localdate(yesterday),
    )  # fmt: skip
    assert one.history.count() == 1
    # Sent again it is the same, whatever it says.
    assert check_camera(**told, state="broken").pk == check.pk
    check_camera(acting_user=cast.worker, camera_id=one.pk, state="broken", note="镜头被砸")
    check_camera(acting_user=cast.worker, camera_id=one.pk, state="off")
    one.refresh_from_db()
    assert (one.state, one.revision, one.checked_on) == ("off", 3, timezone.localdate())
    reasons = [row.reason for row in one.history.all()]
    assert reasons[1] == "镜头被砸"
    assert reasons[2]
    assert Entry.objects.filter(action="camera_checked").count() == 3
    assert Entry.objects.filter(action="camera_state").count() == 2


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"state": "flying"}, "state"),
        ({"state": "working", "note": "x" * 201}, "note"),
        ({"state": "working", "at": dt.datetime(2001, 1, 1, tzinfo=dt.UTC)}, "at"),
    ],
)
def test_what_cannot_be_is_named(
    camera: NewCamera, cast: SimpleNamespace, told: dict[str, Any], where: str
) -> None:
    with pytest.raises(InputError) as refused:
        check_camera(acting_user=cast.worker, camera_id=camera(GRID).pk, **told)
    assert refused.value.where == where
    assert CameraCheck.objects.count() == 0


def test_checks_and_photos_by_http(camera: NewCamera, cast: SimpleNamespace) -> None:
    path = f"cameras/{camera(GRID).pk}"
    surveyor = Caller(cast.surveyor)
    status, made = surveyor(f"{path}/checks", {"state": "broken", "note": "镜头被砸"})
    assert (status, made["state"]) == (201, "broken")
    assert surveyor(f"{path}/checks", {"state": ""})[0] == 422
    seen = surveyor(path)[1]
    assert (seen["state"], seen["checks"][0]["note"]) == ("broken", "镜头被砸")
    status, photo = send(cast.surveyor, f"{path}/files", picture())
    assert (status, photo["has_thumb"]) == (201, True)
    first, again = (send(cast.police, f"{path}/files", b"%PDF-1")[1] for _number in range(2))
    assert first["id"] == again["id"]
    files = surveyor(f"{path}/files")[1]["files"]
    assert [one["id"] for one in files] == [photo["id"], first["id"]]
    assert surveyor(f"{path}/files/{photo['id']}?thumb=true")[1]["Content-Type"] == "image/jpeg"
    assert send(cast.surveyor, f"{path}/files", b"MZ")[0] == 422
    page = signed_in(cast.worker).get(reverse("camera", args=[made_id(path)])).content.decode()
    assert "镜头被砸" in page
    assert f"/api/v1/{path}/files/{photo['id']}?thumb=true" in page


def made_id(path: str) -> int:
    return int(path.rsplit("/", 1)[-1])


def test_outsiders_and_those_who_only_look(camera: NewCamera, cast: SimpleNamespace) -> None:
    one = camera(GRID)
    path = f"cameras/{one.pk}"
    photo = send(cast.police, f"{path}/files", picture())[1]
    sibling = make_user("sibling", Role.SURVEYOR, LIJIA)
    for user, status in ((cast.town, 403), (cast.informant, 404), (cast.outsider, 404),
                         (sibling, 404), (cast.civil, 404)):  # fmt: skip
        caller = Caller(user)
        assert caller(f"{path}/checks", {"state": "broken"})[0] == status
        assert send(user, f"{path}/files", b"%PDF-1")[0] == status
        seen = 200 if status == 403 else 404
        assert caller(f"{path}/files")[0] == seen
        assert caller(f"{path}/files/{photo['id']}")[0] == seen
    other = camera(QUANFENG + "002")
    assert Caller(cast.police)(f"cameras/{other.pk}/files/{photo['id']}")[0] == 404
    # Who checks keeps no register.
    body = {"state": "broken", "reason": "x", "revision": 1}
    assert Caller(cast.surveyor)(f"{path}/state", body)[0] == 403
    one.refresh_from_db()
    assert one.state == "working"


def test_a_check_that_comes_late_is_kept_and_overwrites_nothing_newer(
    camera: NewCamera, cast: SimpleNamespace
) -> None:
    one = camera(GRID)
    path, now = f"cameras/{one.pk}", timezone.now()
    monday, tuesday, friday = (now - dt.timedelta(days=days) for days in (5, 4, 1))
    surveyor = {"acting_user": cast.surveyor, "camera_id": one.pk}
    check_camera(**surveyor, state="working", note="周二修好了", at=tuesday)
    check_camera(
        acting_user=cast.worker, camera_id=one.pk, state="broken", note="周一坏了", at=monday
    )
    one.refresh_from_db()
    # Its state and its day are those of Tuesday, whatever came after.
    assert (one.state, one.revision, one.checked_on) == (
        "working", 1, timezone.localdate(tuesday),
    )  # fmt: skip
    seen = Caller(cast.surveyor)(path)[1]
    assert [row["note"] for row in seen["checks"]] == ["周二修好了", "周一坏了"]
    # Newer than both: it counts, and stands in the history at its own moment.
    check_camera(**surveyor, state="off", note="断电", at=friday)
    one.refresh_from_db()
    assert (one.state, one.history.last().at) == ("off", friday)
    page = signed_in(cast.worker).get(reverse("camera", args=[one.pk])).content.decode()
    told = page[page.index("timeline") :]
    assert told.index("周一坏了") < told.index("周二修好了") < told.index("断电")
    assert told.count("断电") == 1


def test_what_the_office_has_entered_is_newer_than_a_check_of_the_day_before(
    camera: NewCamera, cast: SimpleNamespace
) -> None:
    one = camera(GRID)
    told = {"acting_user": cast.county, "camera_id": one.pk, "revision": 1}
    set_state(**told, state="off", reason="断电检修")
    yesterday = timezone.now() - dt.timedelta(days=1)
    check_camera(acting_user=cast.surveyor, camera_id=one.pk, state="broken", at=yesterday)
    one.refresh_from_db()
    assert (one.state, one.revision) == ("off", 2)
    assert [row.state for row in one.history.all()] == ["working", "off"]
    check_camera(acting_user=cast.surveyor, camera_id=one.pk, state="working")
    one.refresh_from_db()
    assert (one.state, one.revision) == ("working", 3)
