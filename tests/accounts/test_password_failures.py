"""Guessing at the present password: each wrong one is logged, the fifth ends the session."""

import pytest
from django.test import Client

from gis_grid.accounts.models import User
from gis_grid.audit.models import Entry
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "harvest-moon-over-reeds"


def change(visitor: Client, old: str) -> object:
    fields = {"old_password": old, "new_password1": NEW, "new_password2": NEW}
    return visitor.post("/password/", fields)


def sign_in(visitor: Client) -> None:
    answer = visitor.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    assert answer.status_code == 302


def failures() -> int:
    return Entry.objects.filter(action="password_change_failed", actor="clerk").count()


def test_the_fifth_wrong_one_ends_the_session(visitor: Client, clerk: User) -> None:
    sign_in(visitor)
    for _ in range(4):
        assert change(visitor, "wrong").status_code == 200
    answer = change(visitor, "wrong")
    assert (answer.status_code, answer.url) == (302, "/sign-in/")
    assert failures() == 5
    assert "sessionid" not in visitor.cookies or not visitor.cookies["sessionid"].value
    assert change(visitor, PASSWORD).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)


def test_whoever_signs_in_anew_starts_anew(visitor: Client, clerk: User) -> None:
    sign_in(visitor)
    for _ in range(5):
        change(visitor, "wrong")
    sign_in(visitor)
    session = visitor.session
    session["signed_in_at"] += 1
    session.save()
    assert change(visitor, "wrong").status_code == 200
    assert change(visitor, PASSWORD).url == "/"
    clerk.refresh_from_db()
    assert clerk.check_password(NEW)


def test_a_weak_new_password_is_no_failure(visitor: Client, clerk: User) -> None:
    sign_in(visitor)
    fields = {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"}
    assert visitor.post("/password/", fields).status_code == 200
    assert failures() == 0
