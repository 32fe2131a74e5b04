"""The page for the GIS office gives people a token of their own, and ends it."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from gis_grid.accounts.models import ApiToken, User
from gis_grid.accounts.services.tokens import MOST_OWN, own_token_create
from gis_grid.audit.models import Entry
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
PAGE = "/data/gis/"


def browser(user: User) -> Client:
    user.set_password(PASSWORD)
    user.save()
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    return client


def asked(**given: str) -> dict[str, str]:
    return {"label": "QGIS of the office", "days": "90", "password": PASSWORD, **given}


def shown(answer: Any) -> str:
    found = re.search(r'id="token">(gg_[\w-]+)<', answer.content.decode())
    return found[1] if found else ""


def test_a_token_is_made_shown_once_and_opens_the_services(cast: SimpleNamespace) -> None:
    client = browser(cast.office)
    answer = client.post(PAGE, asked())
    token = shown(answer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert f"Bearer {token}" in answer.content.decode()
    assert token not in client.get(PAGE).content.decode()
    program = Client(headers={"authorization": f"Bearer {token}"})
    assert program.get("/ogc/collections").status_code == 200
    kept = ApiToken.objects.get(user=cast.office)
    assert kept.label == "QGIS of the office"
    assert (kept.expires_at - kept.created_at).days in {89, 90}
    assert Entry.objects.filter(action="token_created", actor="office").count() == 1


def test_it_is_ended_on_the_page(cast: SimpleNamespace) -> None:
    client = browser(cast.office)
    token = shown(client.post(PAGE, asked()))
    number = ApiToken.objects.get(user=cast.office).pk
    assert client.post(PAGE, {"revoke": str(number)}).url == PAGE
    program = Client(headers={"authorization": f"Bearer {token}"})
    assert program.get("/ogc/collections").status_code == 401
    # A second time there is nothing to end.
    assert client.post(PAGE, {"revoke": str(number)}).status_code == 404
    assert client.post(PAGE, {"revoke": "²"}).status_code == 404


def test_nobody_ends_the_token_of_another(cast: SimpleNamespace) -> None:
    token, text = own_token_create(acting_user=cast.office, label="mine", days=30)
    assert browser(cast.county).post(PAGE, {"revoke": str(token.pk)}).status_code == 404
    program = Client(headers={"authorization": f"Bearer {text}"})
    assert program.get("/ogc/collections").status_code == 200


def test_a_wrong_password_makes_none_and_five_end_the_session(cast: SimpleNamespace) -> None:
    client = browser(cast.office)
    for _ in range(4):
        assert client.post(PAGE, asked(password="wrong")).status_code == 422
    assert client.post(PAGE, asked(password="wrong")).url == "/sign-in/"
    assert not ApiToken.objects.exists()
    assert client.post(PAGE, asked()).status_code == 302
    assert Entry.objects.filter(action="password_change_failed", actor="office").count() == 5


@pytest.mark.parametrize("given", [{"label": ""}, {"days": "4000"}, {"label": "x" * 61}])
def test_what_is_wrong_is_said(cast: SimpleNamespace, given: dict[str, str]) -> None:
    answer = browser(cast.office).post(PAGE, asked(**given))
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_whoever_may_not_take_data_out_makes_none(cast: SimpleNamespace) -> None:
    client = browser(cast.surveyor)
    assert "token_create" in client.get(PAGE).content.decode()
    assert client.post(PAGE, asked()).status_code == 403
    assert not ApiToken.objects.exists()


def test_there_are_no_more_than_one_can_tell_apart(cast: SimpleNamespace) -> None:
    client = browser(cast.office)
    for number in range(MOST_OWN):
        own_token_create(acting_user=cast.office, label=str(number), days=30)
    answer = client.post(PAGE, asked())
    assert answer.status_code == 409
    assert "field-error" in answer.content.decode()
