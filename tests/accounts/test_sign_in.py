"""Signing in and out: who gets in, what is said to who does not, and where one lands."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from gis_grid.accounts.models import User
from gis_grid.audit.models import Entry
from tests.conftest import JINPING, PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(visitor: Client, username: str, password: str = PASSWORD, **more: str) -> object:
    return visitor.post("/sign-in/", {"username": username, "password": password, **more})


def test_the_page_is_chinese_first_and_carries_the_nonce_policy(visitor: Client) -> None:
    page = visitor.get("/sign-in/", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert '<html lang="zh-hans">' in page.text
    assert "nonce-" in page.headers["Content-Security-Policy"]


def test_the_language_switch_is_kept(visitor: Client) -> None:
    back = visitor.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert back.headers["Location"] == "/sign-in/"
    assert "Login name" in visitor.get("/sign-in/").text


def test_signing_in_gives_a_new_session_and_is_logged(visitor: Client, clerk: User) -> None:
    visitor.get("/sign-in/")
    session = visitor.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    answer = sign_in(visitor, "clerk")
    assert answer.status_code == 302
    assert visitor.session.session_key != planted
    entry = Entry.objects.get(action="signed_in")
    assert (entry.actor, entry.area_code) == ("clerk", JINPING)
    assert entry.detail["address"] == "127.0.0.1"


@pytest.mark.parametrize("username", ["clerk", "no-such-person"])
def test_the_refusal_does_not_tell_whether_the_account_exists(
    visitor: Client, clerk: User, username: str
) -> None:
    answer = sign_in(visitor, username, "wrong password")
    page = answer.text.replace(username, "NAME")
    again = sign_in(visitor, "somebody-else", "wrong password")
    assert answer.status_code == 200
    assert without_secrets(page) == without_secrets(again.text.replace("somebody-else", "NAME"))


def without_secrets(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf" not in line]


@pytest.mark.parametrize("username", ["clerk", "disabled", "no-such-person"])
def test_the_refusal_costs_one_hash_whoever_was_named(
    visitor: Client, clerk: User, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    User.objects.create_user("disabled", PASSWORD, is_active=False)
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    sign_in(visitor, username, "wrong password")
    assert hashed == ["wrong password"]


def test_a_name_without_an_account_is_not_written_down(visitor: Client, clerk: User) -> None:
    sign_in(visitor, "my-secret-password", "wrong password")
    sign_in(visitor, "clerk", "wrong password")
    unknown, known = Entry.objects.filter(action="sign_in_failed").order_by("seq")
    assert "my-secret-password" not in str(unknown.detail) + unknown.subject_id
    assert unknown.area_code == ""
    assert (known.subject_id, known.area_code) == (str(clerk.pk), JINPING)


def test_a_disabled_account_is_refused_like_any_other(visitor: Client, clerk: User) -> None:
    User.objects.update(is_active=False)
    answer = sign_in(visitor, "clerk")
    assert answer.status_code == 200
    assert not visitor.session.get("_auth_user_id")


def test_demo_accounts_sign_in_only_in_a_demo(
    visitor: Client, clerk: User, settings: object
) -> None:
    User.objects.update(is_demo=True)
    settings.DEMO = False
    assert sign_in(visitor, "clerk").status_code == 200
    settings.DEMO = True
    assert sign_in(visitor, "clerk").status_code == 302
    settings.DEMO = False
    assert visitor.get("/password/").headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("wanted", "landed"),
    [
        ("/audit/", "/audit/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(
    visitor: Client, clerk: User, wanted: str, landed: str
) -> None:
    assert sign_in(visitor, "clerk", next=wanted).headers["Location"] == landed


def test_signing_out_needs_a_post(visitor: Client, clerk: User) -> None:
    visitor.force_login(clerk)
    assert visitor.get("/sign-out/").status_code == 405
    assert visitor.get("/password/").status_code == 200
    visitor.post("/sign-out/")
    assert visitor.get("/password/").headers["Location"] == "/sign-in/?next=/password/"
    assert Entry.objects.filter(action="signed_out", actor="clerk").exists()


def test_a_stranger_is_taken_to_the_sign_in_page_and_back(visitor: Client) -> None:
    answer = visitor.get("/audit/?actor=clerk")
    assert answer.headers["Location"] == "/sign-in/?next=/audit/%3Factor%3Dclerk"


def test_a_script_without_a_login_gets_json(client: Client) -> None:
    answer = client.get("/audit/")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_signed_in"


def test_a_post_without_the_csrf_token_is_refused_in_words(clerk: User) -> None:
    visitor = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    answer = sign_in(visitor, "clerk")
    assert answer.status_code == 403
    assert "Forbidden" not in answer.text
    assert "<h1>" in answer.text
