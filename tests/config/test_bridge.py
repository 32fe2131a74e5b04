"""Requests reach the application whole or not at all; long answers wait for their reader."""

import asyncio
import contextlib
import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import pytest

from gis_grid.config.bridge import Bridge
from tests.bench.servers import LOOPBACK, free_port
from tests.config.bridge_site import CHUNK, CHUNKS, LONGEST_BODY

PATIENCE_S = 60


class Served:
    def __init__(self, port: int, process: "subprocess.Popen[bytes]", notes: Path) -> None:
        self.port, self.process, self._notes = port, process, notes

    @property
    def notes(self) -> list[str]:
        return self._notes.read_text().split() if self._notes.exists() else []

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Any = ()
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=PATIENCE_S)
        connection.putrequest(method, path)
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        return connection.getresponse()

    def megabytes(self) -> float:
        """What the worker holds in memory."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        worker = children.read_text("ascii").split()[-1]
        pages = int(Path(f"/proc/{worker}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bridge") / "notes"


@contextlib.contextmanager
def granian(site: str, port: int, **env: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A server with one worker, once it answers."""
    command = [str(Path(sys.executable).parent / "granian"), site, "--port", str(port)]
    command += ["--interface", "rsgi", "--loop", "uvloop", "--host", LOOPBACK]
    command += ["--http", "1", "--no-ws", "--workers", "1"]
    with subprocess.Popen(command, env=os.environ | env, stdout=subprocess.DEVNULL) as server:  # noqa: S603 our own
        try:
            _wait_until(lambda: _answers(port))
            yield server
        finally:
            server.terminate()
            server.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def process(notes: Path) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    port = free_port()
    with granian("tests.config.bridge_site:site", port, BRIDGE_NOTES=str(notes)) as server:
        yield port, server


@pytest.fixture
def served(process: Any, notes: Path) -> Served:
    notes.unlink(missing_ok=True)
    return Served(*process, notes)


def _answers(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), 1).close()
    except OSError:
        return False
    return True


def _wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_request_arrives_as_it_was_sent(served: Served) -> None:
    body = os.urandom(2 << 20)
    answer = served.ask("POST", "/%E6%9D%91?q=%E6%9D%91", body, [("Content-Type", "a/b")])
    told = json.load(answer)
    assert told["sha256"] == hashlib.sha256(body).hexdigest()
    assert told["PATH_INFO"].encode("latin-1").decode() == "/村"
    assert told["QUERY_STRING"] == "q=%E6%9D%91"
    assert (told["CONTENT_TYPE"], told["REMOTE_ADDR"]) == ("a/b", LOOPBACK)
    assert answer.headers.get_all("X-Twice") == ["1", "2"]


def test_headers_that_could_pass_for_the_proxys_are_left_out(served: Served) -> None:
    sent = [("X_Forwarded_For", "203.0.113.9"), ("X-Forwarded-For", "198.51.100.7")]
    told = json.load(served.ask("GET", "/", headers=sent))
    assert told["HTTP_X_FORWARDED_FOR"] == "198.51.100.7"
    assert "HTTP_X_FORWARDED_FOR" not in json.load(served.ask("GET", "/", headers=sent[:1]))


def test_headers_sent_twice_are_one_with_both(served: Served) -> None:
    sent = [("Cookie", "a=1"), ("Cookie", "b=2"), ("Accept", "x/y"), ("Accept", "y/z")]
    told = json.load(served.ask("GET", "/", headers=sent))
    assert told["HTTP_COOKIE"] == "a=1; b=2"
    assert told["HTTP_ACCEPT"] == "x/y,y/z"


def test_the_application_sees_no_variable_of_the_process(served: Served) -> None:
    told = json.load(served.ask("GET", "/"))
    assert not {"BRIDGE_NOTES", "PATH", "DATABASE_URL"} & told.keys()


def test_a_body_that_is_too_long_is_refused_unread(served: Served) -> None:
    answer = served.ask("POST", "/", headers=[("Content-Length", str(LONGEST_BODY + 1))])
    assert answer.status == 413
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert served.notes == []


def test_a_body_without_a_length_is_refused(served: Served) -> None:
    answer = served.ask("POST", "/", headers=[("Transfer-Encoding", "chunked")])
    assert answer.status == 411
    assert served.notes == []


@pytest.mark.parametrize("length", [100, 2 << 20])
def test_a_body_that_breaks_off_reaches_nobody(served: Served, length: int) -> None:
    with socket.create_connection((LOOPBACK, served.port)) as line:
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        line.sendall(head.encode() + b"x" * (length - 1))
        time.sleep(0.3)
    assert served.ask("GET", "/long").status == 200
    assert "called" not in served.notes


def test_a_piece_of_a_file_that_breaks_off_arrives_as_far_as_it_came(served: Served) -> None:
    for kind in (b"text/plain", b"application/offset+octet-stream"):
        with socket.create_connection((LOOPBACK, served.port), PATIENCE_S) as line:
            head = b"PATCH / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nContent-Type: %s\r\n\r\n"
            line.sendall(head % kind + b"half")
            time.sleep(0.3)
        assert served.ask("HEAD", "/long").status == 200
        if kind == b"text/plain":
            assert "called" not in served.notes
    _wait_until(lambda: "called" in served.notes)


def test_a_body_that_the_disk_has_no_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_size: int) -> IO[bytes]:
        """The kernel's own: whoever writes there is told that there is no room."""
        return os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb", buffering=0)

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", full)
    said: list[int] = []

    class Proto:
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"0123456789"

        def response_str(self, status: int, headers: Any, text: str) -> None:
            said.append(status)

    scope = SimpleNamespace(
        method="PATCH", path="/", client="192.0.2.1:9", headers={"content-length": "10"}
    )
    bridge = Bridge(lambda environ, start: [], threads=1, longest_body=100)
    asked: Any = (scope, Proto())
    asyncio.run(bridge(*asked))
    assert said == [507]


def test_slow_senders_hold_no_thread(served: Served) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nslow"
    lines = [socket.create_connection((LOOPBACK, served.port)) for _ in range(5)]
    try:
        for line in lines:
            line.sendall(head)
        assert served.ask("GET", "/").status == 200
    finally:
        for line in lines:
            line.close()


def test_a_long_answer_comes_whole_and_is_not_kept_in_memory(served: Served) -> None:
    before = served.megabytes()
    answer = served.ask("GET", "/long")
    # Nobody reads: 128 MB wait for us where they come from.
    time.sleep(1)
    assert served.megabytes() < before + 40
    digest, size = hashlib.sha256(), 0
    while chunk := answer.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    assert size == len(CHUNK) * CHUNKS
    assert digest.hexdigest() == hashlib.sha256(CHUNK * CHUNKS).hexdigest()
    _wait_until(lambda: served.notes == ["ended"])


def test_a_reader_who_leaves_ends_the_answer(served: Served) -> None:
    answer = served.ask("GET", "/long")
    answer.read(1000)
    answer.close()
    _wait_until(lambda: served.notes == ["ended"])


def test_a_head_request_has_no_body(served: Served) -> None:
    answer = served.ask("HEAD", "/")
    assert (answer.status, answer.read()) == (200, b"")
