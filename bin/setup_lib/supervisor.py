"""Keeps the web server and the job worker running, and ends just what it started."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType

from setup_lib import run_state
from setup_lib.layout import Layout
from setup_lib.messages import SetupError, say
from setup_lib.processes import LOOPBACK, ProcessId, end_group
from setup_lib.run_state import STOP_PATIENCE_S, RunState
from setup_lib.shell import tail

READY_PATIENCE_S = 90.0
TICK_S = 0.1
BENEATH_EVERY_S = 2.0
QUICK_DEATH_S = 10.0
QUICK_DEATHS_ALLOWED = 3
LOG_LEAST_TO_TURN = 10_000_000
WEB_PROCESSES = 2

Command = list[str]


@dataclass
class Service:
    """A program to keep running: its process, when that began, and how often it died young in
    succession.
    """

    name: str
    command: Command
    process: "subprocess.Popen[bytes] | None" = None
    began: float = 0.0
    quick_deaths: int = 0


class Supervisor:
    """Runs services until a signal comes, on record in `state`.

    `keep_beneath` is called now and then, to see to what the services stand on.
    """

    def __init__(
        self,
        layout: Layout,
        state: RunState,
        commands: Mapping[str, Command],
        keep_beneath: Callable[[], object] = lambda: None,
    ) -> None:
        self.layout = layout
        self.state = state
        self.keep_beneath = keep_beneath
        self.services = [Service(name, command) for name, command in commands.items()]
        self.stop_asked = False

    def run(self, on_ready: Callable[[], None]) -> None:
        """Start all, call `on_ready` once the pages answer, watch until told to stop, end all.

        Raises SetupError if a service cannot be kept running; all others are ended then too.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)
        try:
            for service in self.services:
                self.start(service)
            self.wait_until_healthy()
            if not self.stop_asked:
                on_ready()
                self.state.is_ready = True
                run_state.save(self.layout, self.state)
            looked_beneath = time.monotonic()
            while not self.stop_asked:
                self.watch()
                if time.monotonic() - looked_beneath > BENEATH_EVERY_S:
                    self.keep_beneath()
                    looked_beneath = time.monotonic()
                time.sleep(TICK_S)
        finally:
            self.stop_asked = True
            for service in reversed(self.services):
                self.end(service)

    def ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        """Signal handler; ending happens in order in `run`, and a second Ctrl-C does not cut it
        short.
        """
        self.stop_asked = True

    def start(self, service: Service) -> None:
        """Start a service in a group of its own (Ctrl-C reaches us alone), its output in its log,
        on record at once.
        """
        log_path = self.layout.logs / f"{service.name}.log"
        if log_path.exists() and log_path.stat().st_size > LOG_LEAST_TO_TURN:
            log_path.replace(log_path.with_suffix(".log.old"))
        with self.layout.open_log(log_path) as log:
            service.process = subprocess.Popen(
                service.command,
                cwd=self.layout.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        service.began = time.monotonic()
        identity = ProcessId.of(service.process.pid)
        if identity is not None:
            self.state.services[service.name] = identity
            run_state.save(self.layout, self.state)

    def watch(self) -> None:
        """Start again what has died. Raises SetupError for one that dies at once each time."""
        for service in self.services:
            if service.process is None or service.process.poll() is None:
                continue
            lived_s = time.monotonic() - service.began
            service.quick_deaths = service.quick_deaths + 1 if lived_s < QUICK_DEATH_S else 1
            if not self.state.is_ready or service.quick_deaths >= QUICK_DEATHS_ALLOWED:
                raise self.does_not_run(service)
            say(
                f"· {service.name} ended by itself (status {service.process.returncode}); starting "
                f"it again."
            )
            self.start(service)

    def does_not_run(self, service: Service) -> SetupError:
        """What to say about a service that ends by itself."""
        log_path = self.layout.logs / f"{service.name}.log"
        return SetupError(
            f"The {service.name} ends by itself. The last it said:\n{tail(log_path)}",
            f"All of it is in {log_path}. Mend the cause and run bin/run again.",
            zh="服务无法启动，请查看上面的提示。",
        )

    def wait_until_healthy(self) -> None:
        """Return when `GET /healthz` answers 200, or a stop was asked. Raises SetupError after a
        while.
        """
        until = time.monotonic() + READY_PATIENCE_S
        answer = "no answer"
        while not self.stop_asked:
            self.watch()
            answer = health(self.state.port)
            if answer == "":
                return
            if time.monotonic() > until:
                raise SetupError(
                    f"The server does not become healthy within {READY_PATIENCE_S:.0f} s; /healthz "
                    f"says: {answer}",
                    f"The logs are in {self.layout.logs}.",
                    zh="服务启动后未通过健康检查，请查看日志。",
                )
            time.sleep(TICK_S)

    def end(self, service: Service) -> None:
        """End a service and all that it started itself."""
        identity = self.state.services.get(service.name)
        if service.process is None or identity is None or service.process.poll() is not None:
            return
        end_group(identity, patience_s=STOP_PATIENCE_S)
        service.process.wait()


def health(port: int) -> str:
    """Empty if the server on this port says that all is well, else what it said."""
    try:
        # Straight to the machine itself, whatever proxy the environment names.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://{LOOPBACK}:{port}/healthz", timeout=5) as response:
            return "" if response.status == 200 else str(response.status)
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read(500).decode(errors='replace')}"
    except OSError as error:
        return str(error)


def commands(layout: Layout, port: int) -> dict[str, Command]:
    """What Gis Grid consists of while it runs."""
    worker = [str(layout.python), "manage.py", "procrastinate", "worker"]
    return {"worker": worker, "web": [str(layout.venv / "bin/granian"), *web_arguments(port)]}


def web_arguments(port: int) -> list[str]:
    """How granian serves the pages; the figures and the browser tests start it so too."""
    return [
        *("gis_grid.config.rsgi:application", "--interface", "rsgi", "--loop", "uvloop"),
        *("--host", LOOPBACK, "--port", str(port), "--http", "1", "--no-ws"),
        *("--workers", str(WEB_PROCESSES)),
        *("--http1-header-read-timeout", "10000", "--http1-buffer-size", "65536"),
        *("--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", "10"),
    ]


def this_process() -> ProcessId:
    """The identity of the process that runs this."""
    identity = ProcessId.of(os.getpid())
    if identity is None:
        raise SetupError(
            "This system has no /proc, which bin/run needs to know its own processes.",
            "Run it on Linux.",
        )
    return identity
