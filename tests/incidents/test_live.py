"""The bell: who may listen, what it lists, and that listening is no sign of life."""

from types import SimpleNamespace

import pytest
from django.test import Client

from gis_grid.accounts.middleware import SEEN_AT
from gis_grid.core.live import LISTENER
from gis_grid.incidents.models import Notice
from tests.conftest import QUANFENG
from tests.incidents.conftest import Make

pytestmark = pytest.mark.django_db
FIRST = QUANFENG + "001"


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_stream_names_nobody_but_the_person(cast: SimpleNamespace) -> None:
    answer = client_of(cast.worker).get("/live/")
    assert answer["Content-Type"] == "text/event-stream"
    assert answer[LISTENER] == str(cast.worker.pk)
    assert "no-store" in answer["Cache-Control"]


def test_strangers_and_those_without_incidents_hear_nothing(cast: SimpleNamespace) -> None:
    for path in ("/live/", "/live/notices/"):
        assert Client().get(path).status_code in (302, 401)
        assert client_of(cast.nobody).get(path).status_code in (403, 404)


def test_a_page_left_open_keeps_no_session_alive(cast: SimpleNamespace) -> None:
    client = client_of(cast.worker)
    session = client.session
    session[SEEN_AT] -= 600
    session.save()
    for path in ("/live/", "/live/notices/"):
        client.get(path)
        assert client.session[SEEN_AT] == session[SEEN_AT]
    client.get("/incidents/")
    assert client.session[SEEN_AT] > session[SEEN_AT]


def test_list_of_unread_notices_and_all_read(cast: SimpleNamespace, make: Make) -> None:
    made = make(FIRST, what="<b>水沟</b>堵了")
    client = client_of(cast.worker)
    answer = client.get("/live/notices/")
    assert answer["X-Unread"] == "1"
    page = answer.content.decode()
    assert f"/incidents/{made.pk}/" in page
    assert "<b>水沟" not in page
    # Another's are not touched by it.
    others = Notice.objects.filter(read_at=None).exclude(user=cast.worker).count()
    assert client.post("/live/notices/")["X-Unread"] == "0"
    assert Notice.objects.filter(read_at=None).count() == others


def test_what_is_hidden_by_now_is_in_no_list(cast: SimpleNamespace, make: Make) -> None:
    made = make(FIRST)
    made.complained_of = cast.worker
    made.save()
    answer = client_of(cast.worker).get("/live/notices/")
    assert (answer["X-Unread"], f"/incidents/{made.pk}/" in answer.content.decode()) == ("0", False)


def test_bell_stands_on_the_map_and_on_pages(cast: SimpleNamespace) -> None:
    client = client_of(cast.worker)
    for path in ("/", "/incidents/"):
        assert 'id="bell"' in client.get(path).content.decode()
    assert 'id="bell"' not in client_of(cast.nobody).get("/").content.decode()
