"""`bin/soak`: sets up, then lets tablets work against a server that is killed again and again."""

import os
import subprocess
from collections.abc import Sequence

from setup_lib import test_command
from setup_lib.layout import Layout
from setup_lib.messages import heading


def main(layout: Layout, arguments: Sequence[str]) -> int:
    """Run `tests.soak` with these arguments (none: 100,000 operations and 300 kills).

    It brings its cluster, web and worker up and ends them itself: it kills them in between.
    """
    words = [word for word in arguments if word != test_command.NO_INSTALL]
    if not {"-h", "--help"} & set(words):
        heading("Setting up")
        test_command.set_up(layout, may_install=test_command.NO_INSTALL not in arguments)
    return run(layout, words)


def run(layout: Layout, words: Sequence[str]) -> int:
    """The soak's exit status. A signal goes on to it, and it is waited for: it tidies up."""
    with subprocess.Popen(
        [layout.python, "-m", "tests.soak", *words],
        cwd=layout.root,
        env=environment(layout),
        start_new_session=True,
    ) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise


def environment(layout: Layout) -> dict[str, str]:
    """The caller's, with the project's programs and modules in front; the rest the soak sets."""
    return os.environ | {
        "PATH": f"{layout.venv / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "VIRTUAL_ENV": str(layout.venv),
        "PYTHONPATH": f"{layout.root}{os.pathsep}{layout.root / 'bin'}",
    }
