"""What the logs of `bin/run` keep of people: nothing that stands behind a question mark."""

import stat
import time

import pytest
from granian.wsgi import _build_access_logger
from setup_lib import supervisor
from setup_lib.layout import Layout

PHONE = "19900001234"


def test_the_access_log_has_the_path_without_its_query(caplog: pytest.LogCaptureFixture) -> None:
    command = supervisor.commands(Layout.of_this_checkout(), 8000)["web"]
    form = command[command.index("--access-log-fmt") + 1]
    scope = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/api/v1/search",
        "QUERY_STRING": f"q={PHONE}",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "HTTP_REFERER": f"http://localhost/?q={PHONE}",
        "HTTP_COOKIE": "sessionid=secret",
        "REMOTE_ADDR": "192.0.2.1",
    }
    with caplog.at_level("INFO", "granian.access"):
        _build_access_logger(form)(1.7e9, time.perf_counter(), scope, 200)
    (line,) = caplog.messages
    assert "GET /api/v1/search 200 " in line
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
