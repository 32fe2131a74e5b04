"""GET households: what is streamed, to whom, page by page."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.audit.models import Entry
from gis_grid.core.crypto import encrypt
from gis_grid.households.models import Household
from tests.conftest import LIJIA, QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def codes(body: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    return [feature["properties"]["code"] for feature in body["features"]]


def test_a_feature(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    home = household(GRID, tags=("deputy", "low_income"), address='"3组"\\1号\n')
    status, body = call(cast.worker).get("households")
    assert status == 200
    assert body["type"] == "FeatureCollection"
    assert "crs" not in body
    (feature,) = body["features"]
    assert (feature["type"], feature["id"]) == ("Feature", home.pk)
    place = [round(home.geom.x, 7), round(home.geom.y, 7)]
    assert feature["geometry"] == {"type": "Point", "coordinates": place}
    assert feature["properties"] == {
        "code": home.code,
        "address": '"3组"\\1号\n',
        "head": "李*德",
        "people": 4,
        "origin": "resident",
        "grid": GRID,
        "village": QUANFENG,
        "tags": ["deputy", "low_income"],
    }


def test_a_household_without_a_place_has_no_geometry(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    home = household(GRID)
    Household.objects.filter(pk=home.pk).update(geom=None, grid=None, area_code=QUANFENG)
    (feature,) = call(cast.worker).get("households")[1]["features"]
    assert feature["geometry"] is None
    assert feature["properties"]["grid"] is None


def test_pages_follow_each_other(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    made = [household(GRID, tags=("deputy",)).code for _ in range(5)]
    caller = call(cast.worker)
    path, seen, sizes = "households?limit=2&tag=deputy", [], []
    while path:
        response = caller.response(path)
        _status, body = caller.get(path)
        seen += codes(body)
        sizes.append(len(body["features"]))
        path = body.get("next")
        assert response.headers.get("Link") == (f'<{path}>; rel="next"' if path else None)
    assert seen == made
    assert sizes == [2, 2, 1]


def test_a_last_full_page_has_no_next(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    household(GRID)
    household(GRID)
    body = call(cast.worker).get("households?limit=2")[1]
    assert len(body["features"]) == 2
    assert "next" not in body


def test_filters(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    both = household(GRID, tags=("deputy", "party_member")).code
    one = household(QUANFENG + "002", tags=("deputy",)).code
    none = household(LIJIA + "001").code
    get = call(cast.town).get
    assert codes(get("households")[1]) == [both, one, none]
    assert codes(get("households?tag=deputy,party_member")[1]) == [both, one]
    assert codes(get("households?tag=deputy&tag=party_member&mode=all")[1]) == [both]
    assert codes(get(f"households?grid={LIJIA}")[1]) == [none]
    assert codes(get("households?bbox=112.41,25.6,112.42,25.61")[1]) == [one]


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("bbox=112.5,25.6,112.4,25.7", "bbox"),
        ("bbox=112.4,25.7,112.5,25.6", "bbox"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=nan,25,113,26", "bbox"),
        ("bbox=-200,25,113,26", "bbox"),
        ("tag=nonsense", "tag"),
        ("grid=12", "grid"),
        ("grid=' OR 1=1", "grid"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("mode=some", "mode"),
        ("limit=2&cursor=abc", "cursor"),
        ("cursor=99999999999999999999", "cursor"),
    ],
)
def test_a_bad_parameter_is_named(
    cast: SimpleNamespace, ground: dict[str, object], call: Callable, query: str, where: str
) -> None:
    status, body = call(cast.worker).get(f"households?{query}")
    assert status == 422
    assert where in body["error"]["where"]
    # A sentence, in Chinese of a few characters: it ends as one.
    assert body["error"]["message"].endswith(("。", "."))


def test_welfare_tags_are_unknown_to_those_who_may_not_see_them(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    household(GRID, tags=("low_income",))
    for user in (cast.police, cast.office, cast.surveyor, cast.county):
        get = call(user).get
        assert get("households")[1]["features"][0]["properties"]["tags"] == []
        status, hidden = get("households?tag=low_income")
        unknown = get("households?tag=nonsense")[1]
        assert status == 422
        assert (
            hidden["error"]["message"].replace("low_income", "nonsense")
            == (unknown["error"]["message"])
        )
        assert "low_income" not in [tag["slug"] for tag in get("tags")[1]]
    assert len(call(cast.civil).get("households?tag=low_income")[1]["features"]) == 1
    assert "low_income" in [tag["slug"] for tag in call(cast.civil).get("tags")[1]]


def test_out_of_scope_is_empty_and_a_guess_is_as_missing(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    home = household(GRID)
    missing = None
    for user in (cast.outsider, cast.auditor, cast.nobody):
        get = call(user).get
        assert get("households")[1]["features"] == []
        for path in (
            f"households?grid={GRID}",
            f"households?grid={QUANFENG}",
            "households?grid=431024111299",
            f"households/{home.pk}",
            "households/999999999",
            "households/99999999999999999999999",
        ):
            status, body = get(path)
            assert status == 404
            missing = missing or body
            assert body == missing


def test_the_card_masks_and_is_logged(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    home = household(GRID, phone_cipher=encrypt("19900001234", purpose="household.phone"))
    status, body = call(cast.worker).get(f"households/{home.pk}")
    assert status == 200
    assert (body["head"], body["phone"], body["grid"]["code"]) == ("李*德", "199****1234", GRID)
    assert Entry.objects.filter(action="household_read", actor="worker").count() == 1


def test_listing_is_logged_with_what_was_asked(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    household(GRID)
    call(cast.worker).get(f"households?grid={GRID}")
    entry = Entry.objects.get(action="households_listed")
    assert (entry.actor, entry.area_code) == ("worker", GRID)


def test_the_copy_of_a_client_is_right_until_something_changes(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    household(GRID)
    caller = call(cast.worker)
    first = caller.response("households")
    etag = first["ETag"]
    assert "private" in first["Cache-Control"]
    assert caller.response("households", headers={"if-none-match": etag}).status_code == 304
    assert (
        call(cast.leader).response("households")["ETag"]
        != call(cast.police).response("households")["ETag"]
    )
    household(QUANFENG + "002")
    assert caller.response("households", headers={"if-none-match": etag}).status_code == 200


def test_without_a_login(household: Callable[..., Household], call: Callable) -> None:
    household(GRID)
    for path in ("households", "households/1", "grids", "regions", "search?q=a", "tags", "me"):
        status, body = call(None).get(path)
        assert status == 401
        assert body["error"]["code"] == "not_signed_in"
