"""What the logs of `bin/run` keep of people: nothing that stands behind a question mark."""

import datetime as dt
import stat
from types import SimpleNamespace

from gunicorn.config import Config
from gunicorn.glogging import Logger
from setup_lib import supervisor
from setup_lib.layout import Layout

PHONE = "19900001234"


def test_the_access_log_has_the_path_without_its_query() -> None:
    command = supervisor.commands(Layout.of_this_checkout(), 8000)["web"]
    form = command[command.index("--access-logformat") + 1]
    query = f"q={PHONE}"
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"/api/v1/search?{query}",
        "PATH_INFO": "/api/v1/search",
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"http://localhost/?{query}",
        "HTTP_COOKIE": "sessionid=secret",
        "REMOTE_ADDR": "192.0.2.1",
    }
    response = SimpleNamespace(status="200 OK", sent=12, headers=[])
    request = SimpleNamespace(headers=[("REFERER", environ["HTTP_REFERER"])])
    logger = Logger(Config())
    atoms = logger.atoms(response, request, environ, dt.timedelta(milliseconds=3))
    line = form % logger.atoms_wrapper_class(atoms)
    assert "GET /api/v1/search 200 12 3000" in line
    assert PHONE not in line
    assert "secret" not in line


def test_logs_are_their_owners_alone(layout: Layout) -> None:
    layout.logs.mkdir(parents=True)
    path = layout.logs / "web.log"
    path.write_text("from before\n", "utf-8")
    path.chmod(0o644)
    with layout.open_log(path) as log:
        log.write(b"added\n")
    assert path.read_text("utf-8") == "from before\nadded\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.logs.stat().st_mode) == 0o700
    with layout.open_log(path, anew=True) as log:
        log.write(b"anew\n")
    assert path.read_text("utf-8") == "anew\n"
