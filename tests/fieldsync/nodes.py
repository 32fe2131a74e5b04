"""Scripts of Node that a test runs."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.fieldsync.live import PATIENCE_S

FOLDER = Path(__file__).parent


def run(script: str, told: dict[str, Any]) -> None:
    """Run a script of this folder with `told` as JSON; it must end well, without a complaint."""
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(  # noqa: S603 our own script
        [node, str(FOLDER / script), json.dumps(told)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
