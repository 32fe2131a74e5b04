"""Characters and lengths that no keyboard writes: refused in words, never a fault."""

from types import SimpleNamespace

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client

from gis_grid.accounts.models import User
from tests.conftest import JINPING

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    page = Client()
    page.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return page


@pytest.fixture
def page(cast: SimpleNamespace) -> Client:
    return signed_in(cast.town)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/map/households.xlsx", {"purpose": "for the\x00 files"}),
        ("/map/households.xlsx", {"purpose": "for the files", "area": "\x00"}),
        ("/map/households/1/reveal/", {"field": "phone", "reason": "a call\x00 back"}),
        ("/map/households/1/reveal/", {"fi\x00eld": "phone"}),
        ("/api/v1/search", {"q": "\x1b[2J"}),
    ],
)
def test_control_characters_in_a_form(page: Client, path: str, fields: dict[str, str]) -> None:
    answer = page.post(path, fields)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "bad_input"
    assert "\x00" not in error["where"]


@pytest.mark.parametrize(
    "address",
    [
        "/map/households.html?area=%00",
        "/map/households.json?tags=%00",
        "/api/v1/search?q=%00",
        "/api/v1/households?area=%00",
        f"/map/places/{JINPING}/?at=%00",
    ],
)
def test_control_characters_in_an_address(page: Client, address: str) -> None:
    assert page.get(address).status_code == 422


@pytest.mark.parametrize("address", ["/map/places/%00/", "/api/v1/grids/%00", "/tiles/%00"])
def test_control_characters_in_a_path_name_nothing(page: Client, address: str) -> None:
    assert page.get(address).status_code in (404, 422)


def test_lines_and_tabs_are_text(page: Client) -> None:
    answer = page.post("/api/v1/search", {"q": "a\tb\r\nc"})
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_cookie_with_control_characters_is_no_session() -> None:
    answer = Client(headers={"cookie": r'sessionid="\000abcdefgh"; csrftoken="\000"'}).get("/")
    assert answer.status_code == 401


def test_a_login_name_of_any_length(cast: SimpleNamespace) -> None:
    answer = Client().post("/sign-in/", {"username": "x" * 10_000, "password": "wrong"})
    assert answer.status_code == 200
    assert "invalid" in answer.text or "alert" in answer.text
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize("field", ["first", "last"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "3000-01-01"])
def test_days_at_the_end_of_the_calendar(cast: SimpleNamespace, field: str, day: str) -> None:
    answer = signed_in(cast.auditor).get("/audit/", {field: day})
    assert answer.status_code == 422
    assert "2999" in answer.text
