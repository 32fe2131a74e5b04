"""Entry of `bin/run`, `bin/test`, `bin/bench` and `bin/soak`: picks the command, turns every
failure into a plain sentence.
"""

import io
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from types import FrameType

from setup_lib import bench_command, run_command, soak_command, test_command
from setup_lib.layout import Layout
from setup_lib.messages import SetupError, complain

COMMANDS: dict[str, Callable[[Layout, Sequence[str]], int]] = {
    "run": run_command.main,
    "test": test_command.main,
    "bench": bench_command.main,
    "soak": soak_command.main,
}


def main(arguments: Sequence[str]) -> int:
    """Run the command named first; the exit status is 0 for success, 1 for failure, 130 for
    Ctrl-C.
    """
    layout = Layout.of_this_checkout()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that knows no Chinese gets question marks, not a failure.
            stream.reconfigure(errors="replace")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, as_ctrl_c)
    try:
        return COMMANDS[arguments[0]](layout, arguments[1:])
    except SetupError as error:
        complain(error)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. 已停止。", file=sys.stderr)
        return 130
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        keep_traceback(layout)
        complain(
            SetupError(f"Something went wrong: {error}.", f"The details are in {layout.setup_log}.")
        )
        return 1


def as_ctrl_c(_number: int, _frame: FrameType | None) -> None:
    """Treat a signal like Ctrl-C: what was started is ended in order."""
    raise KeyboardInterrupt


def keep_traceback(layout: Layout) -> None:
    """Write the traceback being handled to the set-up log; a log that cannot be written is no
    further error.
    """
    try:
        with layout.open_log(layout.setup_log) as log:
            log.write(traceback.format_exc().encode())
    except OSError:
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
