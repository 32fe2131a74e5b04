"""What has changed since: told once it is committed, however late that is."""

from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from gis_grid.fieldsync.services.pulling import clear
from gis_grid.incidents.models import Incident
from gis_grid.territory.registries import tell_followers
from gis_grid.territory.services.located import reassign
from gis_grid.territory.services.publish import publish_villages
from tests.conftest import LIJIA, QUANFENG, cell, rectangle
from tests.fieldsync.pulls import keys, pull
from tests.fieldsync.tablets import Tablet
from tests.incidents.conftest import Make, lead, make

__all__ = ["make"]
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_nothing_new_is_nothing(tablet: Tablet, make: Make) -> None:
    make(QUANFENG + "001")
    first = pull(tablet)
    second = pull(tablet, first["cursor"], forms=first["forms"]["etag"])
    assert (second["changes"], second["gone"], second["reset"]) == ({}, {}, False)
    assert "forms" not in second


def test_afterwards_only_what_changed_comes(tablet: Tablet, make: Make) -> None:
    make(QUANFENG + "001")
    first = pull(tablet)
    new = make(QUANFENG + "002")
    second = pull(tablet, first["cursor"])
    assert keys(second, "incident") == [new.pk]
    assert keys(second, "grid") == []


def test_what_is_closed_is_gone(tablet: Tablet, make: Make, cast: SimpleNamespace) -> None:
    incident = make(QUANFENG + "001")
    first = pull(tablet)
    lead(incident, cast.worker, "accept", "settle", "answer")
    lead(incident, cast.leader, "close")
    second = pull(tablet, first["cursor"])
    assert second["gone"] == {"incident": [incident.pk]}


def test_what_leaves_the_village_is_gone(tablet: Tablet, make: Make) -> None:
    incident = make(QUANFENG + "001")
    first = pull(tablet)
    there = pull(tablet, areas=LIJIA)
    target = make(LIJIA + "001")
    Incident.objects.filter(pk=incident.pk).update(geom=target.geom)
    reassign([QUANFENG + "001", LIJIA + "001"])
    assert pull(tablet, first["cursor"])["gone"] == {"incident": [incident.pk]}
    assert keys(pull(tablet, there["cursor"], areas=LIJIA), "incident") == [
        incident.pk,
        target.pk,
    ]


def test_pages_follow_each_other_without_a_gap(tablet: Tablet, make: Make) -> None:
    made = [make(QUANFENG + f"00{n % 3 + 1}").pk for n in range(7)]
    found: list[int] = []
    cursor, more = "", True
    while more:
        page = pull(tablet, cursor, limit=2)
        found += keys(page, "incident")
        cursor, more = page["cursor"], page["more"]
    assert found == made
    later = [make(QUANFENG + "001").pk for _ in range(5)]
    found, more = [], True
    while more:
        page = pull(tablet, cursor, limit=2)
        found += keys(page, "incident")
        cursor, more = page["cursor"], page["more"]
    assert sorted(set(found)) == later


def test_the_feed_forgets_and_says_so(tablet: Tablet, make: Make) -> None:
    first = pull(tablet)
    make(QUANFENG + "001")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fieldsync_change SET at = now() - interval '100 days'")
    assert clear() > 0
    assert pull(tablet, first["cursor"])["reset"]


def test_what_is_committed_late_is_not_passed_over(tablet: Tablet, make: Make) -> None:
    """A change under way in another connection while a later one is told already."""
    slow = make(QUANFENG + "001")
    first = pull(tablet)
    late = connection.copy()
    try:
        with late.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE incidents_incident SET urged = 1 WHERE id = %s", [slow.pk])
        quick = make(QUANFENG + "001")
        second = pull(tablet, first["cursor"])
        assert slow.pk not in keys(second, "incident")
        with late.cursor() as cursor:
            cursor.execute("COMMIT")
        third = pull(tablet, second["cursor"])
        assert slow.pk in keys(third, "incident")
        assert quick.pk in keys(second, "incident") + keys(third, "incident")
    finally:
        late.close()


def test_a_redraw_is_told(tablet: Tablet, cast: SimpleNamespace) -> None:
    first = pull(tablet)
    halves = [cell(QUANFENG + "003", rectangle(2, width=0.5)),
              cell(QUANFENG + "004", rectangle(2.5, width=0.5))]  # fmt: skip
    same = [cell(QUANFENG + "001"), cell(QUANFENG + "002")]
    publish_villages(acting_user=cast.county, cells=[*same, *halves])
    codes = {row["code"] for row in pull(tablet, first["cursor"])["changes"]["grid"]}
    assert {QUANFENG + "003", QUANFENG + "004"} <= codes
    assert QUANFENG + "001" not in codes


def test_a_first_load_begins_anew(tablet: Tablet) -> None:
    first = pull(tablet)
    with transaction.atomic():
        tell_followers("households")
    assert pull(tablet, first["cursor"])["reset"]
    again = pull(tablet)
    assert not pull(tablet, again["cursor"])["reset"]
