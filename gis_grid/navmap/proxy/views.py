"""`/basemap/…`: tiles of the configured base maps, and the file of one's own by ranges."""

import logging
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from gis_grid.core.errors import MissingError
from gis_grid.navmap.basemaps import Basemap, basemap_named
from gis_grid.navmap.proxy.fetch import Fetcher, FetchError, Picture
from gis_grid.navmap.proxy.store import Store
from gis_grid.navmap.tiles.tilemath import is_in_pyramid

logger = logging.getLogger(__name__)
fetcher = Fetcher()
_DAY_S = 86_400
_RETRY_S = 60
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})\Z")
_CHUNK = 1 << 18


def _empty_png() -> bytes:
    """One transparent pixel, for where there is no picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)
    pixel = zlib.compress(bytes(5))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


NOTHING = Picture("image/png", _empty_png())


@require_safe
def tile(request: HttpRequest, name: str, z: int, x: int, y: int) -> HttpResponse:
    """A picture of the base map; a transparent one where its host gives none."""
    found = basemap_named(name)
    return _tile(found, found.pictures, z, x, y)


@require_safe
def labels(request: HttpRequest, name: str, z: int, x: int, y: int) -> HttpResponse:
    """The names over `tile`, where the base map has them apart."""
    found = basemap_named(name)
    return _tile(found, found.labels, z, x, y)


def _tile(basemap: Basemap, template: str, z: int, x: int, y: int) -> HttpResponse:
    in_reach = is_in_pyramid(z, x, y) and basemap.min_zoom <= z <= basemap.max_zoom
    if not template or not in_reach:
        raise MissingError
    store = Store(
        Path(settings.BASEMAP_CACHE_DIR), settings.BASEMAP_CACHE_BYTES, settings.BASEMAP_CACHE_DAYS
    )
    address = f"{template}\n{z}/{x}/{y}"
    picture = store.get(address)
    if picture is None:
        try:
            picture = fetcher.fetch(template, z, x, y)
        except FetchError as error:
            logger.warning("base map %s: %s", basemap.id, error)
            return _answer(NOTHING, _RETRY_S)
        picture = picture or NOTHING
        store.put(address, picture)
    return _answer(picture, _DAY_S)


def _answer(picture: Picture, seconds: int) -> HttpResponse:
    response = HttpResponse(picture.body, content_type=picture.kind)
    response["Cache-Control"] = f"private, max-age={seconds}"
    return response


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A PMTiles file, whole or one range of its bytes."""
    path = basemap_named(name).file
    if path is None or not path.is_file():
        raise MissingError
    state = path.stat()
    etag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
    span = _span(request.headers.get("Range", ""), state.st_size)
    if span is None:
        response: HttpResponseBase = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{state.st_size}"
        return response
    first, last = span
    is_part = "Range" in request.headers
    response = StreamingHttpResponse(
        _bytes(path, first, last - first + 1),
        status=206 if is_part else 200,
        content_type="application/vnd.pmtiles",
    )
    if is_part:
        response["Content-Range"] = f"bytes {first}-{last}/{state.st_size}"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(state.st_mtime)
    response["Cache-Control"] = "private, no-cache"
    return response


def _span(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that are asked for; None where there are no such bytes."""
    if not header:
        return 0, size - 1
    found = _RANGE.match(header)
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        begin, end = max(size - int(last), 0), size - 1
    else:
        begin, end = int(first), min(int(last or size), size - 1)
    return (begin, end) if begin <= end else None


def _bytes(path: Path, first: int, count: int) -> Iterator[bytes]:
    with path.open("rb") as opened:
        opened.seek(first)
        while count > 0 and (chunk := opened.read(min(count, _CHUNK))):
            count -= len(chunk)
            yield chunk
