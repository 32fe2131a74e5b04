"""Tiles on their own connections: short way, full pool, slow statements, clients that leave."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
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
from tests.navmap.conftest import decoded
from tests.navmap.short_way import FIRST, address, all_short, short

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_the_short_way_opens_after_the_long_one_and_says_the_same(
    own_pool: Any, signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST, tags=("low_income",))
    client = signed_in(cast.town)
    assert short(client, address()) is None
    long = client.get(address())
    found = short(client, address())
    assert found is not None
    assert found.body == long.content
    headers = dict(shortcut.headers_of(found))
    for name in ("ETag", "Cache-Control", "Content-Type", "X-Content-Type-Options"):
        assert headers[name.lower()] == long[name]
    assert "Cookie" in headers["vary"]
    again = short(client, address(), etag=found.etag)
    assert again is not None
    assert (again.etag, again.body) == (found.etag, None)
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
        patch.setattr("gis_grid.navmap.tiles.queries.mvt_layer", lambda name, rows: slow)
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
    found = asyncio.run(all_short(client, [address("grids")] * 80))
    assert {item.body for item in found if item} == {right}
    assert None not in found


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
    return WSGIHandler()
