"""What granian serves: tiles by their short way, everything else by Django."""

import asyncio
import gc
import os
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_grid.config.settings")
_django = get_wsgi_application()

# Imported when the apps are ready.
from django.conf import settings  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from gis_grid.config.bridge import Bridge  # noqa: E402
from gis_grid.config.live import Live  # noqa: E402
from gis_grid.config.worker import end_with_master  # noqa: E402
from gis_grid.core.database import limit_web  # noqa: E402
from gis_grid.incidents.services.telling import CHANNEL  # noqa: E402
from gis_grid.navmap.tiles import pool, shortcut  # noqa: E402
from gis_grid.navmap.tiles.lines import Lines  # noqa: E402

if TYPE_CHECKING:
    from granian._granian import RSGIHTTPProtocol as HTTPProtocol
    from granian.rsgi import Scope

# First of all: the master may be gone before this worker serves.
end_with_master()

# The statement's own limit comes first; this is for a database that says nothing any more.
_SILENCE_S = 3.0


class Site:
    """The site in one worker of granian."""

    def __init__(self) -> None:
        self._live = Live(pool.connect, CHANNEL)
        self._bridge = Bridge(
            _django,
            threads=settings.WEB_THREADS,
            longest_body=settings.LONGEST_BODY_BYTES,
            live=self._live,
        )
        self._tiles = shortcut.Shortcut(
            Lines(
                pool.connect,
                size=settings.TILE_POOL_SIZE,
                wait_s=settings.TILE_POOL_WAIT_S,
                answer_s=settings.TILE_STATEMENT_TIMEOUT_MS / 1000 + _SILENCE_S,
            )
        )

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        limit_web()
        # Loaded now and not by whoever asks first.
        get_resolver().url_patterns  # noqa: B018
        # What is loaded by now stays: to look through it for rubbish again and again costs a
        # twentieth of the time of a tile.
        gc.collect()
        gc.freeze()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon_threadsafe(self._live.close)

    async def __rsgi__(self, scope: "Scope", proto: "HTTPProtocol") -> None:
        if scope.path.startswith(shortcut.PREFIX) and await self._tile(scope, proto):
            return
        await self._bridge(scope, proto)

    async def _tile(self, scope: "Scope", proto: "HTTPProtocol") -> bool:
        """Whether the short way has answered."""
        headers = scope.headers
        if scope.method not in ("GET", "HEAD") or "authorization" in headers:
            return False
        found = await self._tiles.answer(
            scope.path,
            scope.query_string,
            headers.get("cookie", ""),
            headers.get("if-none-match", ""),
        )
        if found is None:
            return False
        said = shortcut.headers_of(found)
        if found.body is None:
            proto.response_empty(HTTPStatus.NOT_MODIFIED.value, said)
        elif scope.method == "HEAD":
            proto.response_empty(HTTPStatus.OK.value, said)
        else:
            proto.response_bytes(HTTPStatus.OK.value, said, found.body)
        return True


application = Site()
