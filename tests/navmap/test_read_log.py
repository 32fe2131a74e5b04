"""Lists and searches that show households are logged, without a flood and without names."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from gis_grid.audit.models import Entry
from gis_grid.audit.services import record_once
from gis_grid.households.models import Household
from gis_grid.navmap.search import search
from tests.conftest import QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def test_a_list_is_logged_once_a_filter(
    cast: SimpleNamespace, household: Callable[..., Household], client: Client
) -> None:
    household(GRID, tags=("deputy",))
    client.force_login(cast.worker)
    for address in ("", "?page=1", "?sort=-people", "?tags=deputy", f"?area={QUANFENG}"):
        assert client.get(f"/map/households.html{address}").status_code == 200
    entries = Entry.objects.filter(action="households_listed", actor_id=cast.worker.pk)
    assert [entry.detail["tags"] for entry in entries] == [[], ["deputy"], []]
    assert [entry.detail["area"] for entry in entries] == [None, None, QUANFENG]
    assert {entry.area_code for entry in entries} == {QUANFENG}


def test_an_empty_list_shows_nobody(
    cast: SimpleNamespace, household: Callable[..., Household], client: Client
) -> None:
    household(GRID)
    client.force_login(cast.outsider)
    client.get("/map/households.html")
    assert not Entry.objects.filter(action="households_listed").exists()


def test_a_search_by_name_is_logged_without_the_name(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, head_name="李明德")
    for text in ("李明", "明德", "李明德"):
        assert search(cast.worker, text)
    entries = Entry.objects.filter(action="name_search", actor_id=cast.worker.pk)
    assert [entry.detail for entry in entries] == [
        {"by": "name", "length": 2},
        {"by": "name", "length": 3},
    ]


def test_a_search_that_shows_no_household_is_not_logged(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, head_name="李明德")
    search(cast.outsider, "李明德")
    search(cast.worker, "泉凤村")
    assert not Entry.objects.filter(action="name_search").exists()


def test_the_same_is_logged_again_after_the_time(cast: SimpleNamespace) -> None:
    for minutes in (10, 10, 0):
        record_once(
            within=dt.timedelta(minutes=minutes),
            acting_user=cast.worker,
            action="households_listed",
            subject_type="household",
            area_code=QUANFENG,
            detail={"tags": []},
        )
    assert Entry.objects.filter(action="households_listed").count() == 2
