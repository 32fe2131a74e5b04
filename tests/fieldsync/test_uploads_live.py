"""Against a real server: a line that breaks, files sent whole, and the clients of others."""

import hashlib
import os
from pathlib import Path

import pytest
from django.conf import settings
from tusclient.client import TusClient

from gis_grid.fieldsync.models import Upload
from tests.bench.servers import LOOPBACK
from tests.conftest import QUANFENG, Role, make_user
from tests.fieldsync.bad_line import bad_line
from tests.fieldsync.live import Live, serving
from tests.fieldsync.nodes import run
from tests.fieldsync.sending import BASE, File
from tests.fieldsync.tablets import Tablet

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
SIZE = 900_000
PIECE = 128 * 1024
SCRIPT = "send_by_tus.mjs"


@pytest.fixture
def tablet() -> Tablet:
    return Tablet(make_user("walker", Role.GRID_WORKER, QUANFENG))


@pytest.fixture
def file() -> File:
    return File(os.urandom(SIZE))


def came_whole(media: Path, file: File) -> None:
    row = Upload.objects.get()
    assert (row.state, row.offset) == ("kept", len(file.content))
    kept = (media / "field" / str(row.pk)).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == file.sha256


def test_of_a_piece_that_breaks_off_the_beginning_is_kept(
    tablet: Tablet, file: File, tmp_path: Path
) -> None:
    with serving(tmp_path) as site:
        live = Live(site.port, tablet.token)
        url = live.begin(file)
        broken = live.send(url, 0, file.content[:500_000], length=SIZE)
        broken.close()
        site.until(lambda: live.offset(url) > 0)
        at = live.offset(url)
        assert at <= 500_000
        assert live.put(url, at, file.content[at:]) == 204
    came_whole(tmp_path, file)


def test_the_largest_file_comes_in_one_request(tablet: Tablet, tmp_path: Path) -> None:
    largest = File(os.urandom(settings.ATTACHMENT_BYTES))
    with serving(tmp_path) as site:
        live = Live(site.port, tablet.token)
        assert live.put(live.begin(largest), 0, largest.content) == 204
        came_whole(tmp_path, largest)
        assert live.ask("OPTIONS", BASE).headers["Tus-Max-Size"] == str(settings.ATTACHMENT_BYTES)


@pytest.mark.parametrize("chunk", [PIECE, None])
def test_tuspy_goes_on_after_a_break(
    tablet: Tablet, file: File, tmp_path: Path, chunk: int | None
) -> None:
    path = tmp_path / "photo"
    path.write_bytes(file.content)
    with serving(tmp_path) as site, bad_line(site.port, SIZE // 2) as line:
        client = TusClient(
            f"http://{LOOPBACK}:{line.port}{BASE}", {"Authorization": f"Bearer {tablet.token}"}
        )
        client.uploader(
            str(path),
            **({"chunk_size": chunk} if chunk else {}),
            metadata=metadata(file),
            retries=3,
            retry_delay=0.3,
            upload_checksum=bool(chunk),
        ).upload()
        assert line.has_broken
    came_whole(tmp_path, file)


@pytest.mark.parametrize("chunk", [PIECE, None])
def test_tus_js_client_goes_on_after_a_break(
    tablet: Tablet, file: File, tmp_path: Path, chunk: int | None
) -> None:
    path = tmp_path / "photo"
    path.write_bytes(file.content)
    with serving(tmp_path) as site, bad_line(site.port, SIZE // 2) as line:
        told = {
            "endpoint": f"http://{LOOPBACK}:{line.port}{BASE}",
            "token": tablet.token,
            "path": str(path),
            "metadata": metadata(file),
            "chunk": chunk,
        }
        run(SCRIPT, told)
        assert line.has_broken
        if chunk is None:
            # Not from the beginning again: what had come before the break was there.
            assert sum(line.sent) < 1.3 * SIZE
    came_whole(tmp_path, file)


def metadata(file: File) -> dict[str, str]:
    return {
        "op": str(file.op_id),
        "attachment": str(file.attachment),
        "sha256": file.sha256,
        "filename": file.name,
        "filetype": "image/jpeg",
    }
