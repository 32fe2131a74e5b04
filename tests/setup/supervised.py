"""Stands in for `bin/run` in tests: supervises a tiny web server and an idle worker.

Arguments: folder of the checkout, port. Says READY once both run.
"""

import sys
from pathlib import Path

from setup_lib import run_state
from setup_lib.layout import Layout
from setup_lib.messages import say
from setup_lib.run_state import RunState
from setup_lib.supervisor import Supervisor, this_process

WEB = """
import http.server, sys
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Healthy).serve_forever()
"""
WORKER = "import time; time.sleep(600)"


def main(folder: str, port: str) -> None:
    layout = Layout(Path(folder))
    commands = {
        "worker": [sys.executable, "-c", WORKER],
        "web": [sys.executable, "-c", WEB, port],
    }
    with run_state.take_lock(layout):
        state = RunState(this_process(), int(port))
        Supervisor(layout, state, commands).run(lambda: say("READY"))
        run_state.forget(layout)


if __name__ == "__main__":
    main(*sys.argv[1:])
