"""Rescue files that are sealed for the server: opened by the operator and for the same person."""

import base64
import io
import json
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gis_grid.audit.models import Entry
from gis_grid.core.sealing import public_point
from gis_grid.fieldsync.sealed import MAGIC, PIECE_BYTES, SealedReader, header_of
from gis_grid.fieldsync.services.devices import revoke
from gis_grid.incidents.models import Attachment, Incident
from tests.conftest import QUANFENG
from tests.fieldsync.nodes import run
from tests.fieldsync.operations import incident
from tests.fieldsync.tablets import Tablet
from tests.fieldsync.test_rescue import rescue_file
from tests.incidents.conftest import middle

HERE = middle(QUANFENG + "001")


def sealed(path: Path, tablet: Tablet) -> Path:
    """The file as the tablet's page seals it, beside the plain one."""
    told = {
        "from": str(path),
        "to": str(path.with_suffix(".sealed")),
        "key": base64.b64encode(public_point()).decode(),
        "device": str(tablet.device.pk),
    }
    run("seal_file.mjs", told)
    return path.with_suffix(".sealed")


def told_by(file: Path) -> dict[str, Any]:
    """What stands in the clear at its front."""
    with file.open("rb") as content:
        header = header_of(content)
    assert header
    found: dict[str, Any] = json.loads(header.model_dump_json())
    return found


def test_the_operator_takes_a_sealed_file_in(tablet: Tablet, tmp_path: Path) -> None:
    sent = incident(HERE, what="只有服务器读得到")
    file = sealed(rescue_file(tmp_path / "r.zip", tablet, sent, incident(HERE)), tablet)
    content = file.read_bytes()
    assert "只有服务器读得到".encode() not in content
    assert b"manifest" not in content
    for _ in range(2):
        call_command("import_rescue", file)
    assert (Incident.objects.count(), Attachment.objects.count()) == (2, 2)


def test_it_is_read_piece_by_piece_wherever_one_looks(tablet: Tablet, tmp_path: Path) -> None:
    plain = bytes(range(256)) * (PIECE_BYTES // 128 + 3)
    (tmp_path / "p.zip").write_bytes(plain)
    with sealed(tmp_path / "p.zip", tablet).open("rb") as file:
        header = header_of(file)
        assert header
        reader = SealedReader(file, header.secret())
        assert reader.seek(0, io.SEEK_END) == len(plain)
        assert reader.read() == b""
        for at, count in (
            (PIECE_BYTES - 3, 6),
            (0, 10),
            (len(plain) - 5, 99),
            (1, 2 * PIECE_BYTES),
        ):
            reader.seek(at)
            assert reader.read(count) == plain[at : at + count]
        reader.seek(0)
        assert reader.read() == plain


def spoilt(content: bytes) -> dict[str, bytes]:
    start = len(MAGIC) + 2 + int.from_bytes(content[len(MAGIC) : len(MAGIC) + 2])
    return {
        "front only": content[:start],
        "no front": MAGIC,
        "a front without an end": MAGIC + b"\xff\xff" + b" " * 100,
        "a front that is none": MAGIC + b"\x00\x02[]" + content[start:],
        "a front with nothing in it": MAGIC + b"\x00\x02{}" + content[start:],
        "a deep front": MAGIC + (1024).to_bytes(2) + b"[" * 1024 + content[start:],
        "cut off": content[:-100],
        "cut off within a piece": content[: start + 5],
        "turned": content[:-30] + bytes([content[-30] ^ 1]) + content[-29:],
    }


def test_what_is_damaged_is_refused_and_nothing_taken(tablet: Tablet, tmp_path: Path) -> None:
    content = sealed(rescue_file(tmp_path / "r.zip", tablet, incident(HERE)), tablet).read_bytes()
    for name, bad in spoilt(content).items():
        file = tmp_path / "bad.sealed"
        file.write_bytes(bad)
        with pytest.raises(CommandError):
            call_command("import_rescue", file)
        assert Incident.objects.count() == 0, name


def test_sealed_for_another_server_it_says_so(
    tablet: Tablet, tmp_path: Path, settings: Any
) -> None:
    file = sealed(rescue_file(tmp_path / "r.zip", tablet, incident(HERE)), tablet)
    told = told_by(file)
    ours, other = settings.FIELD_ENCRYPTION_KEYS, base64.b64encode(bytes(32)).decode()
    settings.FIELD_ENCRYPTION_KEYS = [other]
    with pytest.raises(CommandError, match="服务器"):
        call_command("import_rescue", file)
    status, body = tablet("sync/rescue", told)
    assert (status, body["error"]["where"]) == (422, "key")
    # The old key behind a new one still opens it.
    settings.FIELD_ENCRYPTION_KEYS = [other, *ours]
    assert tablet("sync/rescue", told)[0] == 200
    call_command("import_rescue", file)
    assert Incident.objects.count() == 1


def test_the_same_person_opens_it_on_another_tablet(
    tablet: Tablet, tmp_path: Path, cast: SimpleNamespace
) -> None:
    plain = rescue_file(tmp_path / "r.zip", tablet, incident(HERE))
    file = sealed(plain, tablet)
    told = told_by(file)
    # The old one was lost, and says nothing any more.
    revoke(acting_user=cast.county, device_id=tablet.device.pk, reason="在路上丢失了")
    assert tablet("sync/rescue", told)[0] == 401
    status, body = Tablet(cast.surveyor, token="gd_new")("sync/rescue", told)
    assert status == 200
    with file.open("rb") as content:
        header_of(content)
        reader = SealedReader(content, base64.b64decode(body["secret"]))
        assert reader.read() == plain.read_bytes()
    row = Entry.objects.get(action="rescue_opened")
    assert (row.subject_id, row.actor_id) == (str(tablet.device.pk), cast.surveyor.pk)


@pytest.mark.parametrize("who", ["worker", "leader", "town", "county", "outsider", "auditor"])
def test_nobody_else_learns_what_opens_it(
    tablet: Tablet, tmp_path: Path, cast: SimpleNamespace, who: str
) -> None:
    told = told_by(sealed(rescue_file(tmp_path / "r.zip", tablet), tablet))
    other = Tablet(getattr(cast, who))
    refused = other("sync/rescue", told)
    assert refused[0] == 404
    # As of a tablet that there is not.
    assert other("sync/rescue", {**told, "device": str(uuid.uuid4())}) == refused
    # With the own tablet's id at the front it is another secret.
    status, body = other("sync/rescue", {**told, "device": str(other.device.pk)})
    mine = Tablet(cast.surveyor, token="gd_second")("sync/rescue", told)[1]
    assert status == 200
    assert body["secret"] != mine["secret"]
    assert not Entry.objects.filter(
        action="rescue_opened", actor=getattr(cast, who), subject_id=str(tablet.device.pk)
    ).exists()


@pytest.mark.parametrize(
    "change", [{"point": "AAAA"}, {"point": "no"}, {"key": "x"}, {"device": "no"}, {"key": None}]
)
def test_a_front_that_is_none(tablet: Tablet, change: dict[str, Any]) -> None:
    told = {"device": str(tablet.device.pk), "key": "0" * 16,
            "point": base64.b64encode(public_point()).decode()}  # fmt: skip
    assert tablet("sync/rescue", {**told, **change})[0] == 422
