"""Processes and ports. A process is named by its id and its start: an id alone is given again to
others.
"""

import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
POLL_S = 0.05


@dataclass(frozen=True)
class ProcessId:
    """A process that cannot be mistaken for a later one with the same number (nor after a
    reboot).
    """

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "ProcessId | None":
        """The process that has this number now; None if there is none or it is a zombie."""
        try:
            status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except OSError:
            return None
        # The name in brackets may itself hold brackets and spaces: count from the last one.
        fields = status.rpartition(")")[2].split()
        state, start_ticks = fields[0], fields[19]
        return None if state in "ZX" else cls(pid, f"{boot}:{start_ticks}")

    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        return ProcessId.of(self.pid) == self


def end_group(leader: ProcessId, *, patience_s: float) -> None:
    """Ask the process group led by `leader` to end, and after `patience_s` make it. A dead leader
    is left alone.
    """
    if not leader.is_alive():
        return
    os.kill(leader.pid, signal.SIGTERM)
    if wait_until_dead(leader, patience_s):
        return
    os.killpg(leader.pid, signal.SIGKILL)
    wait_until_dead(leader, patience_s)


def wait_until_dead(process: ProcessId, patience_s: float) -> bool:
    """Whether the process ended within the time given."""
    until = time.monotonic() + patience_s
    while process.is_alive():
        if time.monotonic() > until:
            return False
        time.sleep(POLL_S)
    return True


def free_port() -> int:
    """A loopback port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def is_port_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        # As servers do: connections of an earlier one that are still closing are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
