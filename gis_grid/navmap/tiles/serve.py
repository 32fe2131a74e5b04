"""One tile for one viewer: ETag, cache, query.

One round trip does it all: the statement reads the data versions first and computes the
tile only where the version is not the one that the client (or the cache) already has.
"""

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from gis_grid.navmap.layers import TileLayer, layer_named
from gis_grid.navmap.tiles import counts, pool, prepared
from gis_grid.navmap.tiles.arrays import text_array
from gis_grid.navmap.tiles.params import TileRequest
from gis_grid.navmap.tiles.queries import tile_params
from gis_grid.navmap.tiles.viewer import Viewer
from gis_grid.territory.services.versions import WELFARE

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
HEADERS = {
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie",
    "X-Content-Type-Options": "nosniff",
}
# How long a personal tile is good without any change: what falls due meanwhile shows this late.
PERSONAL_S = 300
# Raise it where the same data shall yield other bytes.
_FORM = 1
_ETAG = re.compile(r'(?:W/)?"(\d{1,19})-([0-9a-f]{32})"')

_STATEMENT = """
SELECT version, stale,
    CASE WHEN version = ANY(%(known)s::bigint[]) OR stale <> '' THEN NULL ELSE {tile} END
FROM (
    SELECT coalesce(sum(v.version), 0)::bigint AS version, {stale} AS stale
    FROM territory_dataversion v {counted}
    WHERE v.layer = ANY(%(versions)s)
        AND (v.town_prefix LIKE ANY(%(towns)s) OR v.town_prefix = ANY(%(above)s))
        AND (v.layer <> '{welfare}' OR v.town_prefix LIKE ANY(%(welfare_towns)s)
            OR v.town_prefix = ANY(%(welfare_above)s))
) state
"""
# Towns whose households have changed since they were counted, or were counted another day.
_COUNTED = "LEFT JOIN navmap_countedtown c ON c.town_prefix = v.town_prefix"
_STALE = """coalesce(string_agg(v.town_prefix, ',') FILTER (WHERE v.layer = 'households'
        AND (c.version IS DISTINCT FROM v.version OR c.day <> %(day)s)), '')"""


@dataclass(frozen=True)
class Answer:
    """`body` None means that the client's own copy is still right (304)."""

    etag: str
    body: bytes | None


class TileCache:
    """Bytes of tiles by digest, the least lately used dropped first; bounded in bytes.

    The digest holds the viewer's whole sight, so that a tile is shared only by people who
    see the same.
    """

    def __init__(self, size: Callable[[], int]) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._tiles: OrderedDict[str, tuple[int, bytes]] = OrderedDict()
        self._bytes = 0

    def get(self, digest: str) -> tuple[int, bytes] | None:
        """(version, bytes) as they were last computed."""
        with self._lock:
            found = self._tiles.get(digest)
            if found is not None:
                self._tiles.move_to_end(digest)
            return found

    def put(self, digest: str, version: int, body: bytes) -> None:
        with self._lock:
            old = self._tiles.pop(digest, None)
            self._bytes += len(body) - (len(old[1]) if old else 0)
            self._tiles[digest] = (version, body)
            while self._bytes > self._size() and self._tiles:
                _, (_, dropped) = self._tiles.popitem(last=False)
                self._bytes -= len(dropped)

    def clear(self) -> None:
        with self._lock:
            self._tiles.clear()
            self._bytes = 0


Row = list[bytes | None]

cache = TileCache(lambda: int(settings.TILE_CACHE_BYTES))


def digest_of(viewer: Viewer, request: TileRequest) -> str:
    layer = layer_named(request.layer)
    whose: tuple[int, ...] = ()
    if layer.personal:
        whose = (viewer.user.pk, int(time.time() // PERSONAL_S))
    seen = [viewer.user.scope(permission).prefixes for permission in layer.sees]
    text = repr((_FORM, request, viewer.fingerprint, *seen, *whose))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Question:
    """What the database is asked for one tile; its row becomes the answer."""

    text: str
    params: dict[str, Any]
    digest: str
    held: set[int]
    kept: tuple[int, bytes] | None

    def answer(self, version: int, body: bytes | None) -> Answer:
        """The tile, kept for the next who asks; `body` None where the version was known."""
        etag = f'"{version}-{self.digest}"'
        if version in self.held:
            return Answer(etag, None)
        if body is None and self.kept:
            return Answer(etag, self.kept[1])
        body = body or b""
        cache.put(self.digest, version, body)
        return Answer(etag, body)


def question(viewer: Viewer, request: TileRequest, if_none_match: str = "") -> Answer | Question:
    """What to ask for a tile as this viewer sees it, or the answer where nothing need be asked.

    A tile out of scope is an empty one, like any empty. InputError for a filter that can't be.
    """
    layer = layer_named(request.layer)
    digest = digest_of(viewer, request)
    if request.z < layer.min_zoom:
        return Answer(f'"0-{digest}"', b"")
    found = _ETAG.findall(if_none_match) if if_none_match else ()
    held = {int(version) for version, whose in found if whose == digest}
    kept = cache.get(digest)
    known = held | {kept[0]} if kept else held
    text, lasting = _drawing(viewer, request, layer)
    params = tile_params(viewer, request) | lasting
    params["known"] = f"{{{','.join(map(str, sorted(known)))}}}"
    return Question(text, params, digest, held, kept)


def answer(viewer: Viewer, request: TileRequest, if_none_match: str = "") -> Answer:
    """The tile; BusyError where the database is too busy, else as `question`."""
    asked = question(viewer, request, if_none_match)
    if isinstance(asked, Answer):
        return asked
    with pool.borrow() as connection:
        while True:
            version, stale, body = read_row(
                prepared.fetch_row(connection, asked.text, asked.params)
            )
            if not stale:
                return asked.answer(version, body)
            counts.refresh(connection, stale, viewer.day)


def _drawing(viewer: Viewer, request: TileRequest, layer: TileLayer) -> tuple[str, dict[str, Any]]:
    """The whole statement, and those of its parameters that each tile of a zoom shares.

    Kept with the viewer: to put it together takes as long as to run it near by.
    """
    key = (layer.name, request.z, request.at, request.households, request.incidents)
    found = viewer.drawings.get(key)
    if found is None:
        statement = layer.statement(viewer, request)
        text = _STATEMENT.format(
            welfare=WELFARE,
            tile=statement.sql,
            stale=_STALE if layer.counted else "''",
            counted=_COUNTED if layer.counted else "",
        )
        params = viewer.params | statement.params | {"versions": text_array(*layer.versions)}
        found = (text, params)
        # Any second of the past may be asked for, once.
        if request.at is None:
            viewer.drawings[key] = found
    return found


def read_row(row: Row) -> tuple[int, list[str], bytes | None]:
    """(version, towns to be counted anew first, bytes); no bytes where the version was known."""
    version, stale, body = row
    return int.from_bytes(version or b"", "big"), stale.decode().split(",") if stale else [], body
