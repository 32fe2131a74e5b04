"""`bin/run`: from a bare machine, or from yesterday's, to the address of a running Gis Grid."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from setup_lib import (
    application,
    cluster,
    database,
    disk,
    fonts,
    node,
    run_state,
    supervisor,
    system,
    translations,
    vendor,
    venv,
)
from setup_lib.layout import Layout
from setup_lib.messages import SetupError, say
from setup_lib.processes import is_port_free
from setup_lib.run_state import RunState
from setup_lib.supervisor import Supervisor

DEFAULT_PORT = 8000
RELAY_EVERY_S = 0.1
NOT_RUNNING = 3


def main(layout: Layout, arguments: Sequence[str]) -> int:
    """Do what the arguments say; returns the exit status."""
    options = parse(arguments)
    if options.action == "stop":
        return run_state.stop(layout)
    if options.action == "status":
        return status(layout)
    if options.no_install:
        # Whoever asks what is missing is told so even while another bin/run holds the lock.
        prepare_machine(layout, may_install=False)
    return start_detached(layout, options) if options.detach else start(layout, options)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="bin/run",
        description=(
            "Sets up and runs Gis Grid; Ctrl-C stops all that it started. "
            "安装并启动系统，按 Ctrl-C 停止。"
        ),
    )
    parser.add_argument(
        "action",
        nargs="?",
        choices=("start", "stop", "status"),
        default="start",
        help=(
            "start (if nothing is said), stop what runs from this folder, or tell whether "
            "something does"
        ),
    )
    parser.add_argument(
        "--port",
        type=port_number,
        default=DEFAULT_PORT,
        help="port of the pages (default: %(default)s) 端口",
    )
    parser.add_argument(
        "--detach", action="store_true", help="go on in the background once it runs 后台运行"
    )
    parser.add_argument(
        "--no-install",
        action="store_true",
        help="install no system packages, only say which are missing 不安装系统软件",
    )
    parser.add_argument("--in-background", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def port_number(text: str) -> int:
    """A port from the command line."""
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port lies between 1 and 65535")
    return port


def status(layout: Layout) -> int:
    """`bin/run status`: say whether Gis Grid runs from this folder."""
    state = run_state.running(layout)
    if state is None:
        say("Not running.", "未运行。")
        return NOT_RUNNING
    if not state.is_ready:
        say(f"Setting up (process {state.supervisor.pid}).", "正在安装或启动。")
        return NOT_RUNNING
    say(f"Running at {state.address} (process {state.supervisor.pid}).", "正在运行。")
    return 0


def start(layout: Layout, options: argparse.Namespace) -> int:
    """Set up, run and stay until told to stop."""
    with run_state.take_lock(layout):
        state = RunState(
            supervisor.this_process(), options.port, owns_cluster=run_state.clear_orphans(layout)
        )
        with on_record(layout, state):
            ensure_port(options.port)
            set_up(layout, state, may_install=not options.no_install)
            say("· Starting the web server and the job worker …", "正在启动服务 …")
            keeper = Supervisor(
                layout,
                state,
                supervisor.commands(layout, options.port),
                keep_beneath=lambda: reopen_database(layout, state),
            )
            logins = application.begin_logins(layout)
            try:
                keeper.run(lambda: welcome(state, logins, in_background=options.in_background))
            finally:
                if logins is not None and logins.poll() is None:
                    logins.kill()
    say("Stopped.", "已停止。")
    return 0


def set_up(layout: Layout, state: RunState, *, may_install: bool) -> None:
    """Everything that the services need, from system packages to static files."""
    prepare_machine(layout, may_install=may_install)
    venv.ensure_venv(layout, dev=False)
    node.ensure_node_modules(layout, dev=False)
    vendor.ensure_vendor(layout)
    translations.ensure_compiled(layout)
    fonts.ensure_fonts(layout)
    database.ensure_secrets(database.for_run(layout).env_file)
    open_database(layout, state)
    application.ensure_schema(layout)
    ours = database.for_run(layout).cluster.place if wants_private_cluster() else None
    application.ensure_demo(layout, ours)
    application.ensure_static_files(layout)


def start_detached(layout: Layout, options: argparse.Namespace) -> int:
    """Let another `bin/run` do it in a session of its own; show what it says until it runs."""
    run_state.take_lock(layout).close()
    # Here, where sudo can still ask for a password.
    prepare_machine(layout, may_install=not options.no_install)
    log_path = layout.logs / "run.log"
    with layout.open_log(log_path, anew=True) as log, log_path.open("rb") as said:
        child = subprocess.Popen(
            [sys.executable, *f"-m setup_lib run --in-background --port {options.port}".split()],
            cwd=layout.root / "bin",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            while child.poll() is None and not is_ready(layout, child.pid):
                relay(said)
                time.sleep(RELAY_EVERY_S)
        except KeyboardInterrupt:
            child.terminate()
            child.wait()
            raise
        finally:
            relay(said)
    return child.returncode or 0


def is_ready(layout: Layout, pid: int) -> bool:
    """Whether the supervisor with this process id has everything running."""
    state = run_state.running(layout)
    return state is not None and state.supervisor.pid == pid and state.is_ready


def relay(said: IO[bytes]) -> None:
    """Pass on what has been added to a log."""
    sys.stdout.buffer.write(said.read())
    sys.stdout.flush()


def prepare_machine(layout: Layout, *, may_install: bool) -> None:
    """Room on the disk and system packages. A database server is needed only if the user has none
    of their own.
    """
    disk.ensure_room(layout)
    system.ensure_system(
        layout, system.needs(database=wants_private_cluster(), tests=False), may_install=may_install
    )


def wants_private_cluster() -> bool:
    """Whether the user has named no database of their own."""
    return "DATABASE_URL" not in os.environ


def ensure_port(port: int) -> None:
    """Raise SetupError if somebody else listens on the port."""
    if not is_port_free(port):
        raise SetupError(
            f"Port {port} is in use by another program (or not allowed to you).",
            f"Choose another: bin/run --port {port + 1}",
            zh=f"端口 {port} 已被占用，请换一个：bin/run --port {port + 1}",
        )


@contextmanager
def on_record(layout: Layout, state: RunState) -> Iterator[None]:
    """Keep the record meanwhile; at the end stop the cluster if it is ours, and forget all."""
    try:
        run_state.save(layout, state)
        yield
    finally:
        ours = database.for_run(layout).cluster
        if state.owns_cluster and ours.exists():
            cluster.stop(ours)
        run_state.forget(layout)


def open_database(layout: Layout, state: RunState) -> None:
    """Have the private cluster run, if it is wanted."""
    if not wants_private_cluster():
        return
    ours = database.for_run(layout)
    # On record before it starts: a kill in between must not leave a server that nobody knows of.
    state.owns_cluster = state.owns_cluster or ours.cluster.running_port() is None
    run_state.save(layout, state)
    database.ensure_running(ours)


def reopen_database(layout: Layout, state: RunState) -> None:
    """Start the private cluster again if its server has died."""
    if wants_private_cluster() and database.for_run(layout).cluster.running_port() is None:
        say("· The database server ended by itself; starting it again.")
        open_database(layout, state)


def welcome(
    state: RunState, logins: "subprocess.Popen[str] | None", *, in_background: bool
) -> None:
    """What the person at the terminal waited for."""
    application.show_welcome(state.address, logins)
    if in_background:
        say(
            "\nIt runs in the background; to stop it: bin/run stop",
            "后台运行中，停止请用：bin/run stop",
        )
    else:
        say("\nCtrl-C stops it.", "按 Ctrl-C 停止。")
