"""ETags, 304, the tile cache, and the past."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg import DataError

from gis_grid.core.errors import InputError
from gis_grid.core.moments import moment_of
from gis_grid.households.models import HouseholdTag, Tag
from gis_grid.households.services.tags import refresh_masks
from gis_grid.navmap.tiles import serve
from gis_grid.territory.models import GridVersion
from gis_grid.territory.services.publish import publish_villages
from tests.conftest import QUANFENG, cell, rectangle
from tests.navmap.conftest import decoded
from tests.navmap.places import tile_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tiles_in_transaction")]
FIRST = QUANFENG + "001"


def address(layer: str, z: int = 14) -> str:
    x, y = tile_of(FIRST, z)
    return f"/tiles/{layer}/{z}/{x}/{y}.mvt"


def test_an_unchanged_tile_is_304_and_is_not_drawn(
    signed_in: Callable,
    cast: SimpleNamespace,
    household: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    household(FIRST)
    client = signed_in(cast.town)
    first = client.get(address("households"))
    assert first["Cache-Control"] == "private, no-cache"
    assert "Cookie" in first["Vary"]
    serve.cache.clear()
    # Drawing would fail now.
    fails = "(SELECT repeat('x', 1 / (n - n))::bytea FROM generate_series(1, 1) n)"
    monkeypatch.setattr("gis_grid.navmap.tiles.queries.mvt_layer", lambda name, rows: fails)
    again = client.get(address("households"), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    weak = client.get(address("households"), headers={"if-none-match": f'"x", W/{first["ETag"]}'})
    assert weak.status_code == 304
    with pytest.raises(DataError):
        client.get(address("households"))


def test_a_tag_changes_the_tile_of_households(
    signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    home = household(FIRST)
    client = signed_in(cast.town)
    first = client.get(address("households", 16))
    HouseholdTag.objects.create(
        household=home, tag=Tag.objects.get(slug="party_member"), starts_on=dt.date(2021, 1, 1)
    )
    refresh_masks([home.pk])
    second = client.get(address("households", 16), headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200
    (point,) = decoded(second.content)["household"]
    assert point["mask"] == Tag.objects.get(slug="party_member").mask


def test_a_publish_changes_the_tile_of_grids_and_its_counts(
    signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(QUANFENG + "002")
    client = signed_in(cast.town)
    before = client.get(address("grids"))
    assert _counts(before)[FIRST] == 0
    _widen_first(cast)
    after = client.get(address("grids"), headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert _counts(after)[FIRST] == 1


def _widen_first(cast: SimpleNamespace) -> None:
    publish_villages(
        acting_user=cast.county,
        cells=[
            cell(FIRST, rectangle(0, width=1.9)),
            cell(QUANFENG + "002", rectangle(1.9, width=0.1)),
            cell(QUANFENG + "003"),
        ],
    )


def _counts(response: Any) -> dict[str, int]:
    return {label["code"]: label["households"] for label in decoded(response.content)["grid_label"]}


def test_the_past_shows_the_old_borders_without_counts(
    signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST)
    # As if it had been published long ago.
    since = timezone.now() - dt.timedelta(days=30)
    for version in GridVersion.objects.all():
        GridVersion.objects.filter(pk=version.pk).update(validity=(since, None))
    client = signed_in(cast.town)
    before = decoded(client.get(address("grids", 13)).content)
    _widen_first(cast)
    yesterday = (timezone.localdate() - dt.timedelta(days=1)).isoformat()
    past = decoded(client.get(address("grids", 13), {"at": yesterday}).content)
    assert _shapes(past) == _shapes(before)
    assert _shapes(past) != _shapes(decoded(client.get(address("grids", 13)).content))
    assert past["grid_label"]
    assert not [label for label in past["grid_label"] if "households" in label]
    earlier = (timezone.localdate() - dt.timedelta(days=60)).isoformat()
    assert client.get(address("grids", 13), {"at": earlier}).content == b""


def _shapes(layers: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {area["code"]: area["geometry"] for area in layers["grid"]}


def test_a_day_stands_for_its_end_and_today_for_now() -> None:
    moment = moment_of("2024-05-01")
    assert moment is not None
    assert timezone.localtime(moment).isoformat() == "2024-05-01T23:59:59.999999+08:00"
    assert moment_of(timezone.localdate().isoformat()) is None
    assert moment_of("2024-05-01T08:30") == dt.datetime(2024, 5, 1, 0, 30, tzinfo=dt.UTC)
    for text in ("tomorrow", "2024-02-30", "9999-12-31x", "", "0000-00-00"):
        with pytest.raises(InputError):
            moment_of(text)


def test_an_etag_of_one_does_not_serve_another(
    signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST, tags=("low_income",))
    theirs = signed_in(cast.civil).get(address("households"))
    own = signed_in(cast.police).get(
        address("households"), headers={"if-none-match": theirs["ETag"]}
    )
    assert own.status_code == 200
    assert own["ETag"] != theirs["ETag"]
    assert "tag:low_income" not in decoded(own.content)["cluster"][0]


def test_only_people_with_the_same_sight_share_a_drawn_tile(
    signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST, tags=("low_income",))
    etags = {
        name: signed_in(getattr(cast, name)).get(address("households"))["ETag"]
        for name in ("town", "civil", "police", "worker", "leader", "auditor")
    }
    assert etags["town"] == etags["civil"]
    assert etags["worker"] == etags["leader"]
    assert len(set(etags.values())) == 4


def test_the_cache_gives_the_same_bytes_and_stays_in_its_size() -> None:
    cache = serve.TileCache(lambda: 100)
    for number in range(10):
        cache.put(f"d{number}", 1, bytes(30))
    assert cache.get("d6") is None
    assert cache.get("d9") == (1, bytes(30))
    cache.put("d9", 2, b"")
    assert cache.get("d9") == (2, b"")


def test_filters_and_days_have_etags_of_their_own(
    signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST)
    client = signed_in(cast.town)
    queries: list[dict[str, str]] = [
        {},
        {"tags": "party_member"},
        {"tags": "party_member", "mode": "all"},
        {"area": FIRST},
        {"area": QUANFENG},
    ]
    etags = {client.get(address("households"), query)["ETag"] for query in queries}
    assert len(etags) == len(queries)


def test_a_tile_is_one_round_trip_when_the_counts_are_known(
    signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST)
    client = signed_in(cast.town)
    client.get(address("grids"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(address("grids"))
    # The login and the tags; the tile's own statement does not go by Django.
    assert not [query for query in queries if "areacount" in query["sql"]]
    assert len(queries) <= 8
