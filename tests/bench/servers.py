"""Web servers on loopback for a figure, and a client that costs little beside them."""

import http.client
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
# As many processes for each side, so that only the code differs.
PROCESSES = 2
_PATIENCE_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(command: Sequence[str], port: int, env: Mapping[str, str], ready: str) -> Iterator[int]:
    """Run a server until the block ends; `ready` is a path that answers once it is up."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env={**os.environ, **env}, stdout=quiet, stderr=quiet) as it:
        try:
            answers(port, ready, it)
            yield port
        finally:
            it.terminate()
            it.wait(_PATIENCE_S)


def answers(port: int, ready: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until `ready` is answered, with whatever status; RuntimeError where it is not."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
            connection.request("GET", ready)
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not answer")


def ours() -> tuple[list[str], int]:
    """Gis Grid, started as bin/run starts it."""
    from setup_lib.supervisor import web_arguments

    port = free_port()
    return [str(Path(sys.executable).parent / "granian"), *web_arguments(port)], port


def tipg() -> tuple[list[str], int]:
    """tipg under uvicorn with uvloop and httptools, its fastest."""
    port = free_port()
    program = str(Path(sys.executable).parent / "uvicorn")
    return [
        *(program, "tipg.main:app", "--host", LOOPBACK, "--port", str(port)),
        *("--workers", str(PROCESSES), "--loop", "uvloop", "--http", "httptools"),
    ], port


@dataclass(frozen=True)
class Load:
    """What a burst of requests came to."""

    requests: int
    seconds: float
    bytes: int
    statuses: frozenset[int]

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def burst(
    port: int,
    paths: Sequence[str],
    *,
    seconds: float,
    clients: int = 4,
    headers: Mapping[str, str] | None = None,
    seed: int = 0,
) -> Load:
    """Random paths from `clients` kept-alive connections for `seconds`."""
    head = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    asked = [
        f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\n{head}\r\n".encode("latin-1") for path in paths
    ]
    done: list[tuple[int, int, set[int]]] = []
    began = time.perf_counter()
    threads = [
        threading.Thread(
            target=lambda n=number: done.append(
                _ask(port, asked, began + seconds, random.Random(seed * 1000 + n))
            )
        )
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if len(done) != clients:
        raise RuntimeError("a client of the burst failed")
    statuses = frozenset(status for _, _, seen in done for status in seen)
    return Load(sum(n for n, _, _ in done), took, sum(b for _, b, _ in done), statuses)


def _ask(
    port: int, asked: Sequence[bytes], until: float, rng: random.Random
) -> tuple[int, int, set[int]]:
    count, size, statuses = 0, 0, set()
    with socket.create_connection((LOOPBACK, port), timeout=60) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        rest = b""
        while time.perf_counter() < until:
            line.sendall(rng.choice(asked))
            status, length, rest = _answer(line, rest)
            count, size = count + 1, size + length
            statuses.add(status)
    return count, size, statuses


def _answer(line: socket.socket, rest: bytes) -> tuple[int, int, bytes]:
    """(status, body length, what came after it); bodies have a Content-Length."""
    data = rest
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _some(line)
    head = data[:end].lower()
    status = int(head[9:12])
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 and status != 304 else 0
    body = len(data) - end - 4
    while body < length:
        chunk = _some(line)
        body += len(chunk)
        data = chunk
    return status, length, data[len(data) - (body - length) :] if body > length else b""


def _some(line: socket.socket) -> bytes:
    chunk = line.recv(1 << 18)
    if not chunk:
        raise ConnectionError("the server closed the line")
    return chunk
