"""A database that doesn't answer: nobody waits for ever, the health check hardly at all."""

import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from gis_grid.core import database
from gis_grid.core.health import states

pytestmark = pytest.mark.django_db


@pytest.fixture
def other() -> Iterator[BaseDatabaseWrapper]:
    """A connection beside that of the test."""
    made = connection.copy()
    yield made
    made.close()


def run(wrapper: BaseDatabaseWrapper, statement: str) -> object:
    with wrapper.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_waiting_ends_and_the_next_question_gets_a_new_connection(
    other: BaseDatabaseWrapper,
) -> None:
    began = time.monotonic()
    with database.patience(0.3), pytest.raises(OperationalError):
        run(other, "SELECT pg_sleep(20)")
    assert time.monotonic() - began < 3
    other.close_if_unusable_or_obsolete()
    assert run(other, "SELECT 7") == 7


def test_commands_wait_as_long_as_it_takes(other: BaseDatabaseWrapper) -> None:
    assert run(other, "SHOW statement_timeout") == "0"
    assert run(other, "SELECT 8 FROM pg_sleep(0.5)") == 8


def test_the_web_has_a_limit(other: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database._Limits, "web_s", 0.4)
    assert run(other, "SHOW statement_timeout") == "30s"
    with pytest.raises(OperationalError):
        run(other, "SELECT pg_sleep(20)")


def test_the_health_check_answers_soon(
    other: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement without an end stands for a server that has stopped."""
    from gis_grid.core import health

    monkeypatch.setattr(health, "connection", other)
    monkeypatch.setattr(health, "_migrated", lambda: run(other, "SELECT true FROM pg_sleep(20)"))
    began = time.monotonic()
    assert states()["database"] == "down"
    assert time.monotonic() - began < 3


def test_connecting_gives_up_too() -> None:
    for alias in ("default", "owner"):
        options = settings.DATABASES[alias]["OPTIONS"]
        assert options["connect_timeout"] <= 3
        assert options["tcp_user_timeout"] <= 10_000
