"""The wizard's pages: whose they are, what they propose, and what they say of a bad file."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gis_grid.accounts.models import User
from gis_grid.exchange.incoming.working import work
from gis_grid.exchange.models import Intake
from gis_grid.facilities.models import ServicePoint
from tests.exchange.incoming import files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def signed_in(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


def bring(client: Client, content: bytes, name: str = "点.kml") -> Any:
    return client.post("/data/in/", {"file": SimpleUploadedFile(name, content)})


def test_a_kml_from_the_upload_to_the_undoing(
    cast: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(cast.office)
    content = files.kml(program="OvitalMap", place=(112.4151, 25.6052))
    answer = bring(client, content)
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert page.status_code == 200
    assert page.context["found"].target.key == "service_points"
    assert page.context["datum"] == "gcj02"
    assert "Ovital" in page.content.decode()
    preview = client.get(f"{answer.url}preview.json?datum=gcj02&target=service_points").json()
    assert 100 < preview["jump_m"] < 700
    assert preview["is_web_map"]
    assert len(preview["before"]) == len(preview["after"]) == 4
    assert [one["type"] for one in preview["shapes"]] == ["LineString"]
    columns = {
        f"col-{part['kind']}-{column['key']}": column["at"]
        for part in page.context["parts"]
        for column in part["columns"]
    }
    form = {"act": "check", "target": "service_points", "datum": "gcj02", **columns}
    assert client.post(answer.url, form).status_code == 302
    intake = Intake.objects.get()
    assert "progress" in client.get(answer.url).content.decode()
    assert client.get(f"{answer.url}state.json").json()["is_at_work"]
    work(intake.pk)
    shown = client.get(answer.url).content.decode()
    assert "1 row has to be mended" in shown
    assert client.get(f"{answer.url}errors.xlsx").status_code == 200
    assert client.post(answer.url, {"act": "import"}).status_code == 409
    client.post(answer.url, {"act": "import", "keep_good": "on"})
    work(intake.pk)
    assert ServicePoint.objects.count() == 1
    assert "Undo all of it" in client.get(answer.url).content.decode()
    client.post(answer.url, {"act": "undo"})
    work(intake.pk)
    assert not ServicePoint.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(answer.url, {"act": "drop"}).url == "/data/in/"
    assert not intake.folder.exists()


def test_nobody_else_sees_the_file(cast: SimpleNamespace) -> None:
    url = bring(signed_in(cast.office), files.kml()).url
    for other in (cast.civil, cast.county, cast.outsider):
        for part in ("", "state.json", "errors.xlsx", "preview.json?datum=wgs84"):
            assert signed_in(other).get(url + part).status_code == 404


def test_who_loads_nothing_brings_nothing(cast: SimpleNamespace) -> None:
    client = signed_in(cast.auditor)
    assert client.get("/data/in/").status_code == 403
    assert bring(client, files.kml()).status_code == 403


def test_a_target_that_is_not_theirs_is_refused(cast: SimpleNamespace) -> None:
    client = signed_in(cast.leader)
    url = bring(client, files.kml()).url
    assert client.get(f"{url}?target=cameras").status_code == 403
    assert client.post(url, {"act": "check", "target": "households"}).status_code == 403


def test_a_hostile_file_leaves_nothing_behind(cast: SimpleNamespace, settings: Any) -> None:
    hostile = (
        b'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "/etc/passwd">]><kml>&x;</kml>'
    )
    answer = bring(signed_in(cast.office), hostile)
    assert answer.status_code == 422
    assert "refused as harmful" in answer.content.decode()
    assert not Intake.objects.exists()
    assert not list((settings.MEDIA_ROOT / "intakes").iterdir())


def test_a_missing_column_is_named(cast: SimpleNamespace) -> None:
    client = signed_in(cast.office)
    url = bring(client, files.kml()).url
    form = {"act": "check", "target": "service_points", "datum": "wgs84"}
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert "名称" in answer.content.decode()
