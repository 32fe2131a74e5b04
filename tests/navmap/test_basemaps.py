"""Base maps: what the setting takes, and what the proxy lets through."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client

from gis_grid.navmap import basemaps
from gis_grid.navmap.proxy import fetch, views
from gis_grid.navmap.proxy.fetch import Picture
from gis_grid.navmap.proxy.store import Store

PNG = b"\x89PNG\r\n\x1a\n a picture"


class Host(BaseHTTPRequestHandler):
    """A tile server whose answer the test sets."""

    asked: ClassVar[list[str]] = []
    answer: ClassVar[tuple[int, dict[str, str], bytes]] = (200, {"Content-Type": "image/png"}, PNG)

    def do_GET(self) -> None:
        Host.asked.append(self.path)
        status, headers, body = Host.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def host(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Host]]:
    """A host on loopback, configured as the base map `own`, with a key in its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Host.asked, Host.answer = [], (200, {"Content-Type": "image/png"}, PNG)
    url = f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}?tk=secret"
    entry = {"kind": "xyz", "id": "own", "label": "Own", "url": url, "max_zoom": 17}
    settings.BASEMAPS = json.dumps([entry])
    settings.BASEMAP_CACHE_DIR = str(tmp_path / "basemap")
    settings.BASEMAP_TIMEOUT_S = 1.0
    monkeypatch.setattr(views, "fetcher", fetch.Fetcher())
    yield Host
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client_in(cast: SimpleNamespace, signed_in: Callable) -> Client:
    client: Client = signed_in(cast.worker)
    return client


def test_none_is_the_default(settings: Any) -> None:
    settings.BASEMAPS = ""
    assert basemaps.available() == []


def test_the_page_learns_all_but_the_key(settings: Any) -> None:
    settings.BASEMAPS = json.dumps(
        [{"kind": "tianditu", "key": "s&cret"}, {"kind": "amap", "style": "imagery"}]
    )
    tianditu, amap = basemaps.available()
    assert tianditu["url"] == "/basemap/tianditu-map/{z}/{x}/{y}"
    assert tianditu["labels_url"] == "/basemap/tianditu-map/labels/{z}/{x}/{y}"
    assert (tianditu["datum"], amap["datum"]) == ("wgs84", "gcj02")
    assert "cret" not in json.dumps([tianditu, amap])
    (stored, _) = basemaps.configured(settings.BASEMAPS)
    assert stored.pictures.endswith("&tk=s%26cret")
    assert "LAYER=vec" in stored.pictures
    assert "LAYER=cva" in stored.labels


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("{", "JSON"),
        ('{"kind": "xyz"}', "list"),
        ([{"kind": "other"}], "kind is one of"),
        ([{"kind": "tianditu"}], "key is missing"),
        ([{"kind": "xyz", "id": "a", "label": "A"}], "url is missing"),
        (
            [{"kind": "xyz", "id": "a", "label": "A", "url": "http://b.example/{z}/{x}/{y}"}],
            "https",
        ),
        ([{"kind": "xyz", "id": "a", "label": "A", "url": "file:///{z}/{x}/{y}"}], "https"),
        ([{"kind": "xyz", "id": "a", "label": "A", "url": "https://{z}.example/{x}/{y}"}], "host"),
        (
            [{"kind": "xyz", "id": "a", "label": "A", "url": "https://u:p@b.example/{z}/{x}/{y}"}],
            "host",
        ),
        ([{"kind": "xyz", "id": "a", "label": "A", "url": "https://b.example/{z}/{x}"}], "once"),
        (
            [{"kind": "xyz", "id": "../a", "label": "A", "url": "https://b.example/{z}/{x}/{y}"}],
            "id is small",
        ),
        ([{"kind": "amap"}, {"kind": "amap"}], "id of its own"),
        ([{"kind": "pmtiles", "id": "f", "label": "F", "path": "/nowhere"}], "can't be read"),
    ],
)
def test_a_setting_that_cannot_be_says_why(settings: Any, entry: Any, says: str) -> None:
    settings.BASEMAPS = entry if isinstance(entry, str) else json.dumps(entry)
    with pytest.raises(ImproperlyConfigured, match=says):
        basemaps.available()
    with pytest.raises(SystemCheckError, match="E010"):
        call_command("check")


