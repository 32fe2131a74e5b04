"""The short soak: two thousand operations while web, worker and PostgreSQL are killed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ("--operations", "2000", "--kills", "12", "--tablets", "8", "--seed", "1")
PATIENCE_S = 1500


@pytest.mark.soak
def test_nothing_is_lost_or_doubled_while_servers_are_killed() -> None:
    path = os.pathsep.join((str(ROOT), str(ROOT / "bin")))
    # What it says on the way is shown where it fails.
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", *ARGUMENTS],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert figures["faults"] == []
    assert figures["operations"] >= 2000
    assert {"web", "web process", "worker", "PostgreSQL"} <= figures["killed"].keys()
    assert figures["line"]["drop_after"] > 0
