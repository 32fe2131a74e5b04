"""Who may call the API: tokens, sessions, and the form of every refusal."""

import datetime as dt
from typing import Any

import pytest
from django.http import Http404, HttpRequest
from django.test import Client
from django.urls import path
from django.utils import timezone
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError

from gis_grid.accounts.api_auth import API_AUTH
from gis_grid.accounts.models import ApiToken, User
from gis_grid.accounts.services.tokens import token_create, token_revoke
from gis_grid.audit.models import Entry
from gis_grid.audit.services import SYSTEM
from gis_grid.config import urls
from gis_grid.core.api import install_error_handlers
from gis_grid.core.errors import InputError, MissingError

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.test_api_auth")]

api = NinjaAPI(auth=API_AUTH, urls_namespace="api-of-the-auth-test")
install_error_handlers(api)


class Visit(Schema):
    count: int


@api.get("/me")
def me(request: HttpRequest) -> dict[str, str]:
    return {"auth": request.auth.username, "user": request.user.username}


@api.post("/visits")
def visit(request: HttpRequest, body: Visit) -> dict[str, int]:
    return {"count": body.count}


@api.get("/fail/{name}")
def fail(request: HttpRequest, name: str) -> None:
    raise {
        "missing": MissingError(),
        "none": Http404("secret"),
        "input": InputError("Row 3 is empty.", where="row 3"),
        "http": HttpError(403, "no"),
    }[name]


urlpatterns = [path("api/test/", api.urls), *urls.urlpatterns]


@pytest.fixture
def token(clerk: User) -> str:
    return token_create(acting_user=SYSTEM, user=clerk, label="export", days=30)[1]


def bearer(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


def call(client: Client, text: str) -> Any:
    return client.get("/api/test/me", headers=bearer(text))


def test_a_token_is_its_person(client: Client, token: str) -> None:
    assert call(client, token).json() == {"auth": "clerk", "user": "clerk"}


def test_only_the_digest_of_a_token_is_kept(token: str) -> None:
    assert token.startswith("gg_")
    assert len(token) > 40
    kept = str(ApiToken.objects.values().get()) + str(list(Entry.objects.values()))
    assert token not in kept
    assert token.removeprefix("gg_") not in kept


def test_its_use_is_noted_at_most_once_a_minute(
    client: Client, token: str, django_assert_num_queries: Any
) -> None:
    call(client, token)
    noted = ApiToken.objects.get().last_used_at
    with django_assert_num_queries(1):
        call(client, token)
    assert ApiToken.objects.get().last_used_at == noted
    ApiToken.objects.update(last_used_at=timezone.now() - dt.timedelta(seconds=61))
    call(client, token)
    assert ApiToken.objects.get().last_used_at >= noted


def test_a_token_that_no_longer_holds(client: Client, token: str, clerk: User) -> None:
    past = timezone.now() - dt.timedelta(seconds=1)
    bodies = [call(client, "gg_unknown")]
    for spoil, mend in (
        ({"expires_at": past}, {"expires_at": None}),
        ({"revoked_at": past}, {"revoked_at": None}),
    ):
        ApiToken.objects.update(**spoil)
        bodies.append(call(client, token))
        ApiToken.objects.update(**mend)
    User.objects.update(is_active=False)
    bodies.append(call(client, token))
    assert {answer.status_code for answer in bodies} == {401}
    assert len({answer.content for answer in bodies}) == 1
    assert bodies[0].json()["error"]["code"] == "not_signed_in"


def test_revoking_ends_it_at_once(client: Client, token: str, clerk: User) -> None:
    assert token_revoke(acting_user=SYSTEM, user=clerk, label="export") == 1
    assert call(client, token).status_code == 401
    with pytest.raises(MissingError):
        token_revoke(acting_user=SYSTEM, user=clerk)


def test_demo_tokens_end_with_the_demo(
    client: Client, token: str, clerk: User, settings: Any
) -> None:
    User.objects.update(is_demo=True)
    settings.DEMO = False
    assert call(client, token).status_code == 401


def test_a_bad_token_is_not_saved_by_a_session(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    assert call(client, "gg_wrong").status_code == 401


def test_a_session_reads_freely_and_writes_with_the_csrf_token(clerk: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    assert client.get("/api/test/me").json()["auth"] == "clerk"
    body = {"count": 2}
    refused = client.post("/api/test/visits", body, content_type="application/json")
    assert refused.status_code == 403
    error = refused.json()["error"]
    assert (error["code"], set(error)) == ("csrf_failed", {"code", "message", "where", "details"})
    assert "页面打开时间过长" in error["message"]
    client.get("/password/")
    headers = {"x-csrftoken": client.cookies["csrftoken"].value}
    done = client.post("/api/test/visits", body, content_type="application/json", headers=headers)
    assert done.json() == {"count": 2}


def test_a_token_writes_without_cookies(token: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        "/api/test/visits", {"count": 1}, content_type="application/json", headers=bearer(token)
    )
    assert answer.json() == {"count": 1}


def test_refusals_speak_the_language_that_the_program_asks_for(client: Client, token: str) -> None:
    said = {
        wanted: client.get(
            "/api/test/fail/missing", headers=bearer(token) | {"accept-language": wanted}
        ).json()["error"]["message"]
        for wanted in ("en", "zh-CN", "fr")
    }
    assert said["en"] == "Nothing is here."
    assert said["zh-CN"] == said["fr"]


def test_a_stranger_is_refused_in_json_even_by_a_browser(visitor: Client) -> None:
    answer = visitor.get("/api/test/me")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_signed_in"


def test_who_must_change_the_password_calls_nothing(client: Client, clerk: User) -> None:
    User.objects.update(must_change_password=True)
    client.force_login(User.objects.get())
    assert client.get("/api/test/me").status_code == 403


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("missing", 404, "not_found"),
        ("none", 404, "not_found"),
        ("input", 422, "bad_input"),
        ("http", 403, "not_allowed"),
    ],
)
def test_every_refusal_has_one_form(
    client: Client, token: str, name: str, status: int, code: str
) -> None:
    answer = client.get(f"/api/test/fail/{name}", headers=bearer(token))
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message", "where", "details"}
    assert answer.json()["error"]["code"] == code
    assert "secret" not in answer.text


def test_what_does_not_fit_the_schema_is_named(client: Client, token: str) -> None:
    answer = client.post(
        "/api/test/visits",
        {"count": "many"},
        content_type="application/json",
        headers=bearer(token),
    )
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["where"]) == (422, "bad_input", "body.count")
    assert "many" not in answer.text
