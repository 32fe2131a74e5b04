"""What the web server's worker processes want of us: to end with their master, and requests
that hold nothing but the request.
"""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PR_SET_PDEATHSIG = 1
# What WSGI itself says about a request, should the environment have a variable called so.
_OF_THE_REQUEST = {
    *("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE"),
    *("CONTENT_LENGTH", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR"),
}


def end_with_master() -> None:
    """Ask the kernel to end this worker when the process that forked it has died.

    granian's workers otherwise go on serving beside those of the next start. Elsewhere
    (a command, a test) nothing happens.
    """
    master = multiprocessing.parent_process()
    if master is None:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != master.pid:
        os.kill(os.getpid(), signal.SIGTERM)


def without_process_environment(application: "WSGIApplication") -> "WSGIApplication":
    """`application`, told of requests without the variables of this process.

    granian mixes them in; among them are keys and the database's password, which have no
    business in a report of a failed request.
    """
    ours = frozenset(os.environ) - _OF_THE_REQUEST

    def serve(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        plain = {name: value for name, value in environ.items() if name not in ours}
        return application(plain, start)

    return serve
