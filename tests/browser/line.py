"""The thin line between a tablet and the server: it can be cut, slowed, or bring other words.

An HTTP proxy on the loopback; what it does is plain to the service worker, too, which a browser's
own "offline" switch does not reach.
"""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}
Change = Callable[[bytes], bytes]


class Line:
    """What the line does now, and what has come through it."""

    def __init__(self, target: str) -> None:
        self.host = urlsplit(target).netloc
        self.is_cut = False
        # Path → what becomes of the body of its answer.
        self.changed: dict[str, Change] = {}
        # Path → what is answered in the server's stead.
        self.given: dict[str, bytes] = {}
        # Path → what becomes of the body that is sent there.
        self.sent: dict[str, Change] = {}
        # Beginnings of paths whose answers are lost on the way back, once each.
        self.lost: list[str] = []
        self.seen: list[tuple[str, str]] = []
        self.url = ""

    def fetch(self, path: str) -> bytes:
        """What the server has there, past the line."""
        onward = http.client.HTTPConnection(self.host, timeout=60)
        onward.request("GET", path)
        content = onward.getresponse().read()
        onward.close()
        return content

    def asked(self, method: str, begin: str) -> int:
        """How often such a request has come through."""
        return sum(1 for m, path in self.seen if m == method and path.startswith(begin))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: Line

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.line.is_cut:
            self.close_connection = True
            self.connection.close()
            return
        self.line.seen.append((self.command, self.path))
        if (given := self.line.given.get(urlsplit(self.path).path)) is not None:
            self.send_response(200)
            self._body(given)
            return
        change = self.line.sent.get(urlsplit(self.path).path)
        body = change(body) if change else body
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        # As the browser sees it, or the server would take its addresses for another's.
        headers["Host"] = self.headers["Host"]
        headers["Accept-Encoding"] = "identity"
        onward = http.client.HTTPConnection(self.line.host, timeout=60)
        try:
            onward.request(self.command, self.path, body, headers)
            answer = onward.getresponse()
            content = answer.read()
        except OSError:
            self.connection.close()
            return
        finally:
            onward.close()
        self._answer(answer, content)

    def _answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        for begin in list(self.line.lost):
            if self.path.startswith(begin):
                self.line.lost.remove(begin)
                self.close_connection = True
                self.connection.close()
                return
        change = self.line.changed.get(urlsplit(self.path).path)
        content = change(content) if change else content
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                self.send_header(name, value)
        self._body(content)

    def _body(self, content: bytes) -> None:
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            with suppress(OSError):
                self.wfile.write(content)


# What is asked for by whatever method goes the same way.
for _method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    setattr(_Handler, f"do_{_method}", _Handler._pass)


@contextmanager
def line_to(target: str) -> Iterator[Line]:
    """A line to a running server, until the block ends."""
    line = Line(target)
    handler = type("Handler", (_Handler,), {"line": line})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    line.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