def test_a_tile_is_fetched_once_and_kept(host: type[Host], client_in: Client) -> None:
    for _ in range(2):
        answer = client_in.get("/basemap/own/14/13307/6985")
        assert (answer.status_code, answer.content) == (200, PNG)
        assert answer["Content-Type"] == "image/png"
        assert answer["Cache-Control"] == "private, max-age=86400"
    assert host.asked == ["/14/13307/6985?tk=secret"]


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"Content-Type": "image/png"}, PNG),
        (403, {"Content-Type": "text/html"}, b"no"),
        (200, {"Content-Type": "text/html"}, b"<script>"),
        (200, {"Content-Type": "image/svg+xml"}, b"<svg>"),
        (200, {"Content-Type": "image/png"}, bytes(fetch.MOST_BYTES + 1)),
        (302, {"Location": "http://127.0.0.1:1/inside"}, b""),
        (302, {"Location": "file:///etc/passwd"}, b""),
    ],
)
def test_whatever_is_no_picture_shows_as_nothing(
    host: type[Host], client_in: Client, answer: Any
) -> None:
    host.answer = answer
    found = client_in.get("/basemap/own/14/13307/6985")
    assert (found.status_code, found.content) == (200, views.NOTHING.body)
    assert found["Cache-Control"] == "private, max-age=60"
    assert len(host.asked) == 1


def test_a_host_without_that_tile_is_not_asked_again(host: type[Host], client_in: Client) -> None:
    host.answer = (404, {"Content-Type": "text/plain"}, b"")
    for _ in range(2):
        assert client_in.get("/basemap/own/14/1/1").content == views.NOTHING.body
    assert len(host.asked) == 1


def test_a_host_that_is_away_is_given_a_rest_and_no_key_is_logged(
    host: type[Host], client_in: Client, caplog: pytest.LogCaptureFixture
) -> None:
    host.answer = (503, {}, b"")
    for x in range(6):
        assert client_in.get(f"/basemap/own/14/{x}/1").status_code == 200
    assert len(host.asked) == 3
    assert "given a rest" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "other/14/1/1",
        "own/18/1/1",
        "own/14/99999999/1",
        "own/14/1/..%2f..",
        "own/14/1/1@example.org",
        "own/14/-1/1",
        "own/labels/14/1/1",
        "own/file",
    ],
)
def test_only_tiles_of_configured_base_maps_have_an_address(
    host: type[Host], client_in: Client, path: str
) -> None:
    assert client_in.get(f"/basemap/{path}").status_code == 404
    assert host.asked == []


def test_strangers_get_no_base_map(host: type[Host], client: Client, db: None) -> None:
    assert client.get("/basemap/own/14/1/1").status_code == 401
    assert client.get("/basemap/own/file").status_code == 401
    assert host.asked == []


def test_the_store_keeps_to_its_size_and_drops_the_oldest(tmp_path: Path) -> None:
    store = Store(tmp_path, most_bytes=1000, days=1)
    for number in range(20):
        store.put(f"a{number}", Picture("image/png", bytes(100)))
    store.tidy()
    kept = [number for number in range(20) if store.get(f"a{number}")]
    assert len(kept) == 9
    assert Store(tmp_path, most_bytes=1000, days=0).get(f"a{kept[0]}") is None


def test_a_disk_that_cannot_be_written_stops_nobody(
    host: type[Host], client_in: Client, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    settings.BASEMAP_CACHE_DIR = str(tmp_path / "taken")
    assert client_in.get("/basemap/own/14/1/1").content == PNG


@pytest.fixture
def pmtiles(settings: Any, tmp_path: Path) -> bytes:
    header = bytearray(b"PMTiles\x03" + bytes(119))
    header[100], header[101] = 5, 15
    body = bytes(header) + bytes(range(256)) * 8
    path = tmp_path / "own.pmtiles"
    path.write_bytes(body)
    settings.BASEMAPS = json.dumps(
        [{"kind": "pmtiles", "id": "file", "label": "Own", "path": str(path)}]
    )
    return body


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "first", "last"), [("0-126", 0, 126), ("2000-", 2000, 2174), ("-10", 2165, 2174)]
)
def test_a_file_is_served_by_ranges(
    pmtiles: bytes, client_in: Client, asked: str, first: int, last: int
) -> None:
    answer = client_in.get("/basemap/file/file", headers={"range": f"bytes={asked}"})
    assert answer.status_code == 206
    assert b"".join(answer) == pmtiles[first : last + 1]
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(pmtiles)}"
    assert answer["Content-Length"] == str(last - first + 1)


@pytest.mark.django_db
def test_a_file_whole_or_not_at_all(pmtiles: bytes, client_in: Client) -> None:
    (known,) = basemaps.available()
    assert (known["kind"], known["url"]) == ("pmtiles", "/basemap/file/file")
    assert (known["min_zoom"], known["max_zoom"]) == (5, 15)
    whole = client_in.get("/basemap/file/file")
    assert (whole.status_code, b"".join(whole)) == (200, pmtiles)
    for asked in ("bytes=9999-", "bytes=5-2", "bytes=-", "lines=1-2", "bytes=0-1,4-5"):
        assert client_in.get("/basemap/file/file", headers={"range": asked}).status_code == 416
    assert client_in.get("/basemap/file/14/1/1").status_code == 404
