"""What was seen in the field counts from when it was seen, by the server's clock."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from gis_grid.facilities.models import Camera
from tests.conftest import QUANFENG
from tests.facilities import conftest as sites
from tests.facilities.conftest import NewCamera
from tests.fieldsync.operations import operation, push
from tests.fieldsync.tablets import Tablet

pytestmark = pytest.mark.django_db
camera = sites.camera
DAY = dt.timedelta(days=1)


def sent(tablet: Tablet, one: Camera, state: str, made_at: dt.datetime, **body: Any) -> str:
    check = operation("camera", "check", server_id=one.pk, state=state)
    check["made_at"] = made_at.isoformat()
    status, answer = tablet("sync/push", {"queue": 1, "operations": [check], **body})
    assert status == 200
    return str(answer["receipts"][0]["outcome"])


def test_a_tablet_that_comes_home_late_overwrites_no_newer_check(
    camera: NewCamera, cast: SimpleNamespace
) -> None:
    one = camera(QUANFENG + "001")
    now = timezone.now()
    assert sent(Tablet(cast.worker), one, "working", now - DAY) == "applied"
    # Its clock goes three years ahead: two days ago is what it calls a day before that.
    wrong = dt.timedelta(days=1000)
    surveyor = Tablet(cast.surveyor)
    late = sent(surveyor, one, "broken", now + wrong - 2 * DAY, sent_at=(now + wrong).isoformat())
    assert late == "applied"
    one.refresh_from_db()
    assert (one.state, one.checked_on) == ("working", timezone.localdate(now - DAY))
    assert [check.state for check in one.checks.all()] == ["working", "broken"]
    newest = sent(surveyor, one, "broken", now + wrong, sent_at=(now + wrong).isoformat())
    assert newest == "applied"
    one.refresh_from_db()
    assert (one.state, one.checked_on) == ("broken", timezone.localdate(now))


def test_a_moment_that_cannot_be_counts_from_its_arrival(
    camera: NewCamera, cast: SimpleNamespace
) -> None:
    one = camera(QUANFENG + "001")
    now = timezone.now()
    assert sent(Tablet(cast.worker), one, "off", now - DAY) == "applied"
    # No word of the clock, and decades off: nobody knows when it was.
    assert sent(Tablet(cast.surveyor), one, "broken", now - 9000 * DAY) == "applied"
    one.refresh_from_db()
    assert (one.state, one.checked_on) == ("broken", timezone.localdate())


def test_an_earlier_page_that_left_out_what_it_found_unchanged(
    camera: NewCamera, cast: SimpleNamespace
) -> None:
    one = camera(QUANFENG + "001")
    check = operation("camera", "check", server_id=one.pk, reason="画面清楚")
    [receipt] = push(Tablet(cast.surveyor), check)
    assert receipt["outcome"] == "applied", receipt
    assert one.checks.get().state == one.state


def test_who_may_not_check_it_changes_nothing(camera: NewCamera, cast: SimpleNamespace) -> None:
    one = camera(QUANFENG + "001")
    assert sent(Tablet(cast.outsider), one, "broken", timezone.now()) == "held"
    one.refresh_from_db()
    assert (one.state, one.checked_on) == ("working", None)
