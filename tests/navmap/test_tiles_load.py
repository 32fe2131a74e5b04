"""Tiles on their own connections: short way, full pool, slow statements, clients that leave."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as conf
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.test.testcases import LiveServerThread

from gis_grid.accounts.models import Assignment
from gis_grid.accounts.policies import Role
from gis_grid.navmap.tiles import pool, shortcut
from tests.conftest import QUANFENG
from tests.navmap.conftest import decoded
from tests.navmap.places import tile_of

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
FIRST = QUANFENG + "001"


@pytest.fixture
def own_pool(settings: Any) -> Iterator[Any]:
    settings.TILE_POOL_SIZE, settings.TILE_POOL_WAIT_S = 2, 0.3
    pool.close()
    pool.pool().wait()
    yield settings
    pool.close()


def address(layer: str = "households", z: int = 14) -> str:
    x, y = tile_of(FIRST, z)
    return f"/tiles/{layer}/{z}/{x}/{y}.mvt"


def short(client: Client, path: str, *, etag: str = "") -> tuple[str, dict[str, str], bytes] | None:
    """What the short way answers, None where it hands on to the whole stack."""
    answer: list[Any] = []
    handed_on: list[bool] = []

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        answer.extend([status, dict(headers)])

    def long_way(environ: Any, start: Any) -> list[bytes]:
        handed_on.append(True)
        return []

    path, _, query = path.partition("?")
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_COOKIE": cookie,
        "HTTP_IF_NONE_MATCH": etag,
    }
    body = b"".join(shortcut.tiles_first(long_way)(environ, start))  # type: ignore[arg-type]
    return None if handed_on else (answer[0], answer[1], body)


def test_the_short_way_opens_after_the_long_one_and_says_the_same(
    own_pool: Any, signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST, tags=("low_income",))
    client = signed_in(cast.town)
    assert short(client, address()) is None
    long = client.get(address())
    found = short(client, address())
    assert found is not None
    status, headers, body = found
    assert (status, body) == ("200 OK", long.content)
    for name in ("ETag", "Cache-Control", "Content-Type", "X-Content-Type-Options"):
        assert headers[name] == long[name]
    assert "Cookie" in headers["Vary"]
    again = short(client, address(), etag=headers["ETag"])
    assert again is not None
    assert (again[0], again[2]) == ("304 Not Modified", b"")
    # A filter that this person has not used yet, a refusal, another session: the long way.
    assert short(client, f"{address()}?tags=party_member") is None
    assert short(client, f"{address()}?mode=none") is None
    assert short(signed_in(cast.police), address()) is None
    assert short(Client(), address()) is None


@pytest.mark.parametrize("what", ["signed out", "closed", "no role"])
def test_whoever_may_no_longer_loses_the_tiles_in_seconds(
    own_pool: Any,
    signed_in: Callable,
    cast: SimpleNamespace,
    household: Callable,
    what: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(shortcut, "memory", shortcut.LoginMemory(lambda: now[0]))
    household(FIRST)
    client = signed_in(cast.worker)
    assert client.get(address()).status_code == 200
    assert short(client, address()) is not None
    if what == "signed out":
        client.session.flush()
    elif what == "closed":
        cast.worker.is_active = False
        cast.worker.save()
    else:
        Assignment.objects.filter(user=cast.worker).delete()
    now[0] += conf.TILE_LOGIN_MEMORY_S
    assert short(client, address()) is None
    assert client.get(address()).status_code == (403 if what == "no role" else 401)


def test_a_new_role_shows_in_seconds(
    own_pool: Any, signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST)
    client = signed_in(cast.outsider)
    assert client.get(address()).content == b""
    Assignment.objects.create(user=cast.outsider, role=Role.OFFICE, area_code=FIRST)
    shortcut.memory.forget()
    assert decoded(client.get(address()).content)["cluster"][0]["n"] == 1


def test_a_full_pool_is_a_clear_503_and_no_hang(
    own_pool: Any, signed_in: Callable, cast: SimpleNamespace, ground: Any
) -> None:
    client = signed_in(cast.town)
    taken = [pool.pool().getconn() for _ in range(2)]
    began = time.monotonic()
    try:
        answer = client.get(address())
    finally:
        for connection in taken:
            pool.pool().putconn(connection)
    assert time.monotonic() - began < 3
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "busy"
    assert answer["Retry-After"]
    assert client.get(address()).status_code == 200


def test_a_statement_that_takes_too_long_is_a_clear_503(
    own_pool: Any,
    signed_in: Callable,
    cast: SimpleNamespace,
    ground: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own_pool.TILE_STATEMENT_TIMEOUT_MS = 200
    pool.close()
    pool.pool().wait()
    client = signed_in(cast.town)
    slow = "(SELECT pg_sleep(n)::text::bytea FROM generate_series(5, 5) n)"
    with monkeypatch.context() as patch:
        patch.setattr("gis_grid.navmap.tiles.queries._layer", lambda name, rows: slow)
        answer = client.get(address())
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "busy"
    assert client.get(address()).status_code == 200


def test_a_connection_that_the_database_cut_is_replaced(
    own_pool: Any, signed_in: Callable, cast: SimpleNamespace, ground: Any
) -> None:
    client = signed_in(cast.town)
    assert client.get(address()).status_code == 200
    with pool.borrow() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'gis_grid tiles' AND pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
    codes = {client.get(address(z=zoom)).status_code for zoom in (11, 12, 13, 14, 15)}
    assert codes <= {200, 503}
    assert client.get(address()).status_code == 200


def test_many_at_once_get_the_same_right_answer(
    own_pool: Any, signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    own_pool.TILE_POOL_WAIT_S, own_pool.TILE_CACHE_BYTES = 10.0, 0
    pool.close()
    for _ in range(3):
        household(FIRST)
    client = signed_in(cast.town)
    right = client.get(address("grids")).content
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: short(client, address("grids")), range(80)))
    assert {item[2] for item in found if item} == {right}


def test_clients_that_leave_take_no_connection_with_them(
    own_pool: Any, signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    own_pool.TILE_POOL_WAIT_S = 5.0
    household(FIRST)
    client = signed_in(cast.town)
    assert client.get(address()).status_code == 200
    cookie = client.cookies[conf.SESSION_COOKIE_NAME].value
    server = LiveServerThread("127.0.0.1", _handler)
    server.daemon = True
    server.start()
    assert server.is_ready.wait(10)
    request = (
        f"GET {address('grids')} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: {conf.SESSION_COOKIE_NAME}={cookie}\r\n\r\n"
    ).encode()
    try:
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", server.port)) as line:
                line.sendall(request)
    finally:
        server.terminate()
        server.join()
    # Both come back, or this times out.
    taken = [pool.pool().getconn(timeout=10) for _ in range(2)]
    for connection in taken:
        pool.pool().putconn(connection)
    assert client.get(address()).status_code == 200
    assert threading.active_count() < 40


def _handler(_static: Any) -> Any:
    return shortcut.tiles_first(WSGIHandler())
