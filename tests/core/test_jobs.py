"""The nightly jobs are known to the worker, and do their work."""

import datetime as dt
from collections.abc import Callable

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.utils import timezone
from procrastinate.contrib.django import app

from gis_grid.accounts.tasks import clear_sessions
from gis_grid.households.models import Household, HouseholdTag
from gis_grid.households.tasks import refresh_tag_masks
from tests.conftest import QUANFENG

NIGHTLY = {"accounts.clear_sessions", "audit.verify", "households.refresh_masks"}


def test_the_worker_knows_them_and_their_hours() -> None:
    periodic = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic >= NIGHTLY
    assert set(app.tasks) >= NIGHTLY


@pytest.mark.django_db
def test_ended_sessions_and_old_failures_are_forgotten() -> None:
    now = timezone.now()
    for name, age in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=name, expire_date=now + dt.timedelta(days=age))
        AccessAttempt.objects.create(username=name, ip_address="192.0.2.1", failures_since_start=1)
    AccessAttempt.objects.filter(username="old").update(attempt_time=now - dt.timedelta(days=1))
    clear_sessions(timestamp=0)
    assert [session.session_key for session in Session.objects.all()] == ["new"]
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["new"]


@pytest.mark.django_db
def test_a_tag_that_ends_today_no_longer_shows(household: Callable[..., Household]) -> None:
    home = household(QUANFENG + "001", tags=("low_income",))
    assert home.tag_mask
    HouseholdTag.objects.update(ends_on=timezone.localdate())
    refresh_tag_masks(timestamp=0)
    home.refresh_from_db()
    assert home.tag_mask == 0
