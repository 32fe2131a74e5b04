"""Filters of the list that a person keeps: found again, theirs alone."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from gis_grid.incidents.models import SavedFilter
from gis_grid.incidents.services.saving import MOST
from tests.incidents.conftest import Make
from tests.incidents.test_pages import signed_in
from tests.incidents.test_paper import GRID

pytestmark = pytest.mark.django_db


def test_a_filter_is_kept_found_and_taken_away(make: Make, cast: SimpleNamespace) -> None:
    make(GRID)
    town, where = signed_in(cast.town), reverse("saved_filters")
    query = "state=open&kind=general&before=7&evil=<script>"
    answer = town.post(where, {"name": "一般事件", "query": query})
    assert answer.status_code == 302
    kept = SavedFilter.objects.get()
    assert kept.query == "state=open&kind=general"
    shown = town.get(reverse("incidents")).content.decode()
    assert "一般事件" in shown
    assert town.get(f"/incidents/?{kept.query}").context["rows"]
    # The same name again is the same filter.
    town.post(where, {"name": "一般事件", "query": "state=closed"})
    assert [one.query for one in SavedFilter.objects.all()] == ["state=closed"]
    office = signed_in(cast.office)
    assert "一般事件" not in office.get(reverse("incidents")).content.decode()
    assert office.post(where, {"drop": kept.pk}).status_code == 404
    assert office.post(where, {"drop": "x"}).status_code == 404
    town.post(where, {"drop": kept.pk})
    assert not SavedFilter.objects.exists()


def test_what_says_nothing_or_too_much_is_not_kept(cast: SimpleNamespace) -> None:
    town, where = signed_in(cast.town), reverse("saved_filters")
    for name, query in (("", "state=open"), ("x" * 41, "state=open"), ("y", ""), ("y", "a=b")):
        assert town.post(where, {"name": name, "query": query}).status_code == 302
    assert not SavedFilter.objects.exists()
    for number in range(MOST + 1):
        town.post(where, {"name": str(number), "query": "state=open"})
    assert SavedFilter.objects.count() == MOST
    assert signed_in(cast.auditor).post(where, {"name": "z", "query": "q=1"}).status_code == 403
