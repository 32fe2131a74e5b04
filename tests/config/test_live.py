"""Pages that listen hear of what is theirs, and those that have gone take nobody's place."""

import http.client
from collections.abc import Iterator

import pytest
from django.db import connection
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from tests.bench.servers import LOOPBACK, free_port
from tests.config.test_bridge import PATIENCE_S, granian

pytestmark = pytest.mark.django_db
MOST_OF_ONE = 8
NOTICE = b"event: notice\n"


class Listener:
    def __init__(self, port: int, person: int) -> None:
        self._line = http.client.HTTPConnection(LOOPBACK, port, timeout=PATIENCE_S)
        self._line.request("GET", f"/{person}")
        self._answer = self._line.getresponse()
        self.status = self._answer.status

    def hears(self) -> bool:
        """Whether a notice comes before the stream ends."""
        while line := self._answer.readline():
            if line == NOTICE:
                return True
        return False

    def leave(self) -> None:
        self._answer.close()
        self._line.close()


@pytest.fixture(scope="module")
def database(django_db_setup: None) -> str:
    names = ("dbname", "user", "password", "host", "port")
    found = connection.get_connection_params()
    return make_conninfo(**{name: found[name] for name in names if found.get(name)})


@pytest.fixture(scope="module")
def port(database: str) -> Iterator[int]:
    port = free_port()
    with granian("tests.config.live_site:site", port, LIVE_DATABASE=database):
        yield port


def tell(database: str, person: int) -> None:
    with Connection.connect(database, autocommit=True) as teller:
        teller.execute("SELECT pg_notify('test_live', %s)", [str(person)])


def test_a_page_hears_of_what_is_its_persons(port: int, database: str) -> None:
    mine, others = Listener(port, 1), Listener(port, 2)
    assert mine.hears()
    assert others.hears()
    tell(database, 2)
    assert others.hears()
    tell(database, 1)
    assert mine.hears()


def test_pages_that_have_gone_take_no_place(port: int, database: str) -> None:
    stays = Listener(port, 3)
    assert stays.hears()
    for _ in range(3 * MOST_OF_ONE):
        passing = Listener(port, 3)
        assert passing.hears()
        passing.leave()
    tell(database, 3)
    assert stays.hears()


def test_of_too_many_pages_the_oldest_gives_way(port: int, database: str) -> None:
    oldest, *others = pages = [Listener(port, 4) for _ in range(MOST_OF_ONE + 1)]
    assert {page.status for page in pages} == {http.client.OK}
    assert all(page.hears() for page in others)
    tell(database, 4)
    assert all(page.hears() for page in others)
    oldest.hears()
    assert not oldest.hears()
