"""A rescue file is taken in by the operator: once, with its photos."""

import hashlib
import json
import uuid
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gis_grid.incidents.models import Attachment, Incident
from tests.conftest import QUANFENG
from tests.fieldsync.operations import incident, push
from tests.fieldsync.tablets import Tablet
from tests.incidents.conftest import middle
from tests.incidents.pictures import picture

HERE = middle(QUANFENG + "001")


def rescue_file(path: Path, tablet: Tablet | None, *operations: Any, **more: Any) -> Path:
    """As static/js/offline/rescue.js writes it; each operation has one photo."""
    photos = {}
    attachments = []
    for operation in operations:
        content = picture()
        key = str(uuid.uuid4())
        told = {"id": key, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content),
                "name": "p.jpg", "type": "image/jpeg"}  # fmt: skip
        operation["attachments"] = [told]
        photos[f"photos/{key}"] = content
        attachments.append({**told, "op_id": operation["op_id"], "file": f"photos/{key}"})
    manifest = {
        "format": "gis-grid-rescue",
        "version": 1,
        "device": str(tablet.device.pk) if tablet else str(uuid.uuid4()),
        "operations": operations,
        "drafts": [{"values": {}}],
        # A tablet that has never heard the server's time.
        "clock_ms": None,
        "attachments": attachments,
        **more,
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, content in photos.items():
            archive.writestr(name, content)
    return path


def test_everything_arrives_once(tablet: Tablet, tmp_path: Path, capsys: Any) -> None:
    sent = incident(HERE)
    file = rescue_file(tmp_path / "r.zip", tablet, sent, incident(HERE))
    push(tablet, sent)
    call_command("import_rescue", file)
    first = capsys.readouterr().out
    call_command("import_rescue", file)
    again = capsys.readouterr().out
    assert Incident.objects.count() == 2
    assert Attachment.objects.count() == 2
    assert {one.reported_by for one in Incident.objects.all()} == {tablet.user}
    # What became of all stands there both times; what of it is new does, too.
    assert "其中 1 条操作、0 个文件此前已收到" in first
    assert "没有新内容" in again


def test_what_comes_for_the_first_time_is_not_called_known(
    tablet: Tablet, tmp_path: Path, capsys: Any
) -> None:
    call_command("import_rescue", rescue_file(tmp_path / "r.zip", tablet, incident(HERE)))
    assert "此前" not in capsys.readouterr().out


def test_an_unknown_tablet_needs_a_person(
    tablet: Tablet, tmp_path: Path, cast: SimpleNamespace
) -> None:
    file = rescue_file(tmp_path / "r.zip", None, incident(HERE))
    with pytest.raises(CommandError, match="--user"):
        call_command("import_rescue", file)
    call_command("import_rescue", file, user="surveyor")
    assert Incident.objects.count() == 1


def test_what_can_not_be_is_told_and_the_rest_taken(
    tablet: Tablet, tmp_path: Path, capsys: Any
) -> None:
    bad = incident(HERE, category="no_such")
    file = rescue_file(tmp_path / "r.zip", tablet, bad, incident(HERE))
    with pytest.raises(CommandError):
        call_command("import_rescue", file)
    assert bad["op_id"] in capsys.readouterr().out
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip"])
def test_a_file_that_is_none(tablet: Tablet, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "r.zip"
    file.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("import_rescue", file)


@pytest.mark.parametrize("more", [{"format": "other"}, {"version": 9}, {"operations": "no"}])
def test_a_manifest_that_is_none(tablet: Tablet, tmp_path: Path, more: Any) -> None:
    file = rescue_file(tmp_path / "r.zip", tablet, **more)
    with pytest.raises(CommandError):
        call_command("import_rescue", file)


def test_a_missing_photo_is_told(tablet: Tablet, tmp_path: Path) -> None:
    told = {"id": str(uuid.uuid4()), "op_id": str(uuid.uuid4()), "sha256": "0" * 64, "size": 3,
            "name": "p.jpg", "type": "image/jpeg", "file": "photos/none"}  # fmt: skip
    file = rescue_file(tmp_path / "r.zip", tablet, attachments=[told])
    with pytest.raises(CommandError):
        call_command("import_rescue", file)
