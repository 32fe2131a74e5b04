"""A process is known by its number and its start; ports are looked at before they are promised."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from setup_lib.processes import (
    LOOPBACK,
    ProcessId,
    end_group,
    free_port,
    is_port_free,
    wait_until_dead,
)

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
IGNORING = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""
STUBBORN = [sys.executable, "-c", IGNORING]


def identity_of(process: "subprocess.Popen[bytes]") -> ProcessId:
    identity = ProcessId.of(process.pid)
    assert identity is not None
    return identity


def test_a_process_is_alive_until_it_ends() -> None:
    with subprocess.Popen(SLEEP) as process:
        identity = identity_of(process)
        assert identity.is_alive()
        process.kill()
    assert not identity.is_alive()


def test_a_zombie_is_dead() -> None:
    with subprocess.Popen(SLEEP) as process:
        identity = identity_of(process)
        process.kill()
        assert wait_until_dead(identity, 5)


def test_the_same_number_with_another_start_is_somebody_else() -> None:
    own = ProcessId.of(os.getpid())
    assert own is not None
    earlier = ProcessId(own.pid, "some-boot:1")
    assert not earlier.is_alive()
    # Would end this very test if it went by the number alone.
    end_group(earlier, patience_s=1)
    assert own.is_alive()


def test_a_group_is_asked_to_end() -> None:
    with subprocess.Popen(SLEEP, start_new_session=True) as process:
        end_group(identity_of(process), patience_s=5)
        assert process.wait() == -signal.SIGTERM


def test_a_group_that_does_not_listen_is_made_to_end() -> None:
    with subprocess.Popen(STUBBORN, start_new_session=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        began = time.monotonic()
        end_group(identity_of(process), patience_s=0.3)
        assert process.wait() == -signal.SIGKILL
        assert time.monotonic() - began < 5


def test_a_name_with_brackets_does_not_confuse(tmp_path: Path) -> None:
    odd = tmp_path / "a) S 1 (b"
    odd.symlink_to(sys.executable)
    with subprocess.Popen([odd, "-c", "import time; time.sleep(60)"]) as process:
        assert identity_of(process).is_alive()
        process.kill()


def test_a_port_is_free_until_somebody_listens() -> None:
    port = free_port()
    assert is_port_free(port)
    with socket.create_server((LOOPBACK, port)):
        assert not is_port_free(port)
