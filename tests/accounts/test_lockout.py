"""Too many wrong passwords: a pause, said in words, for this name from this address only."""

import datetime as dt
import re

import pytest
from axes.models import AccessAttempt
from django.test import Client

from gis_grid.accounts.models import User
from gis_grid.audit.models import Entry
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
LIMIT = 5


def attempt(visitor: Client, username: str, password: str, **headers: str) -> object:
    body = {"username": username, "password": password}
    return visitor.post("/sign-in/", body, **headers)


def fail(visitor: Client, username: str, times: int, **headers: str) -> object:
    for _ in range(times):
        answer = attempt(visitor, username, "wrong", **headers)
    return answer


@pytest.mark.parametrize("username", ["clerk", "no-such-person"])
def test_the_pause_is_said_with_its_length(visitor: Client, clerk: User, username: str) -> None:
    assert fail(visitor, username, LIMIT - 1).status_code == 200
    answer = fail(visitor, username, 1)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(15 * 60)
    assert "15" in re.search(r'role="alert">([^<]*)', answer.text)[1]


def test_the_right_password_waits_too_and_time_does_not_start_anew(
    visitor: Client, clerk: User
) -> None:
    fail(visitor, "clerk", LIMIT)
    AccessAttempt.objects.update(
        attempt_time=AccessAttempt.objects.get().attempt_time - dt.timedelta(minutes=10)
    )
    answer = attempt(visitor, "clerk", PASSWORD)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(5 * 60)
    AccessAttempt.objects.update(
        attempt_time=AccessAttempt.objects.get().attempt_time - dt.timedelta(minutes=6)
    )
    assert attempt(visitor, "clerk", PASSWORD).status_code == 302


def test_others_at_the_same_address_and_the_same_name_elsewhere_go_on(
    visitor: Client, clerk: User
) -> None:
    fail(visitor, "somebody", LIMIT)
    assert attempt(visitor, "clerk", PASSWORD).status_code == 302
    fail(Client(), "clerk", LIMIT, REMOTE_ADDR="198.51.100.7")
    assert attempt(Client(), "clerk", PASSWORD).status_code == 302


def test_a_success_forgets_the_failures(visitor: Client, clerk: User) -> None:
    fail(visitor, "clerk", LIMIT - 1)
    attempt(visitor, "clerk", PASSWORD)
    visitor.post("/sign-out/")
    assert fail(visitor, "clerk", LIMIT - 1).status_code == 200


def test_the_log_holds_each_counted_failure_but_not_those_in_the_pause(
    visitor: Client, clerk: User
) -> None:
    fail(visitor, "clerk", LIMIT + 3)
    failures = Entry.objects.filter(action="sign_in_failed").order_by("seq")
    assert [entry.detail["paused"] for entry in failures] == [False] * (LIMIT - 1) + [True]
    assert not AccessAttempt.objects.filter(post_data__contains="wrong").exists()


def test_behind_a_proxy_the_clients_own_header_is_not_believed(
    visitor: Client, clerk: User, settings: object
) -> None:
    settings.PROXY_COUNT = 1
    for made_up in range(LIMIT):
        seen = f"203.0.113.{made_up}, 198.51.100.7"
        answer = attempt(visitor, "clerk", "wrong", HTTP_X_FORWARDED_FOR=seen)
    assert answer.status_code == 429
    other = attempt(visitor, "clerk", PASSWORD, HTTP_X_FORWARDED_FOR="198.51.100.8")
    assert other.status_code == 302
