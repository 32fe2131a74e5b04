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
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import parse_cookie
from django.utils import timezone

from gis_grid.core import security
from gis_grid.core.errors import DomainError
from gis_grid.navmap.layers import layer_named
from gis_grid.navmap.tiles import serve
from gis_grid.navmap.tiles.params import PATH, TileRequest, parse
from gis_grid.navmap.tiles.viewer import Viewer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/tiles/"
_MOST_PEOPLE = 5_000
_HEADERS = security.HEADERS | serve.HEADERS


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


def tiles_first(application: "WSGIApplication") -> "WSGIApplication":
    """`application` with the short way before it."""

    def serve_wsgi(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(PREFIX):
            found = _short_answer(environ)
            if found is not None:
                return _respond(found, environ, start)
        return application(environ, start)

    return serve_wsgi


def _short_answer(environ: "WSGIEnvironment") -> serve.Answer | None:
    """The tile, or None where the long way has to answer (refusals too: it knows languages)."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in environ:
        return None
    viewer = memory.recall(_session_of(environ.get("HTTP_COOKIE", "")))
    if viewer is None:
        return None
    try:
        request = request_of(
            environ["PATH_INFO"].removeprefix(PREFIX), environ.get("QUERY_STRING", "")
        )
        if not viewer.knows(request.households):
            return None
        return serve.answer(viewer, request, environ.get("HTTP_IF_NONE_MATCH", ""))
    except DomainError:
        return None


def request_of(path: str, query: str) -> TileRequest:
    """The request that an address makes; raises as `parse` and `layer_named` do."""
    found = PATH.match(path)
    layer = layer_named(found["layer"] if found else "")
    # The last of several wins, as in Django's QueryDict.
    return parse(path, dict(parse_qsl(query)), filtered=layer.filtered, dated=layer.dated)


def _session_of(header: str) -> str:
    return parse_cookie(header).get(settings.SESSION_COOKIE_NAME, "")


def _respond(
    found: serve.Answer, environ: "WSGIEnvironment", start: "StartResponse"
) -> Iterable[bytes]:
    headers = [*_HEADERS.items(), ("ETag", found.etag)]
    if found.body is None:
        start(_line(HTTPStatus.NOT_MODIFIED), headers)
        return []
    headers += [("Content-Type", serve.CONTENT_TYPE), ("Content-Length", str(len(found.body)))]
    start(_line(HTTPStatus.OK), headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [found.body]


def _line(status: HTTPStatus) -> str:
    return f"{status.value} {status.phrase}"
