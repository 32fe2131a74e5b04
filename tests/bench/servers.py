"""Web servers on loopback for a figure, and a client that costs little beside them."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
# As many processes for each side, so that only the code differs.
PROCESSES = 2
SCRIPT = Path(__file__).with_name("burst.lua")
_PATIENCE_S = 180


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

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def burst(
    port: int,
    paths: Sequence[str],
    *,
    seconds: int,
    clients: int = 4,
    headers: Mapping[str, str] | None = None,
    seed: int = 0,
) -> Load:
    """Random paths from `clients` kept-alive connections for `seconds`, by one thread of wrk.

    RuntimeError where an answer was an error, or none came.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as asked:
        asked.write("".join(f"{path}\n" for path in paths))
        asked.flush()
        # A first answer from a cold disk takes longer than the two seconds that wrk waits unasked.
        command = ["wrk", "--threads", "1", "--connections", str(clients), "--timeout", "30s"]
        command += ["--duration", f"{seconds}s", "--script", str(SCRIPT)]
        for name, value in (headers or {}).items():
            command += ["--header", f"{name}: {value}"]
        command += [f"http://{LOOPBACK}:{port}", "--", asked.name, str(seed)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    requests, took_us, size, refused, broken = map(int, said.split("RESULT")[1].split())
    if refused or broken or not requests:
        raise RuntimeError(f"of {requests} requests {refused} were refused, {broken} broke")
    return Load(requests, took_us / 1e6, size)
