"""Incidents on the map: pins near by, heaps further out, counts by grid; who sees which."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.utils import timezone

from gis_grid.incidents.models import Incident
from gis_grid.navmap.tiles import serve
from tests.conftest import COLUMNS, QUANFENG
from tests.incidents import conftest as reporting
from tests.incidents.conftest import Make, lead
from tests.navmap.places import tile_of

make = reporting.make
pytestmark = pytest.mark.django_db
FIRST = QUANFENG + "001"
OTHER = next(code for code in COLUMNS if code[:12] != QUANFENG and code[:9] == QUANFENG[:9])


def pins(tile: Callable, user: object, z: int = 17, **query: str) -> list[dict]:
    return tile(user, "incidents", z, FIRST, **query).get("incident", [])


def test_pin_says_kind_and_look(tile: Callable, cast: SimpleNamespace, make: Make) -> None:
    made = make(FIRST)
    (pin,) = pins(tile, cast.worker)
    assert (pin["id"], pin["kind"], pin["look"]) == (made.pk, "general", "open")
    lead(made, cast.worker, "accept")
    lead(made, cast.worker, "settle")
    assert [pin["look"] for pin in pins(tile, cast.worker)] == ["hand"]


def test_what_is_late_shows_so_and_first(tile: Callable, cast: SimpleNamespace, make: Make) -> None:
    late, usual = make(FIRST), make(FIRST)
    Incident.objects.filter(pk=late.pk).update(due_at=timezone.now() - dt.timedelta(days=1))
    looks = {pin["id"]: pin["look"] for pin in pins(tile, cast.town)}
    assert looks == {late.pk: "late", usual.pk: "open"}
    assert [pin["id"] for pin in pins(tile, cast.town, look="late")] == [late.pk]
    (heap,) = tile(cast.town, "incidents", 13, FIRST)["incident_heap"]
    assert (heap["n"], heap["late"], heap["open"], heap["hand"]) == (2, 1, 1, 0)


def test_a_filter_leaves_what_it_says(tile: Callable, cast: SimpleNamespace, make: Make) -> None:
    made = make(FIRST)
    yesterday = (timezone.localdate() - dt.timedelta(days=1)).isoformat()
    today = timezone.localdate().isoformat()
    for query, sees in (
        ({"kind": "general"}, True),
        ({"kind": "mediation"}, False),
        ({"category": made.category.code}, True),
        ({"category": made.category.parent.code}, True),
        ({"category": "nothing-such"}, False),
        ({"since": today}, True),
        ({"until": yesterday}, False),
        ({"until": "9999-12-31"}, True),
        ({"since": "0001-01-01"}, True),
        ({"look": "closed"}, False),
        ({"look": "all"}, True),
    ):
        assert bool(pins(tile, cast.town, **query)) is sees, query


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"look": "x' OR 1=1"}, "look"),
        ({"kind": "none"}, "kind"),
        ({"category": "a;b"}, "category"),
        ({"since": "yesterday"}, "since"),
    ],
)
def test_what_can_not_be_read_is_refused(
    signed_in: Callable, cast: SimpleNamespace, query: dict[str, str], where: str
) -> None:
    answer = signed_in(cast.town).get("/tiles/incidents/15/1/1.mvt", query)
    assert answer.status_code == 422
    assert where in answer.content.decode()


def test_outsider_and_whoever_is_complained_of_see_nothing(
    tile: Callable, cast: SimpleNamespace, make: Make
) -> None:
    make(FIRST, complained_of=cast.worker.username)
    assert pins(tile, cast.town)
    for z in (10, 13, 17):
        for user in (cast.outsider, cast.worker):
            found = tile(user, "incidents", z, FIRST)
            assert not any(found.values()), (z, user)


def test_another_village_is_not_in_sight(tile: Callable, cast: SimpleNamespace, make: Make) -> None:
    make(OTHER)
    for z in (10, 13, 17):
        found = tile(cast.worker, "incidents", z, OTHER)
        assert not any(found.values())


def test_counts_of_grids_below_five_only_for_those_who_see_the_incidents(
    tile: Callable, cast: SimpleNamespace, make: Make
) -> None:
    for _ in range(4):
        make(FIRST)

    def count(user: object) -> list:
        areas = tile(user, "incidents", 14, FIRST).get("incident_area", [])
        return [area.get("n") for area in areas if area["code"] == FIRST]

    assert count(cast.town) == [4]
    assert count(cast.auditor) in ([None], [])
    make(FIRST)
    serve.cache.clear()
    assert count(cast.town) == [5]


def test_a_change_moves_the_etag(
    tiles_in_transaction: None, signed_in: Callable, cast: SimpleNamespace, make: Make
) -> None:
    client = signed_in(cast.town)
    x, y = tile_of(FIRST, 16)
    made = make(FIRST)
    before = client.get(f"/tiles/incidents/16/{x}/{y}.mvt")
    held = {"HTTP_IF_NONE_MATCH": before["ETag"]}
    assert client.get(f"/tiles/incidents/16/{x}/{y}.mvt", **held).status_code == 304
    lead(made, cast.worker, "accept")
    assert client.get(f"/tiles/incidents/16/{x}/{y}.mvt", **held).status_code == 200
