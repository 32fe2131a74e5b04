"""`bin/bench`: sets up a durable cluster and an environment of its own, then runs the figures."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

from setup_lib import cluster, database, system, test_command
from setup_lib.cluster import Cluster
from setup_lib.database import OWNER, Database
from setup_lib.layout import Layout
from setup_lib.messages import heading
from setup_lib.shell import run_logged
from setup_lib.stamps import fingerprint, is_done, mark_done
from setup_lib.venv import ensure_uv


def main(layout: Layout, arguments: Sequence[str]) -> int:
    """Set up and measure; `arguments` are names of figures' modules (none: all of them).

    Prints one JSON line a figure; the exit status is 1 where a target is missed.
    """
    names = [name for name in arguments if name != test_command.NO_INSTALL]
    heading("Setting up")
    may_install = test_command.NO_INSTALL not in arguments
    test_command.set_up(layout, may_install=may_install)
    system.ensure_system(layout, system.bench_needs(), may_install=may_install)
    ensure_bench_venv(layout)
    measured = for_bench(layout)
    started = database.ensure_running(measured)
    try:
        env = test_command.test_environment(layout, measured)
        return subprocess.run(
            [bench_python(layout), "-m", "tests.bench", *names],
            cwd=layout.root,
            env=env
            | {
                "VIRTUAL_ENV": str(layout.var / "bench-venv"),
                # The figures start the web as bin/run does: by its own list of commands.
                "PYTHONPATH": str(layout.root / "bin"),
            },
            check=False,
        ).returncode
    finally:
        if started:
            cluster.stop(measured.cluster)


def for_bench(layout: Layout) -> Database:
    """The database of `bin/bench`: as durable as a real one, kept between runs."""
    tested = database.for_tests(layout)
    return replace(
        tested,
        cluster=Cluster(layout, layout.var / "bench-pg", durable=True),
        env_file=layout.var / "bench-env",
        role_by_key=dict.fromkeys(("DATABASE_URL", "DATABASE_OWNER_URL"), OWNER),
    )


def bench_python(layout: Layout) -> str:
    """The Python that has the project's parts and those that it is compared with."""
    return str(layout.var / "bench-venv" / "bin" / "python")


def ensure_bench_venv(layout: Layout) -> None:
    """Bring `var/bench-venv` to what `uv.lock` says, with the group `bench`."""
    stamp = layout.stamps / "bench-venv"
    wanted = fingerprint((layout.root / "uv.lock", layout.root / "pyproject.toml"), sys.version)
    if is_done(stamp, wanted):
        return
    run_logged(
        layout,
        "Installing what the figures are compared with",
        [ensure_uv(layout), "sync", "--frozen", "--all-groups", "--python", sys.executable],
        env={
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_PROJECT_ENVIRONMENT": str(layout.var / "bench-venv"),
        },
    )
    mark_done(stamp, wanted)
