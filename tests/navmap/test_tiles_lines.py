"""The short way's lines to the database: cut, silent, all taken."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg import OperationalError

from gis_grid.navmap.tiles import pool, serve
from gis_grid.navmap.tiles.lines import Lines
from tests.navmap.short_way import FIRST, address, all_short, lines

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_a_line_that_the_database_cut_is_replaced(
    own_pool: Any, signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    own_pool.TILE_CACHE_BYTES = 0
    household(FIRST)
    client = signed_in(cast.town)
    right = client.get(address()).content

    async def walk() -> list[serve.Answer | None]:
        used = lines()
        try:
            before = await all_short(client, [address()] * 2, over=used)
            await asyncio.to_thread(_cut_all)
            cut = await all_short(client, [address()] * 2, over=used)
            assert all(item is None or item.body == right for item in cut)
            return before + await all_short(client, [address()] * 2, over=used)
        finally:
            used.close()

    assert [item and item.body for item in asyncio.run(walk())] == [right] * 4


def test_a_database_that_falls_silent_is_given_up(
    own_pool: Any, signed_in: Callable, cast: SimpleNamespace, ground: Any
) -> None:
    async def walk() -> list[bytes | None]:
        used = Lines(pool.connect, size=1, wait_s=5.0, answer_s=0.2)
        try:
            with pytest.raises(OperationalError):
                await used.row("SELECT pg_sleep(3)::text", {})
            return await used.row("SELECT %(x)s::text", {"x": "1"})
        finally:
            used.close()

    assert asyncio.run(walk()) == [b"1"]


def test_who_finds_no_line_free_goes_the_long_way(
    own_pool: Any, signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST)
    client = signed_in(cast.town)
    assert client.get(address()).status_code == 200

    async def walk() -> list[serve.Answer | None]:
        used = Lines(pool.connect, size=1, wait_s=0.2, answer_s=5.0)
        try:
            sleeper = asyncio.create_task(used.row("SELECT pg_sleep(1)::text", {}))
            await asyncio.sleep(0.1)
            found = await all_short(client, [address()], over=used)
            await sleeper
            return found + await all_short(client, [address()], over=used)
        finally:
            used.close()

    first, second = asyncio.run(walk())
    assert first is None
    assert second is not None


def _cut_all() -> None:
    with psycopg.connect(**pool.kwargs()) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'gis_grid tiles' AND pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
