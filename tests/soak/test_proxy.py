"""The bad line does to a request what it says."""

import http.client
import http.server
import json
import threading
import time
from collections.abc import Iterator

import pytest

from tests.soak import proxy as proxies
from tests.soak.proxy import Proxy

ANSWER = json.dumps({"receipts": ["x" * 200]}).encode()


class Server(http.server.ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[bytes] = []


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) == length:
            self.server.bodies.append(body)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_about: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def ask(server: Server, fault: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The answer through a line that does always the same."""
    monkeypatch.setattr(proxies, "FAULTS", {fault: 1000})
    monkeypatch.setattr(proxies, "_LATE_S", (0.1, 0.2))
    line = Proxy(server.server_address[1], seed=1)
    connection = http.client.HTTPConnection("127.0.0.1", line.start(), timeout=10)
    try:
        connection.request("POST", "/api/v1/sync/push", b"all of it")
        return connection.getresponse().read()
    finally:
        time.sleep(0.5 if fault == "late" else 0)
        line.stop()


@pytest.mark.parametrize("fault", ["none", "delay", "hold"])
def test_what_passes_is_whole(server: Server, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    assert ask(server, fault, monkeypatch) == ANSWER
    assert server.bodies == [b"all of it"]


@pytest.mark.parametrize("fault", ["double", "double_at_once"])
def test_what_is_doubled_arrives_twice(
    server: Server, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    assert ask(server, fault, monkeypatch) == ANSWER
    assert server.bodies == [b"all of it"] * 2


@pytest.mark.parametrize(
    ("fault", "arrived"), [("drop_before", 0), ("drop_after", 1), ("late", 1), ("cut_request", 0)]
)
def test_a_cut_tells_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch, fault: str, arrived: int
) -> None:
    with pytest.raises((OSError, http.client.HTTPException)):
        ask(server, fault, monkeypatch)
    assert len(server.bodies) == arrived


def test_half_an_answer_is_no_answer(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises((OSError, http.client.HTTPException)):
        ask(server, "cut_answer", monkeypatch)
    assert len(ask(server, "short_answer", monkeypatch)) < len(ANSWER)


def test_another_may_answer(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(server, "portal", monkeypatch) == proxies.PORTAL
    assert server.bodies == []
