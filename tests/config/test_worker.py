"""The web server as `bin/run` starts it: workers end with it, the log keeps no queries."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from setup_lib.processes import ProcessId, wait_until_dead

from tests.bench.servers import answers, ours

PATIENCE_S = 60


@pytest.fixture
def web() -> Iterator["subprocess.Popen[bytes]"]:
    command, port = ours()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 our own
    try:
        answers(port, "/tiles/grids/0/0/0.mvt", process)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE_S)


def _workers(process: "subprocess.Popen[bytes]") -> list[ProcessId]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
    found = [ProcessId.of(int(child)) for child in children]
    return [worker for worker in found if worker is not None]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_master(web: "subprocess.Popen[bytes]", number: int) -> None:
    workers = _workers(web)
    assert len(workers) == 2
    web.send_signal(number)
    web.wait(PATIENCE_S)
    assert all(wait_until_dead(worker, PATIENCE_S) for worker in workers)


def test_a_worker_that_dies_is_replaced(web: "subprocess.Popen[bytes]") -> None:
    first, second = _workers(web)
    os.kill(first.pid, signal.SIGKILL)
    until = time.monotonic() + PATIENCE_S
    while len(found := _workers(web)) < 2 or first in found:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert second in found
    # Also one that has hardly begun.
    web.kill()
    web.wait(PATIENCE_S)
    assert all(wait_until_dead(worker, PATIENCE_S) for worker in found)
