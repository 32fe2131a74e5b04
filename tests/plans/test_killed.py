"""`kill -9` in the middle of a publish: of the publishing process, of the database's process that
serves it, of the whole database server. Nothing has happened then, or all of it.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from setup_lib import cluster, database, envfile
from setup_lib.database import Database

from tests.setup.conftest import an_empty_checkout

TIMES = 50 if os.environ.get("GIS_GRID_SOAK") == "1" else 9

# All that a publish writes, each as one text.
WRITTEN = {
    "versions": "SELECT string_agg(v::text, ';' ORDER BY id) FROM territory_gridversion v",
    "lineage": "SELECT string_agg(l::text, ';' ORDER BY id) FROM territory_lineage l",
    "outlines": "SELECT string_agg(r::text, ';' ORDER BY code) FROM territory_region r",
    "households": "SELECT string_agg(h.area_code || h.grid_id::text, ';' ORDER BY id)"
    " FROM households_household h",
    "tile versions": "SELECT string_agg(d::text, ';') FROM territory_dataversion d",
    "plan": "SELECT string_agg(p.status, ';' ORDER BY id) FROM territory_plan p",
    "audit": "SELECT count(*)::text FROM audit_entry WHERE action = 'plan_published'",
}


class Publisher:
    """The process, and what it says."""

    def __init__(self, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.plans.publisher"],
            cwd=settings.BASE_DIR,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._hear("ready")

    def _hear(self, word: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"{word}\n"

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def do(self, word: str) -> None:
        self.tell(word)
        self._hear("done")

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


class Server:
    """A database server of this test's own."""

    def __init__(self, made: Database) -> None:
        self._made = made
        database.ensure_running(made)

    @property
    def env(self) -> dict[str, str]:
        keys = envfile.read(self._made.env_file)
        named = {"GIS_GRID_ENV_FILE": str(self._made.env_file)}
        return os.environ | keys | named | {"PYTHONPATH": f"{settings.BASE_DIR}/bin"}

    def query(self, text: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.env["DATABASE_OWNER_URL"]) as connection:
            return connection.execute(text).fetchall()

    def written(self) -> dict[str, Any]:
        return {name: self.query(text)[0][0] for name, text in WRITTEN.items()}

    def kill_whole(self) -> None:
        pid_file = self._made.cluster.data / "postmaster.pid"
        os.kill(int(pid_file.read_text().split("\n", 1)[0]), signal.SIGKILL)

    def others(self) -> list[int]:
        """Database processes that serve somebody else, the publisher."""
        rows = self.query(
            "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database() AND backend_type = 'client backend'"
        )
        return [pid for (pid,) in rows]

    def recover(self) -> None:
        """Up again, and nobody at work."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                database.ensure_running(self._made)
                if not self.others():
                    return
            except psycopg.OperationalError:
                pass
            time.sleep(0.1)
        raise AssertionError("the database does not come back")


@pytest.fixture
def server() -> Iterator[Server]:
    with an_empty_checkout() as layout:
        made = database.for_run(layout)
        one = Server(made)
        try:
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--database=owner", "--no-input"],
                cwd=settings.BASE_DIR,
                env=one.env,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            yield one
        finally:
            cluster.stop(made.cluster)


def an_unharmed_publish(server: Server) -> float:
    """How long a publish takes, and that it writes all that is looked at here."""
    publisher = Publisher(server.env)
    publisher.do("ground")
    publisher.do("plan")
    before = server.written()
    began = time.monotonic()
    publisher.do("publish")
    took = time.monotonic() - began
    publisher.end()
    after = server.written()
    assert [name for name in WRITTEN if before[name] == after[name]] == []
    return took


def test_killed_at_any_moment_all_or_nothing(server: Server) -> None:
    took = an_unharmed_publish(server)
    rng = random.Random(9)
    ends: Counter[str] = Counter()
    is_drawn = False
    for number in range(TIMES):
        publisher = Publisher(server.env)
        if not is_drawn:
            publisher.do("plan")
        before = server.written()
        kill = ("process", "backend", "server")[number % 3]
        backends = server.others()
        publisher.tell("publish")
        time.sleep(rng.uniform(0, 1.2 * took))
        if kill == "process":
            publisher.process.kill()
        elif kill == "backend":
            for pid in backends:
                os.kill(pid, signal.SIGKILL)
        else:
            server.kill_whole()
        publisher.process.communicate()
        server.recover()
        after = server.written()
        changed = {name for name in WRITTEN if before[name] != after[name]}
        assert changed in (set(), set(WRITTEN)), (number, kill)
        is_drawn = not changed
        ends["nothing" if is_drawn else "all"] += 1
    # Most kills have to come in time, else nothing was tried.
    assert ends["nothing"] >= TIMES / 3, ends
