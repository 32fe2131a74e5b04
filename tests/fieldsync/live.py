"""A real server on the tests' database, and a client that speaks to it byte by byte."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from tests.bench.servers import LOOPBACK, free_port
from tests.config.test_bridge import granian
from tests.fieldsync.sending import BASE, PIECE, File

PATIENCE_S = 30


@dataclass
class Served:
    port: int
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """End the worker as a power cut would."""
        os.kill(self.worker(), signal.SIGKILL)

    def worker(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text("ascii").split()[-1])

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.02)


@contextmanager
def serving(media: Path) -> Iterator[Served]:
    """The site with one worker, its files in `media`."""
    name = connection.settings_dict["NAME"]
    url = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}"))
    env = {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "UPLOAD_MEDIA": str(media)}
    port = free_port()
    with granian("tests.fieldsync.upload_site:site", port, **env) as process:
        yield Served(port, process)


class Live:
    """Speaks tus to the server."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}

    def ask(
        self, method: str, url: str, content: bytes | None = None, **headers: str
    ) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection(LOOPBACK, self.port, timeout=PATIENCE_S)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, url, content, self.headers | given)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer

    def begin(self, file: File) -> str:
        answer = self.ask("POST", BASE, **file.announced())
        assert answer.status == 201
        return str(answer.headers["Location"])

    def offset(self, url: str) -> int:
        return int(self.ask("HEAD", url).headers["Upload-Offset"])

    def put(self, url: str, offset: int, content: bytes) -> int:
        given = {"upload_offset": str(offset), "content_type": PIECE}
        return self.ask("PATCH", url, content, **given).status

    def send(
        self, url: str, offset: int, content: bytes, *, length: int | None = None
    ) -> http.client.HTTPConnection:
        """Begin to send, of `length` bytes as is said, and wait for no answer."""
        line = http.client.HTTPConnection(LOOPBACK, self.port, timeout=PATIENCE_S)
        line.putrequest("PATCH", url)
        said = {"Content-Length": str(length or len(content)), "Content-Type": PIECE}
        for name, value in (self.headers | said | {"Upload-Offset": str(offset)}).items():
            line.putheader(name, value)
        line.endheaders(content)
        return line
