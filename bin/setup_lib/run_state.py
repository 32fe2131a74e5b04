"""What runs in this checkout: a lock that says whether, and a record that says what."""

import fcntl
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from setup_lib import cluster, database
from setup_lib.layout import Layout
from setup_lib.messages import SetupError, say
from setup_lib.processes import ProcessId, end_group, wait_until_dead

STOP_PATIENCE_S = 15.0


@dataclass
class RunState:
    """The supervisor, its port, the services it started, whether the cluster is its own, whether
    all answers.
    """

    supervisor: ProcessId
    port: int
    services: dict[str, ProcessId] = field(default_factory=dict)
    owns_cluster: bool = False
    is_ready: bool = False

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}/"


def state_file(layout: Layout) -> Path:
    """The record itself."""
    return layout.run_state / "state.json"


def save(layout: Layout, state: RunState) -> None:
    """Write the record in one step."""
    layout.run_state.mkdir(parents=True, exist_ok=True)
    fresh = state_file(layout).with_suffix(".new")
    fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
    fresh.replace(state_file(layout))


def load(layout: Layout) -> RunState | None:
    """The record, or None if there is none that can be read (a cut-off one is as good as none)."""
    try:
        raw = json.loads(state_file(layout).read_text(encoding="utf-8"))
        return RunState(
            supervisor=ProcessId(**raw["supervisor"]),
            port=int(raw["port"]),
            services={
                name: ProcessId(**process)
                for name, process in dict[str, Mapping[str, str]](raw["services"]).items()
            },
            owns_cluster=bool(raw["owns_cluster"]),
            is_ready=bool(raw["is_ready"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget(layout: Layout) -> None:
    """Remove the record."""
    state_file(layout).unlink(missing_ok=True)


def running(layout: Layout) -> RunState | None:
    """The record of a `bin/run` that is really there."""
    state = load(layout)
    return state if state is not None and state.supervisor.is_alive() else None


def take_lock(layout: Layout) -> IO[str]:
    """The lock of this checkout's `bin/run`, held as long as the file is open. Raises SetupError if
    it is taken.
    """
    layout.run_state.mkdir(parents=True, exist_ok=True)
    lock = (layout.run_state / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        state = running(layout)
        is_up = state is not None and state.is_ready
        where = f"at {state.address}" if state and is_up else "and is still setting up"
        raise SetupError(
            f"Gis Grid already runs from this folder, {where}.",
            "To stop it: bin/run stop",
            zh="系统已在运行。停止请用：bin/run stop",
        ) from None
    return lock


def clear_orphans(layout: Layout) -> bool:
    """End what a killed `bin/run` left behind, by the record alone. Returns whether its cluster is
    to be taken over.
    """
    state = load(layout)
    if state is None:
        forget(layout)
        return False
    left = {name: process for name, process in state.services.items() if process.is_alive()}
    if left:
        say(
            f"· An earlier run was killed; ending what it left: {', '.join(left)}",
            "正在结束上次遗留的进程。",
        )
    for process in left.values():
        end_group(process, patience_s=STOP_PATIENCE_S)
    forget(layout)
    return state.owns_cluster and database.for_run(layout).cluster.running_port() is not None


def stop(layout: Layout) -> int:
    """`bin/run stop`: end the supervisor, or what is left of one. The exit status is 0 if nothing
    runs afterwards.
    """
    state = running(layout)
    if state is not None:
        if not end_supervisor(state):
            raise SetupError(
                f"The process {state.supervisor.pid} does not end.",
                f"Its log is in {layout.logs}; run bin/run stop again.",
            )
        say("Stopped.", "已停止。")
        return 0
    had_record = load(layout) is not None
    if clear_orphans(layout):
        cluster.stop(database.for_run(layout).cluster)
    say(
        "Stopped what was left of an earlier run."
        if had_record
        else "Nothing runs from this folder.",
        "没有正在运行的服务。",
    )
    return 0


def end_supervisor(state: RunState) -> bool:
    """Ask the supervisor to end in order (services, then cluster) and wait."""
    try:
        os.kill(state.supervisor.pid, signal.SIGTERM)
    except ProcessLookupError:
        return True
    return wait_until_dead(state.supervisor, 4 * STOP_PATIENCE_S)
