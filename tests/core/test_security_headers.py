"""What every answer tells the browser."""

import re
from pathlib import Path

import pytest
from django.test import Client, RequestFactory

from gis_grid.core.security import HEADERS, client_address
from gis_grid.navmap.tiles import shortcut
from gis_grid.navmap.tiles.serve import Answer

pytestmark = pytest.mark.django_db
PATHS = ["/sign-in/", "/healthz", "/no-such-page", "/audit/"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'nonce-")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Permissions-Policy"].startswith("geolocation=(self), ")
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "no-store" in headers["Cache-Control"]
    assert "Server" not in headers


def test_each_answer_has_its_own_nonce(client: Client) -> None:
    nonces = {
        re.search(r"'nonce-([^']+)'", client.get("/sign-in/").headers["Content-Security-Policy"])[1]
        for _ in range(3)
    }
    assert len(nonces) == 3
    assert all(len(nonce) >= 22 for nonce in nonces)


def test_cookies_are_closed_to_scripts_and_other_sites(client: Client, settings: object) -> None:
    cookie = client.get("/sign-in/").cookies["csrftoken"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"


def test_a_foreign_host_name_is_refused(client: Client) -> None:
    answer = client.get("/sign-in/", headers={"host": "evil.example", "accept": "text/html"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.1", "192.0.2.1"),
        (1, "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.1, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_the_clients_address(settings: object, proxies: int, forwarded: str, address: str) -> None:
    settings.PROXY_COUNT = proxies
    request = RequestFactory().get(
        "/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="192.0.2.1"
    )
    assert client_address(request) == address


def test_a_refused_host_gets_the_headers_too(client: Client) -> None:
    answer = client.get("/sign-in/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    for name in HEADERS:
        assert answer.headers[name]


def test_static_files_carry_the_headers(settings: object, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("words", "utf-8")
    settings.STATIC_ROOT = str(tmp_path)
    answer = Client().get("/static/words.txt")
    assert answer.status_code == 200
    for name in HEADERS:
        assert answer.headers[name]


def test_the_short_way_of_tiles_carries_the_headers() -> None:
    seen = dict(shortcut.headers_of(Answer(etag='"1-0"', body=b"tile")))
    assert {name.lower(): value for name, value in HEADERS.items()}.items() <= seen.items()
    assert seen["cache-control"] == "private, no-cache"
    assert "browsing-topics" not in seen["permissions-policy"]
