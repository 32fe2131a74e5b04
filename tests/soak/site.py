"""The product as `bin/run` starts it, on a durable cluster of its own; killed and brought up again.

Ends only what it has started, each by its own id.
"""

import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from setup_lib import cluster as clusters
from setup_lib import database, envfile
from setup_lib.cluster import Cluster
from setup_lib.database import OWNER, WEB, Database
from setup_lib.layout import Layout
from setup_lib.processes import ProcessId, end_group, free_port, wait_until_dead
from setup_lib.stamps import fingerprint, is_done, mark_done
from setup_lib.supervisor import health, web_arguments

BASE, RUN = "gis_grid_soak_base", "gis_grid_soak"
SETTINGS = "tests.soak.settings"
PATIENCE_S = 120
# How long something stays down after a kill; bin/run looks ten times a second.
DOWN_S = (0.1, 1.5)
# What is killed, and how often in proportion. A master takes its processes along.
KILLS = {"web": 35, "web process": 25, "worker": 15, "PostgreSQL": 15, "PostgreSQL backend": 10}


@dataclass
class Service:
    """A program that is kept running."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    due: float = 0.0


@dataclass
class Site:
    """`prepare()`, `start()`, then `watch()` often; `stop()` in the end whatever happens."""

    layout: Layout
    seed: int
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        roles = {"DATABASE_URL": WEB, "DATABASE_OWNER_URL": OWNER}
        place = self.layout.var / "soak-pg"
        self.database = Database(
            Cluster(self.layout, place, durable=True), self.layout.var / "soak-env", roles
        )
        self._random = random.Random(self.seed)
        # Each kind once, however few they are.
        self._first = self._random.sample(list(KILLS), len(KILLS))
        self.port = free_port()
        self._database_due = 0.0
        python = str(self.layout.python)
        granian = str(self.layout.venv / "bin" / "granian")
        self.web = Service("soak-web", [granian, *web_arguments(self.port)])
        self.worker = Service("soak-worker", [python, "manage.py", "procrastinate", "worker"])
        self._lock: IO[str] | None = None

    @property
    def cluster(self) -> Cluster:
        return self.database.cluster

    def prepare(self) -> None:
        """A cluster that runs, and in it a fresh database with the ground; waits for its turn."""
        self._lock = (self.layout.var / "soak.lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        database.ensure_running(self.database)
        values = envfile.read(self.database.env_file)
        self.pg_port = urlsplit(values["DATABASE_URL"]).port or 0
        self._urls = {key: values[key] for key in self.database.role_by_key}
        # `bin/test` has keys of its own in the environment: they would not open what the ground of
        # an earlier `bin/soak` holds.
        self._keys = {name: values[name] for name in envfile.fresh_secrets()}
        os.environ.update(self._environment(BASE))
        wanted = fingerprint(
            [
                *sorted(self.layout.root.glob("gis_grid/*/migrations/*.py")),
                Path(__file__).with_name("ground.py"),
            ],
            # A cluster that was made anew has nothing.
            str((self.cluster.data / "PG_VERSION").stat().st_mtime_ns),
        )
        stamp = self.layout.stamps / "soak-base"
        if not is_done(stamp, wanted):
            self._make(BASE, "template1")
            self._manage("migrate", "--database=owner", "--verbosity=0")
            self._run("-m", "tests.soak.ground")
            mark_done(stamp, wanted)
        self._make(RUN, BASE)
        os.environ.update(self._environment(RUN))
        shutil.rmtree(self.layout.var / "soak-media", ignore_errors=True)

    def _environment(self, name: str) -> dict[str, str]:
        return {
            "GIS_GRID_ENV_FILE": str(self.database.env_file),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PYTHONPATH": f"{self.layout.root}{os.pathsep}{self.layout.root / 'bin'}",
            **self._keys,
            **{key: _named(url, name) for key, url in self._urls.items()},
        }

    def _make(self, name: str, template: str) -> None:
        made, origin = sql.Identifier(name), sql.Identifier(template)
        where = _named(self._urls["DATABASE_OWNER_URL"], "postgres")
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(made))
            # With a checkpoint behind it: sequences of a copy that is only in the log go back by up
            # to 32 numbers when the server is killed (PostgreSQL 15), and no product copies so.
            command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(command.format(made, origin))

    def _manage(self, *words: str) -> None:
        self._run("manage.py", *words)

    def _run(self, *words: str) -> None:
        command = [str(self.layout.python), *words]
        done = subprocess.run(
            command, cwd=self.layout.root, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}\n{done.stdout}\n{done.stderr}")

    def start(self) -> None:
        for service in (self.web, self.worker):
            self._start(service)
        self.wait_until_healthy()

    def _start(self, service: Service) -> None:
        path = self.layout.logs / f"{service.name}.log"
        with self.layout.open_log(path) as log:
            service.process = subprocess.Popen(
                service.command,
                cwd=self.layout.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_healthy(self) -> None:
        """Everything runs and the pages answer; RuntimeError where that does not come about."""
        until = time.monotonic() + PATIENCE_S
        while said := health(self.port):
            if time.monotonic() > until:
                raise RuntimeError(f"the site does not become healthy: {said}")
            self.watch()
            time.sleep(0.1)

    def watch(self) -> None:
        """Bring up what is down and has been for long enough."""
        now = time.monotonic()
        if self._database_due and now >= self._database_due:
            if clusters.start(self.cluster, self.pg_port) != self.pg_port:
                raise RuntimeError("PostgreSQL came back on another port")
            self._database_due = 0.0
        for service in (self.web, self.worker):
            if service.process is None or service.process.poll() is None:
                continue
            if not service.due:
                service.due = now + self._random.uniform(*DOWN_S)
            elif now >= service.due:
                service.due = 0.0
                self._start(service)

    def kill(self, what: str = "") -> str:
        """`kill -9` of something, chosen by the seed; what it was."""
        if not what and self._first:
            what = self._first[-1]
        what = what or self._random.choices(list(KILLS), list(KILLS.values()))[0]
        target = {
            "web": lambda: self._pid_of(self.web),
            "web process": self._web_process,
            "worker": lambda: self._pid_of(self.worker),
            "PostgreSQL": self._postmaster,
            "PostgreSQL backend": self._backend,
        }[what]()
        if target is None:
            # It is down already.
            return ""
        os.kill(target.pid, signal.SIGKILL)
        if what in self._first:
            self._first.remove(what)
        self.counts[what] += 1
        if what == "PostgreSQL":
            wait_until_dead(target, PATIENCE_S)
            self._database_due = time.monotonic() + self._random.uniform(*DOWN_S)
        return what

    def _pid_of(self, service: Service) -> ProcessId | None:
        if service.process is None or service.process.poll() is not None:
            return None
        return ProcessId.of(service.process.pid)

    def _web_process(self) -> ProcessId | None:
        master = self._pid_of(self.web)
        found = _children(master.pid) if master else []
        return self._random.choice(found) if found else None

    def _postmaster(self) -> ProcessId | None:
        if self._database_due or self.cluster.running_port() is None:
            return None
        lines = (self.cluster.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return ProcessId.of(int(lines[0]))

    def _backend(self) -> ProcessId | None:
        """One that works for somebody: its death makes the server recover as after a crash."""
        postmaster = self._postmaster()
        found = [
            child
            for child in (_children(postmaster.pid) if postmaster else [])
            if f" {RUN} " in _command_of(child.pid)
        ]
        return self._random.choice(found) if found else None

    def stop(self) -> None:
        """End all that was started here."""
        for service in (self.web, self.worker):
            if service.process is None:
                continue
            identity = ProcessId.of(service.process.pid)
            if identity is not None and service.process.poll() is None:
                end_group(identity, patience_s=15)
            service.process.wait()
        if self._lock is not None:
            if self.cluster.exists():
                clusters.stop(self.cluster)
            self._lock.close()


def of_this_checkout(seed: int) -> Site:
    return Site(Layout.of_this_checkout(), seed)


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _children(pid: int) -> list[ProcessId]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    except OSError:
        return []
    return [found for child in text.split() if (found := ProcessId.of(int(child)))]


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode() + " "
    except OSError:
        return ""


if __name__ == "__main__":
    site = of_this_checkout(1)
    try:
        site.prepare()
        site.start()
        print("healthy", file=sys.stderr)
    finally:
        site.stop()
