"""A small site behind the bridge, for granian to serve: it says what reached it."""

import asyncio
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis_grid.config.bridge import Bridge

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LONGEST_BODY = 3 << 20
CHUNK = b"0123456789abcdef" * 4096
CHUNKS = 2048


def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/long":
        start("200 OK", [("Content-Type", "text/plain")])
        return _long()
    body = environ["wsgi.input"].read()
    told: dict[str, Any] = {key: value for key, value in environ.items() if isinstance(value, str)}
    told["sha256"] = hashlib.sha256(body).hexdigest()
    _note("called")
    start("200 OK", [("Content-Type", "application/json"), ("X-Twice", "1"), ("X-Twice", "2")])
    return [json.dumps(told).encode()]


def _long() -> Iterator[bytes]:
    try:
        for _ in range(CHUNKS):
            yield CHUNK
    finally:
        _note("ended")


def _note(word: str) -> None:
    with Path(os.environ["BRIDGE_NOTES"]).open("a") as notes:
        notes.write(f"{word}\n")


class Site:
    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._bridge = Bridge(application, threads=2, longest_body=LONGEST_BODY)

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        await self._bridge(scope, proto)


site = Site()
