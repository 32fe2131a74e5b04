"""A short way for tiles round the middleware, for people whom the long way has just let in.

It never decides who somebody is: the whole stack does, with every rule that it holds
(session, idle exit, password to change, …), and the view then remembers its verdict for
`TILE_LOGIN_MEMORY_S` under the session's cookie. A session that has ended, an account
that is closed and a role that is taken away lose their tiles within that time.
Whatever is not plain goes the long way.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import parse_cookie
from django.utils import timezone
from psycopg import Error

from gis_grid.core import security
from gis_grid.core.errors import DomainError
from gis_grid.navmap.layers import layer_named
from gis_grid.navmap.tiles import serve
from gis_grid.navmap.tiles.lines import Lines
from gis_grid.navmap.tiles.params import PATH, TileRequest, parse
from gis_grid.navmap.tiles.viewer import Viewer

PREFIX = "/tiles/"
_MOST_PEOPLE = 5_000
_HEADERS = [(name.lower(), value) for name, value in (security.HEADERS | serve.HEADERS).items()]


class LoginMemory:
    """Viewers by session cookie, each for a few seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._viewers: dict[str, tuple[float, Viewer]] = {}

    def remember(self, session: str, viewer: Viewer) -> None:
        seconds = float(settings.TILE_LOGIN_MEMORY_S)
        if seconds <= 0:
            return
        now = self._clock()
        with self._lock:
            if len(self._viewers) >= _MOST_PEOPLE:
                self._viewers = {key: item for key, item in self._viewers.items() if item[0] > now}
            if len(self._viewers) < _MOST_PEOPLE:
                self._viewers[session] = (now + min(seconds, _to_midnight_s()), viewer)

    def recall(self, session: str) -> Viewer | None:
        """The viewer, unless the time is over."""
        found = self._viewers.get(session)
        return found[1] if found is not None and found[0] > self._clock() else None

    def forget(self) -> None:
        with self._lock:
            self._viewers.clear()


def _to_midnight_s() -> float:
    """Seconds for which today is today."""
    now = timezone.localtime()
    tomorrow = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), now.tzinfo)
    return (tomorrow - now).total_seconds()


memory = LoginMemory()


class Shortcut:
    """Answers tiles over `lines` for those whom the long way has let in."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    async def answer(self, path: str, query: str, cookie: str, held: str) -> serve.Answer | None:
        """The tile, or None where the long way has to answer (refusals too: it knows languages).

        `cookie` and `held` are the headers `Cookie` and `If-None-Match`.
        """
        viewer = memory.recall(parse_cookie(cookie).get(settings.SESSION_COOKIE_NAME, ""))
        if viewer is None:
            return None
        try:
            request = request_of(path.removeprefix(PREFIX), query)
            if not viewer.knows(request.households):
                return None
            asked = serve.question(viewer, request, held)
            if isinstance(asked, serve.Answer):
                return asked
            version, stale, body = serve.read_row(await self._lines.row(asked.text, asked.params))
        except (DomainError, Error):
            return None
        return None if stale else asked.answer(version, body)


def request_of(path: str, query: str) -> TileRequest:
    """The request that an address makes; raises as `parse` and `layer_named` do."""
    found = PATH.match(path)
    layer = layer_named(found["layer"] if found else "")
    # The last of several wins, as in Django's QueryDict.
    asked = dict(parse_qsl(query)) if query else {}
    return parse(found, asked, filtered=layer.filtered, sighted=layer.sighted, dated=layer.dated)


def headers_of(found: serve.Answer) -> list[tuple[str, str]]:
    """All headers of an answer, names in lower case."""
    headers = [*_HEADERS, ("etag", found.etag)]
    if found.body is not None:
        headers += [("content-type", serve.CONTENT_TYPE), ("content-length", str(len(found.body)))]
    return headers
