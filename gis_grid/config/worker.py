"""What the web server's worker processes want of us: to end with their master."""

import ctypes
import multiprocessing
import os
import signal

_PR_SET_PDEATHSIG = 1


def end_with_master() -> None:
    """Ask the kernel to end this worker when the process that forked it has died.

    granian's workers otherwise go on serving beside those of the next start. By SIGKILL: a
    worker that is only starting does not listen to SIGTERM yet. Elsewhere (a command, a test)
    nothing happens.
    """
    master = multiprocessing.parent_process()
    if master is None:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != master.pid:
        os.kill(os.getpid(), signal.SIGKILL)
