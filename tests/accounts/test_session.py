"""How long a session lives, and what ends it."""

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_grid.accounts.middleware import SEEN_AT, SIGNED_IN_AT
from gis_grid.accounts.models import User
from gis_grid.accounts.services.users import password_reset, user_disable
from gis_grid.audit.services import SYSTEM
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "another long password"


def is_signed_in(visitor: Client) -> bool:
    return visitor.get("/password/").status_code == 200


def shift(visitor: Client, **clocks: float) -> None:
    """Set clocks of the session to so many minutes ago."""
    session = visitor.session
    for name, minutes in clocks.items():
        session[name] = int(time.time() - minutes * 60)
    session.save()


def test_left_alone_it_ends(visitor: Client, clerk: User) -> None:
    visitor.force_login(clerk)
    shift(visitor, **{SEEN_AT: 29})
    assert is_signed_in(visitor)
    shift(visitor, **{SEEN_AT: 31})
    assert not is_signed_in(visitor)
    assert not Session.objects.exists()


def test_use_renews_it_but_not_beyond_its_lifetime(visitor: Client, clerk: User) -> None:
    visitor.force_login(clerk)
    shift(visitor, **{SEEN_AT: 20})
    assert is_signed_in(visitor)
    assert time.time() - visitor.session[SEEN_AT] < 5
    shift(visitor, **{SIGNED_IN_AT: 12 * 60 + 1})
    assert not is_signed_in(visitor)


@pytest.mark.parametrize(
    ("path", "minutes", "writes"),
    [
        ("/password/", 0.5, False),
        ("/password/", 1.1, True),
        ("/tiles/no-such-tile", 14, False),
        ("/tiles/no-such-tile", 16, True),
    ],
)
def test_renewing_writes_seldom(
    visitor: Client, clerk: User, path: str, minutes: float, writes: bool
) -> None:
    visitor.force_login(clerk)
    shift(visitor, **{SEEN_AT: minutes})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        visitor.get(path)
    written = [q["sql"] for q in queries if q["sql"].startswith('UPDATE "django_session"')]
    assert bool(written) is writes


def test_a_new_password_ends_the_other_sessions(visitor: Client, clerk: User) -> None:
    elsewhere = Client(headers={"accept": "text/html"})
    elsewhere.force_login(clerk)
    visitor.force_login(clerk)
    visitor.post("/password/", fields(PASSWORD, NEW))
    assert is_signed_in(visitor)
    assert not is_signed_in(elsewhere)


def fields(old: str, new: str) -> dict[str, str]:
    return {"old_password": old, "new_password1": new, "new_password2": new}


@pytest.mark.parametrize("end", [user_disable, password_reset])
def test_an_administrator_ends_all_sessions_at_once(visitor: Client, clerk: User, end: Any) -> None:
    visitor.force_login(clerk)
    end(acting_user=SYSTEM, user=User.objects.get(pk=clerk.pk))
    assert not is_signed_in(visitor)


def test_a_first_password_is_changed_before_anything_else(
    visitor: Client, client: Client, clerk: User
) -> None:
    User.objects.update(must_change_password=True)
    for one in (visitor, client):
        one.force_login(clerk)
    assert visitor.get("/audit/").headers["Location"] == "/password/"
    assert client.get("/audit/").status_code == 403
    assert visitor.post("/password/", fields(PASSWORD, NEW)).status_code == 302
    clerk.refresh_from_db()
    assert not clerk.must_change_password
    assert visitor.get("/audit/").status_code == 403  # an office may not read the log


@pytest.mark.parametrize("bad", ["short", "1234567890", "zhang-weimin1", PASSWORD])
def test_rules_for_a_password(visitor: Client, clerk: User, bad: str) -> None:
    User.objects.update(username="zhang-weimin")
    visitor.force_login(User.objects.get(pk=clerk.pk))
    answer = visitor.post("/password/", fields(PASSWORD, bad))
    assert answer.status_code == 200
    assert 'class="field-error"' in answer.text
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)
