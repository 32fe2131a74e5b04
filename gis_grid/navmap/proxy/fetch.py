"""Fetching a base map's tile from the host that the setting names, and from no other."""

import threading
import time
import urllib.error
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from gis_grid.core.outward import FAILURES, asked

# SVG is a document with scripts, no picture.
PICTURES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
}
MOST_BYTES = 2 * 1024 * 1024
# So many threads of a web process wait for base maps at most: the rest serve people.
_AT_ONCE = 3
_WAIT_FOR_TURN_S = 1.0
_FAILURES_TO_PAUSE, _PAUSE_S = 3, 30.0


class FetchError(Exception):
    """There is no picture to be had; the reason is for the log and holds no address."""


@dataclass(frozen=True)
class Picture:
    kind: str
    body: bytes


@dataclass
class _Host:
    """A host that failed several times running is left alone for a while."""

    failures: int = 0
    paused_until: float = 0.0


@dataclass
class Fetcher:
    """Fetches in turns, and gives a host that is away a rest."""

    _turns: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(_AT_ONCE)
    )
    _hosts: dict[str, _Host] = field(default_factory=dict)

    def fetch(self, template: str, z: int, x: int, y: int) -> Picture | None:
        """The picture, None where the host says that it has none (404), else FetchError."""
        name = urlsplit(template).netloc
        host = self._hosts.setdefault(name, _Host())
        if host.paused_until > time.monotonic():
            raise FetchError(f"{name} is given a rest after failing")
        if not self._turns.acquire(timeout=_WAIT_FOR_TURN_S):
            raise FetchError("too many base map tiles are being fetched")
        try:
            picture = _fetch(
                template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
            )
        except FetchError:
            host.failures += 1
            if host.failures >= _FAILURES_TO_PAUSE:
                host.failures, host.paused_until = 0, time.monotonic() + _PAUSE_S
            raise
        finally:
            self._turns.release()
        host.failures = 0
        return picture


def _fetch(address: str) -> Picture | None:
    parts = urlsplit(address)
    headers = {"User-Agent": "Mozilla/5.0 (compatible; gis-grid)", "Accept": "image/*"}
    until = time.monotonic() + settings.BASEMAP_TIMEOUT_S
    try:
        with asked(address, headers=headers, timeout_s=settings.BASEMAP_TIMEOUT_S) as answer:
            kind = answer.headers.get_content_type()
            if kind not in PICTURES:
                raise FetchError(f"{parts.netloc} sent {kind}, no picture")
            return Picture(kind, _read(answer, until))
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise FetchError(f"{parts.netloc} answered {error.code}") from None
    # The address may hold a key: the chained error is cut off with `from None`.
    except FAILURES as error:
        raise FetchError(f"{parts.netloc}: {type(error).__name__}") from None


def _read(answer: Any, until: float) -> bytes:
    """The body, within its limits: a drip of bytes is no way to hold a thread for ever."""
    parts, size = [], 0
    while chunk := answer.read1(65536):
        size += len(chunk)
        if size > MOST_BYTES:
            raise FetchError("the picture is too large")
        if time.monotonic() > until:
            raise FetchError("the picture takes too long")
        parts.append(chunk)
    return b"".join(parts)
