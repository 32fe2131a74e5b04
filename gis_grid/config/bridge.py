"""Django behind granian's RSGI: requests read whole before a thread is given to them, long
answers sent as fast as the reader takes them.

A body is read by the event loop, into memory or a temporary file, so that a slow sender holds
no thread. Only a piece of a file (tus) is handed on as far as it came: its sender asks how far that
was. An answer of many parts goes through a named pipe that granian reads: RSGI's own
stream would keep in memory whatever a slow reader has not taken yet.
"""

import asyncio
import contextlib
import errno
import fcntl
import io
import os
import select
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gis_grid.config import access_log
from gis_grid.config.live import Live
from gis_grid.core.live import LISTENER
from gis_grid.core.security import HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from granian._granian import RSGIHTTPProtocol as HTTPProtocol
    from granian.rsgi import Scope

_IN_MEMORY = 1 << 20
_AT_ONCE = 256 * 1024
_PIPE_SIZE = 1 << 20
_READER_COMES_S = 10.0
_READER_STALLS_S = 120.0
_LONG_BODIES_AT_ONCE = 8
_F_SETPIPE_SZ = 1031
_PIECE = "application/offset+octet-stream"

_NOT_OF_STREAMS = (LISTENER, "Content-Length")

Headers = list[tuple[str, str]]


class Bridge:
    """`application` (WSGI) for granian, in `threads` threads; bodies up to `longest_body` bytes.

    An answer with the header `X-Listener` goes no further: `live` keeps the page of the person
    that it names informed.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        *,
        threads: int,
        longest_body: int,
        live: Live | None = None,
    ) -> None:
        self._application = application
        self._live = live
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self._longest_body = longest_body
        self._long_bodies = asyncio.Semaphore(_LONG_BODIES_AT_ONCE)

    async def __call__(self, scope: "Scope", proto: "HTTPProtocol") -> None:
        began = time.monotonic()
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value
        try:
            status = await self._answer(scope, proto)
        finally:
            access_log.note(
                address=address_of(scope.client),
                method=scope.method,
                path=scope.path,
                status=status,
                began=began,
            )

    async def _answer(self, scope: "Scope", proto: "HTTPProtocol") -> int:
        length = scope.headers.get("content-length") or "0"
        # Of a body without a length nobody could tell whether it came whole.
        if "transfer-encoding" in scope.headers or not length.isdecimal():
            return _refuse(proto, HTTPStatus.LENGTH_REQUIRED)
        if int(length) > self._longest_body:
            return _refuse(proto, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        is_long = int(length) > _IN_MEMORY
        async with self._long_bodies if is_long else contextlib.nullcontext():
            body = await _read(proto) if int(length) else io.BytesIO()
        if body is None:
            return _refuse(proto, HTTPStatus.INSUFFICIENT_STORAGE)
        with body:
            come = body.tell()
            if come != int(length) and not _is_piece(scope):
                return _refuse(proto, HTTPStatus.BAD_REQUEST)
            body.seek(0)
            environ = environment(scope, body, come)
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._threads, self._run, environ, proto)
            return found if isinstance(found, int) else await found()

    def _run(
        self, environ: "WSGIEnvironment", proto: "HTTPProtocol"
    ) -> int | Callable[[], Awaitable[int]]:
        """The status of what was sent, or what remains to be done by the event loop."""
        started: list[Any] = []

        def start(status: str, headers: Headers, _error: object = None) -> Any:
            started[:] = [int(status[:3]), headers]
            return _no_write

        parts = self._application(environ, start)
        try:
            chunks = iter(parts)
            # A generator says its status with its first part.
            first = next(chunks, b"")
            status, headers = started
            person = dict(headers).get(LISTENER)
            if person is not None and self._live is not None:
                plain = [(n.lower(), v) for n, v in headers if n not in _NOT_OF_STREAMS]
                return partial(self._live.serve, proto, plain, int(person))
            self._send(proto, status, headers, environ["REQUEST_METHOD"], chain([first], chunks))
        finally:
            getattr(parts, "close", lambda: None)()
        return int(status)

    def _send(
        self,
        proto: "HTTPProtocol",
        status: int,
        headers: Headers,
        method: str,
        chunks: Iterator[bytes],
    ) -> None:
        headers = [(name.lower(), value) for name, value in headers]
        if method == "HEAD":
            proto.response_empty(status, headers)
            return
        begun = bytearray()
        for chunk in chunks:
            begun += chunk
            if len(begun) >= _AT_ONCE:
                self._send_through_pipe(proto, status, headers, chain([bytes(begun)], chunks))
                return
        proto.response_bytes(status, headers, bytes(begun))

    def _send_through_pipe(
        self, proto: "HTTPProtocol", status: int, headers: Headers, chunks: Iterable[bytes]
    ) -> None:
        with tempfile.TemporaryDirectory(prefix="gis_grid-") as folder:
            path = Path(folder, "answer")
            os.mkfifo(path, 0o600)
            proto.response_file(status, headers, str(path))
            pipe = _open_when_read(path)
        if pipe is None:
            return
        try:
            for chunk in chunks:
                if not _write(pipe, chunk):
                    return
        finally:
            os.close(pipe)


def environment(scope: "Scope", body: IO[bytes], length: int) -> "WSGIEnvironment":
    """The request as WSGI has it.

    Headers with an underscore in their name are left out: WSGI can't tell `X_Forwarded_For`,
    which a browser may send, from the proxy's own `X-Forwarded-For`.
    """
    server, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "CONTENT_LENGTH": str(length),
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": address_of(scope.client),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name or name == "content-length":
            continue
        key = name.upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        joint = "; " if name == "cookie" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    return environ


def address_of(client: str) -> str:
    """The address in `address:port`, without the brackets of IPv6."""
    return client.rpartition(":")[0].strip("[]")


def _refuse(proto: "HTTPProtocol", status: HTTPStatus) -> int:
    # Before any language is known; the connection ends, as the body has not been read.
    headers = [(name.lower(), value) for name, value in HEADERS.items()]
    headers += [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
    proto.response_str(status.value, headers, f"{status.phrase}\n")
    return status.value


def _is_piece(scope: "Scope") -> bool:
    """A piece of a file by tus, of which also the beginning is of use."""
    return scope.method == "PATCH" and scope.headers.get("content-type") == _PIECE


async def _read(proto: "HTTPProtocol") -> IO[bytes] | None:
    """The body as far as it came, positioned at its end; None where the disk has no room for it."""
    body = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 closed by who uses it
    try:
        async for chunk in proto:
            body.write(chunk)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        with contextlib.suppress(OSError):
            body.close()
        return None
    return body


def _open_when_read(path: Path) -> int | None:
    """The pipe's end for writing once somebody reads it; None where nobody comes."""
    until = time.monotonic() + _READER_COMES_S
    while time.monotonic() < until:
        try:
            pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.001)
            continue
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, _F_SETPIPE_SZ, _PIPE_SIZE)
        return pipe
    return None


def _write(pipe: int, chunk: bytes) -> bool:
    """Write all of `chunk`; False where the reader has gone or takes nothing for too long."""
    left = memoryview(chunk)
    while left:
        try:
            left = left[os.write(pipe, left) :]
        except BlockingIOError:
            if not select.select([], [pipe], [], _READER_STALLS_S)[1]:
                return False
        except BrokenPipeError:
            return False
    return True


def _no_write(_: bytes) -> None:
    raise NotImplementedError("answers are given as parts, not written")
