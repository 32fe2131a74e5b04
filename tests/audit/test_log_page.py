"""The auditor's page: own areas only, filters, pages, and each look on record."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from gis_grid.accounts.policies import Role
from gis_grid.audit.actions import detail_lines
from gis_grid.audit.models import Entry
from gis_grid.audit.services import SYSTEM, record
from gis_grid.households.models import Household
from tests.conftest import COUNTY, JINPING, LIJIA, QUANFENG, TANGCUN, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(cast: SimpleNamespace) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(cast.auditor)
    return client


def note(area: str, action: str = "household_revealed", by: Any = SYSTEM) -> None:
    record(acting_user=by, action=action, subject_type="thing", subject_id="1", area_code=area)


def areas_shown(visitor: Client, query: str = "") -> list[str]:
    """Areas of the rows on the page, but for the rows that looking itself left."""
    page = visitor.get("/audit/" + query).context["page"]
    return [entry.area_code for entry in page.entries if entry.action != "audit_viewed"]


def test_only_rows_of_the_own_areas(visitor: Client) -> None:
    for area in (QUANFENG, JINPING, TANGCUN, COUNTY, ""):
        note(area)
    assert areas_shown(visitor) == [JINPING, QUANFENG]
    assert areas_shown(visitor, f"?area={TANGCUN}") == []


def test_rows_without_an_area_are_for_the_countys_auditor(visitor: Client) -> None:
    for area in (TANGCUN, COUNTY, "", "431025111000"):
        note(area)
    visitor.force_login(make_user("inspector", Role.AUDITOR, COUNTY))
    assert areas_shown(visitor) == ["", COUNTY, TANGCUN]


def test_filters(visitor: Client, cast: SimpleNamespace) -> None:
    note(QUANFENG, by=cast.worker)
    note(LIJIA, "signed_in", by=cast.office)
    today = timezone.localdate()
    tomorrow = today + dt.timedelta(days=1)
    assert areas_shown(visitor, "?actor=worker") == [QUANFENG]
    assert areas_shown(visitor, "?action=signed_in") == [LIJIA]
    assert areas_shown(visitor, f"?area={QUANFENG}") == [QUANFENG]
    assert areas_shown(visitor, f"?first={today}&last={today}") == [LIJIA, QUANFENG]
    assert areas_shown(visitor, f"?first={tomorrow}") == []


@pytest.mark.parametrize(
    "query", ["?area=12", "?first=2026-13-40", "?first=2026-02-02&last=2026-01-01", "?action=x"]
)
def test_a_filter_that_cannot_be_read_is_said(visitor: Client, query: str) -> None:
    answer = visitor.get("/audit/" + query)
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert not Entry.objects.exists()


def test_pages_go_back_in_time(visitor: Client) -> None:
    for _ in range(60):
        note(QUANFENG)
    first = visitor.get("/audit/?action=").context["page"]
    assert [first.entries[0].seq, first.entries[-1].seq, first.older] == [60, 11, 11]
    page = visitor.get(f"/audit/?before={first.older}")
    assert [entry.seq for entry in page.context["page"].entries] == list(range(10, 0, -1))
    assert page.context["page"].older is None
    assert visitor.get("/audit/?before=none").status_code == 200


def test_each_look_is_logged(visitor: Client) -> None:
    note(QUANFENG)
    visitor.get(f"/audit/?actor=system&area={QUANFENG}")
    entry = Entry.objects.get(action="audit_viewed")
    assert (entry.actor, entry.area_code, entry.detail["rows"]) == ("auditor", QUANFENG, 1)
    assert entry.detail["filters"] == {"actor": "system", "area": QUANFENG}


def test_what_is_in_the_log_is_text(visitor: Client) -> None:
    record(
        acting_user=SYSTEM,
        action="tested",
        subject_type="<script>",
        subject_id="1",
        area_code=QUANFENG,
        detail={"<b>": "<img src=x>"},
    )
    page = visitor.get("/audit/").text
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page


def test_others_do_not_read_it(visitor: Client, cast: SimpleNamespace) -> None:
    for user in (cast.county, cast.town, cast.office, cast.worker, cast.outsider, cast.nobody):
        visitor.force_login(user)
        assert visitor.get("/audit/").status_code == 403


def test_rows_stand_in_words(
    visitor: Client, cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(QUANFENG + "001")
    cast.worker.display_name = "王芳"
    cast.worker.save()
    reveal = {"field": "phone", "reason": "核实联系方式"}
    record(
        acting_user=cast.worker,
        action="personal_revealed",
        subject_type="household",
        subject_id=home.pk,
        area_code=QUANFENG,
        detail=reveal,
    )
    page = visitor.get("/audit/?action=personal_revealed").text
    for words in ("王芳 worker", f"住户 {home.code}", f"泉凤村 {QUANFENG}"):
        assert words in page
    assert "字段: 电话 · 理由: 核实联系方式" in page


def test_details_within_details_stand_in_words(visitor: Client) -> None:
    with translation.override("en"):
        lines = detail_lines({"household": {"new": 3, "changed": 0}, "demo": True, "tags": []})
    assert lines == [("Household", "New 3, Changed 0"), ("Demonstration data", "yes")]
