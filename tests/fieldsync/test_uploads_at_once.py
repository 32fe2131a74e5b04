"""Two at once, and what is left when a process is killed in the middle of a request."""

import os
from pathlib import Path
from typing import Any

import pytest

from gis_grid.fieldsync.models import Upload
from tests.conftest import QUANFENG, Role, make_user
from tests.fieldsync.live import Live, serving
from tests.fieldsync.sending import File, Sender
from tests.fieldsync.tablets import Tablet
from tests.incidents.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def tablet() -> Tablet:
    return Tablet(make_user("walker", Role.GRID_WORKER, QUANFENG))


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_of_two_at_once_one_goes_on(tablet: Tablet, media: Path) -> None:
    file = File(os.urandom(400_000))
    url = Sender(tablet).url(file)

    def put(content: bytes) -> int:
        # A client of its own: those of Django are for one thread.
        sender = Sender(Tablet(tablet.user, tablet.token, tablet.device))
        return int(sender.put(url, 0, content).status_code)

    lengths = (100_000, 150_000, 200_000, 250_000)
    statuses = at_once(*[lambda n=n: put(file.content[:n]) for n in lengths])
    assert sorted(statuses) == [204, 409, 409, 409]
    won = lengths[statuses.index(204)]
    row = Upload.objects.get()
    assert row.offset == won
    assert (media / "field" / str(row.pk)).read_bytes() == file.content[:won]
    assert Sender(tablet).put(url, won, file.content[won:]).status_code == 204
    assert Upload.objects.get().state == "kept"


def test_announced_twice_at_once_it_is_one(tablet: Tablet) -> None:
    file = File(b"0123456789")

    def announce() -> str:
        return Sender(Tablet(tablet.user, tablet.token, tablet.device)).url(file)

    assert len(set(at_once(*[announce] * 4))) == 1


def test_killed_between_the_bytes_and_the_commit(tablet: Tablet, tmp_path: Path) -> None:
    file = File(os.urandom(300_000))
    with serving(tmp_path) as site:
        live = Live(site.port, tablet.token)
        url = live.begin(file)
        assert live.put(url, 0, file.content[:100_000]) == 204
        (tmp_path / "stop").touch()
        waiting = live.send(url, 100_000, file.content[100_000:])
        site.until((tmp_path / "stopped").exists)
        site.kill()
        waiting.close()
    row = Upload.objects.get()
    lying = tmp_path / "field" / str(row.pk)
    # All bytes are on the disk; nobody was told so, and the row doesn't say it.
    assert (row.offset, lying.stat().st_size) == (100_000, 300_000)
    (tmp_path / "stop").unlink()
    with serving(tmp_path) as site:
        live = Live(site.port, tablet.token)
        assert live.offset(url) == 100_000
        assert live.put(url, 100_000, file.content[100_000:]) == 204
    assert Upload.objects.get().state == "kept"
    assert lying.read_bytes() == file.content
