"""The short way of tiles, asked as a browser's cookies would ask it."""

import asyncio

from django.test import Client

from gis_grid.navmap.tiles import pool, serve, shortcut
from gis_grid.navmap.tiles.lines import Lines
from tests.conftest import QUANFENG
from tests.navmap.places import tile_of

FIRST = QUANFENG + "001"


def address(layer: str = "households", z: int = 14) -> str:
    x, y = tile_of(FIRST, z)
    return f"/tiles/{layer}/{z}/{x}/{y}.mvt"


def lines() -> Lines:
    return Lines(pool.connect, size=2, wait_s=5.0, answer_s=1.0)


def short(client: Client, path: str, *, etag: str = "") -> serve.Answer | None:
    """What the short way answers, None where it hands on to the whole stack."""
    return asyncio.run(all_short(client, [path], etag=etag))[0]


async def all_short(
    client: Client, paths: list[str], *, etag: str = "", over: Lines | None = None
) -> list[serve.Answer | None]:
    """The same for many tiles at once."""
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    used = over or lines()
    way = shortcut.Shortcut(used)
    asked = (path.partition("?") for path in paths)
    try:
        return await asyncio.gather(
            *(way.answer(path, query, cookie, etag) for path, _, query in asked)
        )
    finally:
        if over is None:
            used.close()
