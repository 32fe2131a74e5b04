"""Who sees what on tiles: scope, welfare tags, strangers."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from gis_grid.households.models import Tag
from tests.conftest import COLUMNS, COUNTY, JINPING, LIJIA, QUANFENG
from tests.navmap.places import tile_of

pytestmark = pytest.mark.django_db
FIRST = QUANFENG + "001"
WELFARE = "low_income"


@pytest.fixture
def town_full(household: Callable) -> None:
    for code in COLUMNS:
        household(code, tags=("party_member", WELFARE))


@pytest.mark.parametrize("z", [*range(8, 19)])
def test_an_outsider_sees_nothing_of_the_town_at_any_zoom(
    tile: Callable, cast: SimpleNamespace, town_full: None, z: int
) -> None:
    own = ("431024102", COUNTY)
    for layer in ("regions", "grids", "households", "reference"):
        for features in tile(cast.outsider, layer, z, FIRST).values():
            assert layer in ("regions", "grids")
            assert all(item["code"].startswith(own) for item in features)
            assert not any(item["code"].startswith(JINPING[:9]) for item in features)


def test_out_of_scope_and_nothing_there_look_the_same(
    tiles_in_transaction: None, signed_in: Callable, cast: SimpleNamespace, town_full: None
) -> None:
    client = signed_in(cast.outsider)
    taken, bare = tile_of(FIRST, 16), (1, 1)
    for query in ({}, {"tags": "party_member"}, {"area": FIRST}):
        answers = [client.get(f"/tiles/households/16/{x}/{y}.mvt", query) for x, y in (taken, bare)]
        assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"")] * 2
        assert len({answer["ETag"].split("-")[0] for answer in answers}) == 1


def test_a_change_out_of_scope_does_not_show_in_the_etag(
    tiles_in_transaction: None, signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    client = signed_in(cast.outsider)
    x, y = tile_of(FIRST, 14)
    household(LIJIA + "001")
    before = client.get(f"/tiles/grids/14/{x}/{y}.mvt")["ETag"]
    household(FIRST, tags=("party_member",))
    assert client.get(f"/tiles/grids/14/{x}/{y}.mvt")["ETag"] == before


def test_staff_of_a_village_see_that_village_alone(
    tile: Callable, cast: SimpleNamespace, town_full: None
) -> None:
    areas = tile(cast.worker, "grids", 11, FIRST)["grid"]
    assert {area["code"][:12] for area in areas} == {QUANFENG}
    heaps = tile(cast.worker, "households", 11, FIRST)["cluster"]
    assert sum(heap["n"] for heap in heaps) == 3
    assert {area["code"] for area in tile(cast.informant, "grids", 11, FIRST)["grid"]} == {FIRST}


def test_welfare_is_in_no_mask_and_no_count_of_those_who_may_not_know(
    tile: Callable, cast: SimpleNamespace, town_full: None
) -> None:
    welfare, party = Tag.objects.get(slug=WELFARE).mask, Tag.objects.get(slug="party_member").mask
    for user, sees in ((cast.police, False), (cast.surveyor, False), (cast.civil, True)):
        (point,) = tile(user, "households", 17, FIRST)["household"]
        assert point["mask"] == (welfare | party if sees else party)
        heaps = tile(user, "households", 14, FIRST)["cluster"]
        assert all((f"tag:{WELFARE}" in heap) is sees for heap in heaps)
        assert all(heap["tag:party_member"] == heap["n"] for heap in heaps)


def test_welfare_changes_nothing_at_all_in_the_tiles_of_others(
    tiles_in_transaction: None, signed_in: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST)
    plain = [_bytes(signed_in(cast.police), z) for z in (12, 14, 16)]
    household(FIRST, tags=(WELFARE,)).delete()
    home = household(FIRST, tags=(WELFARE,))
    with_welfare = [_bytes(signed_in(cast.police), z) for z in (12, 14, 16)]
    home.tags.all().delete()
    assert [_bytes(signed_in(cast.police), z) for z in (12, 14, 16)] == with_welfare
    assert with_welfare != plain


def _bytes(client: Client, z: int) -> bytes:
    x, y = tile_of(FIRST, z)
    response = client.get(f"/tiles/households/{z}/{x}/{y}.mvt")
    assert response.status_code == 200
    return bytes(response.content)


@pytest.mark.parametrize("mode", ["any", "all"])
def test_a_filter_by_an_invisible_tag_is_refused_like_one_that_does_not_exist(
    tiles_in_transaction: None,
    signed_in: Callable,
    cast: SimpleNamespace,
    town_full: None,
    mode: str,
) -> None:
    x, y = tile_of(FIRST, 14)
    path = f"/tiles/households/14/{x}/{y}.mvt"
    client = signed_in(cast.police)
    refusals = [client.get(path, {"tags": slug, "mode": mode}) for slug in (WELFARE, "no_such_tag")]
    assert [refusal.status_code for refusal in refusals] == [422, 422]
    texts = [refusal.json()["error"]["message"] for refusal in refusals]
    assert texts[0].replace(WELFARE, "*") == texts[1].replace("no_such_tag", "*")
    mixed = client.get(path, {"tags": f"party_member,{WELFARE}", "mode": mode})
    assert mixed.status_code == 422


def test_the_auditor_has_counts_but_no_households(
    tile: Callable, cast: SimpleNamespace, town_full: None
) -> None:
    assert tile(cast.auditor, "households", 14, FIRST) == {}
    assert tile(cast.auditor, "households", 17, FIRST) == {}
    labels = tile(cast.auditor, "grids", 14, FIRST)["grid_label"]
    assert {label["households"] for label in labels if len(label["code"]) == 15} == {1}


def test_people_without_a_role_get_no_tiles(
    tiles_in_transaction: None, signed_in: Callable, cast: SimpleNamespace, town_full: None
) -> None:
    for layer in ("regions", "grids", "households", "reference"):
        x, y = tile_of(FIRST, 14)
        assert signed_in(cast.nobody).get(f"/tiles/{layer}/14/{x}/{y}.mvt").status_code == 403


def test_strangers_get_401(client: Client, db: None) -> None:
    answer = client.get("/tiles/grids/12/3327/1744.mvt")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_signed_in"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing/12/1/1.mvt", 404),
        ("grids/12/4096/1.mvt", 404),
        ("grids/23/1/1.mvt", 404),
        ("grids/12/-1/1.mvt", 404),
        ("grids/12/1/1.png", 404),
        ("grids/12/1.5/1.mvt", 404),
        ("grids/12/1/1.mvt?at=soon", 422),
        ("grids/12/1/1.mvt?at=2024-13-01", 422),
        ("households/12/1/1.mvt?mode=none", 422),
        ("households/12/1/1.mvt?area=1' OR 1=1", 422),
        ("households/12/1/1.mvt?tags=" + ",".join(f"t{i}" for i in range(60)), 422),
    ],
)
def test_bad_addresses_and_parameters_say_what_is_wrong(
    tiles_in_transaction: None, signed_in: Callable, cast: SimpleNamespace, path: str, status: int
) -> None:
    answer = signed_in(cast.town).get(f"/tiles/{path}")
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
