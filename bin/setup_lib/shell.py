"""Other programs: run them with their output in the log, and show that something is happening."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from setup_lib.layout import Layout
from setup_lib.messages import SetupError, say

TICK_S = 0.1
LINE_EVERY_S = 15.0
TAIL_LINES = 12


def output_of(*command: str | Path) -> str:
    """What a short command prints, whatever its status."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def tail(path: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a text file, indented; empty if there is no such file."""
    if not path.is_file():
        return ""
    text = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in text[-lines:])


def run_logged(
    layout: Layout,
    what: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    way_out: str = "",
) -> None:
    """Run `command` in the checkout, its output appended to the set-up log, with a sign of life on
    the terminal.

    `env` is added to the present environment. Raises SetupError with the last lines of output if it
    fails.
    """
    say(f"· {what} …")
    with layout.open_log(layout.setup_log) as log:
        log.write(f"\n$ {' '.join(map(str, command))}\n".encode())
        log.flush()
        began_at = log.tell()
        process = subprocess.Popen(
            command,
            cwd=layout.root,
            env=os.environ | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            status = wait_visibly(process)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if status != 0:
        said = (
            layout.setup_log.read_bytes()[began_at:]
            .decode(errors="replace")
            .splitlines()[-TAIL_LINES:]
        )
        quoted = "\n".join(f"    {line}" for line in said)
        raise SetupError(
            f"{what}: failed. The last it said:\n{quoted}",
            way_out
            or f"All of it is in {layout.setup_log}. Mend the cause and run the command again.",
            zh="这一步没有成功，请按上面的提示处理后重试。",
        )


def wait_visibly(process: "subprocess.Popen[bytes]") -> int:
    """Wait for the end of a process; on a terminal count the seconds, elsewhere print a line now
    and then.
    """
    started = shown = time.monotonic()
    on_terminal = sys.stdout.isatty()
    while True:
        try:
            status = process.wait(TICK_S)
            break
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if on_terminal:
                print(f"\r  {now - started:.0f} s ", end="", flush=True)
            elif now - shown >= LINE_EVERY_S:
                say(f"  … {now - started:.0f} s")
                shown = now
    if on_terminal:
        print("\r\033[K", end="", flush=True)
    return status
