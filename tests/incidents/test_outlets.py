"""News for other systems: signed, tried again, logged, and without a person in them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from procrastinate.contrib.django.models import ProcrastinateJob

from gis_grid.audit.models import Entry
from gis_grid.incidents.checks import settings_are_readable
from gis_grid.incidents.services import outlets
from tests.conftest import QUANFENG, TANGCUN
from tests.incidents.conftest import Make, lead

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
SECRET = "a secret of the duty room"


class Other:
    """Another system on loopback: keeps what it gets, answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        other = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                other.got.append((dict(self.headers), self.rfile.read(size)))
                self.send_response(other.status)
                if other.status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{other.port}/elsewhere")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port


@pytest.fixture
def other() -> Iterator[Other]:
    made = Other()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def laid_down(settings: Any, other: Other, **changes: Any) -> None:
    row = {
        "areas": [QUANFENG], "url": f"http://127.0.0.1:{other.port}/hook", "secret": SECRET,
        **changes,
    }  # fmt: skip
    settings.INCIDENT_OUTLETS = json.dumps({"duty room": row})


def jobs() -> list[dict[str, Any]]:
    return list(
        ProcrastinateJob.objects.filter(task_name="incidents.deliver").values_list(
            "args", flat=True
        )
    )


def test_news_is_signed_and_names_nobody(
    settings: Any, other: Other, make: Make, cast: SimpleNamespace
) -> None:
    laid_down(settings, other)
    make(GRID, what="王小明家水沟堵了", reporter_name="李大娘", reporter_phone="13873500001")
    (job,) = jobs()
    outlets.send(name=job["outlet"], body=job["body"])
    ((headers, content),) = other.got
    stamp = headers["X-Gis-Grid-Time"]
    assert headers["X-Gis-Grid-Signature"] == outlets.signature(SECRET, stamp, content)
    told = json.loads(content)
    assert (told["event"], told["area"], told["state"]) == ("reported", GRID, "reported")
    assert headers["X-Gis-Grid-Delivery"] == told["id"]
    for word in ("王小明", "李大娘", "1387"):
        assert word not in content.decode()
    assert Entry.objects.filter(action="incident_announced").count() == 1


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_tried_again(
    settings: Any, other: Other, make: Make, status: int
) -> None:
    laid_down(settings, other)
    make(GRID)
    other.status = status
    (job,) = jobs()
    with pytest.raises(outlets.UndeliveredError):
        outlets.send(job["outlet"], job["body"])
    assert len(other.got) == 1
    outlets.give_up(job["outlet"], job["body"])
    assert Entry.objects.filter(action="incident_unannounced").count() == 1
    assert not Entry.objects.filter(action="incident_announced").exists()


def test_only_the_areas_and_occasions_that_were_asked_for(
    settings: Any, other: Other, make: Make, cast: SimpleNamespace
) -> None:
    laid_down(settings, other, areas=[TANGCUN])
    make(GRID)
    assert jobs() == []
    laid_down(settings, other, why=["assigned"])
    incident = make(GRID)
    assert jobs() == []
    lead(incident, cast.town, "accept", "assign")
    assert [job["body"]["event"] for job in jobs()] == ["assigned"]


def test_a_complaint_goes_nowhere(
    settings: Any, other: Other, make: Make, cast: SimpleNamespace
) -> None:
    laid_down(settings, other)
    make(GRID, complained_of=cast.worker.username)
    assert jobs() == []


def test_a_letter_leads_to_the_file(settings: Any, other: Other, make: Make) -> None:
    laid_down(settings, other, url="", secret="", to=["office@example.cn"])
    settings.PUBLIC_URL = "https://grid.example.cn/"
    incident = make(GRID, what="王小明家水沟堵了")
    (job,) = jobs()
    outlets.send(job["outlet"], job["body"])
    (letter,) = mail.outbox
    assert letter.to == ["office@example.cn"]
    assert f"https://grid.example.cn/incidents/{incident.pk}/" in letter.body
    assert "王小明" not in letter.body + letter.subject


@pytest.mark.parametrize(
    "row",
    [
        {"areas": [], "to": ["a@b.cn"]},
        {"areas": ["1"], "to": ["a@b.cn"]},
        {"areas": [QUANFENG]},
        {"areas": [QUANFENG], "to": ["nobody"]},
        {"areas": [QUANFENG], "url": "http://example.cn/", "secret": SECRET},
        {"areas": [QUANFENG], "url": "https://example.cn/", "secret": "short"},
        {"areas": [QUANFENG], "to": ["a@b.cn"], "why": ["moon"]},
        "x",
    ],
)
def test_what_cannot_be_laid_down(settings: Any, row: Any) -> None:
    settings.INCIDENT_OUTLETS = json.dumps({"x": row})
    with pytest.raises(ImproperlyConfigured):
        outlets.outlets()
    assert [one.id for one in settings_are_readable(None)] == ["gis_grid.E021"]
