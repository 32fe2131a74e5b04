"""`bin/test`: sets up an environment of its own, then runs every check, or only pytest with given
arguments.
"""

import fcntl
import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from setup_lib import (
    cluster,
    database,
    disk,
    envfile,
    fonts,
    node,
    system,
    translations,
    vendor,
    venv,
)
from setup_lib.checks import CHECKS, Check
from setup_lib.layout import Layout
from setup_lib.messages import heading, say

NO_INSTALL = "--no-install"
CLOSING = re.compile(r"(passed|failed|errors?|no tests ran)\b.* in [\d.]+s")


@dataclass(frozen=True)
class Outcome:
    """How a check went; `closing` is pytest's own last line, if it was pytest."""

    title: str
    verdict: str
    seconds: float
    closing: str = ""

    @property
    def is_bad(self) -> bool:
        """Whether the whole run fails because of it."""
        return self.verdict == "FAILED"


def main(layout: Layout, arguments: Sequence[str]) -> int:
    """Set up, check, tell; with arguments (--no-install apart) run pytest alone with these."""
    pytest_arguments = [argument for argument in arguments if argument != NO_INSTALL]
    heading("Setting up")
    with only_one(layout):
        set_up(layout, may_install=NO_INSTALL not in arguments)
        tested = database.for_tests(layout)
        started = database.ensure_running(tested)
        try:
            env = test_environment(layout, tested)
            if pytest_arguments:
                pytest: list[str | Path] = [layout.venv / "bin/pytest", *pytest_arguments]
                return subprocess.run(pytest, cwd=layout.root, env=env, check=False).returncode
            return report([perform(layout, check, env) for check in CHECKS])
        finally:
            if started:
                cluster.stop(tested.cluster)


@contextmanager
def only_one(layout: Layout) -> Iterator[None]:
    """Wait until no other `bin/test` of this checkout runs: they would share one cluster."""
    layout.var.mkdir(exist_ok=True)
    with (layout.var / "test.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(
                "Another bin/test runs in this folder; waiting for its end (Ctrl-C to give up).",
                "另一个测试正在运行，等待中。",
            )
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(layout: Layout, *, may_install: bool) -> None:
    """Everything that the checks need but the database."""
    disk.ensure_room(layout)
    system.ensure_system(layout, system.needs(database=True, tests=True), may_install=may_install)
    venv.ensure_venv(layout, dev=True)
    node.ensure_node_modules(layout, dev=True)
    vendor.ensure_vendor(layout)
    translations.ensure_compiled(layout)
    fonts.ensure_fonts(layout)


def test_environment(layout: Layout, tested: database.Database) -> dict[str, str]:
    """The caller's environment with the tests' own database and keys in front: never the user's
    data.
    """
    browser = system.chromium()
    return (
        os.environ
        | envfile.read(tested.env_file)
        | {"GIS_GRID_ENV_FILE": str(tested.env_file)}
        | {
            "PATH": f"{layout.venv / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "VIRTUAL_ENV": str(layout.venv),
        }
        | ({"CHROMIUM": browser} if browser else {})
    )


def perform(layout: Layout, check: Check, env: dict[str, str]) -> Outcome:
    """Run one check, its output passed through as it comes."""
    heading(check.title)
    command = check.command(layout)
    if command is None:
        say("Nothing to check yet.")
        return Outcome(check.title, "nothing yet", 0.0)
    began = time.monotonic()
    closing = ""
    with subprocess.Popen(
        command,
        cwd=layout.root,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                if check.is_pytest and CLOSING.search(line):
                    closing = line.strip()
        except KeyboardInterrupt:
            process.terminate()
            raise
    verdict = "ok" if process.returncode == 0 else "FAILED"
    return Outcome(check.title, verdict, time.monotonic() - began, closing)


def report(outcomes: Sequence[Outcome]) -> int:
    """Print the table of all checks, then pytest's closing lines. The exit status is 1 if any
    failed.
    """
    heading("Summary")
    width = max(len(outcome.title) for outcome in outcomes)
    for outcome in outcomes:
        print(f"{outcome.title:<{width}}  {outcome.verdict:<11}  {outcome.seconds:7.1f} s")
    bad = [outcome.title for outcome in outcomes if outcome.is_bad]
    print(f"\nFailed: {', '.join(bad)}" if bad else "\nEverything passed. 全部通过。")
    for outcome in outcomes:
        if outcome.closing:
            print(f"{outcome.title}: {outcome.closing}", flush=True)
    return 1 if bad else 0
