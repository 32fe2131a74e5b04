"""Collections and their pages: what is there, for whom, in which order."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.audit.models import Entry
from gis_grid.households.models import Household
from tests.conftest import LIJIA, OTHER_VILLAGE, QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
Make = Callable[..., Household]


def test_the_service_says_what_it_has(
    cast: SimpleNamespace, ground: dict[str, object], service: Callable
) -> None:
    get = service(cast.town).get
    _status, landing = get("")
    rels = {one["rel"] for one in landing["links"]}
    assert {"data", "conformance", "service-desc"} <= rels
    assert any("ogcapi-features-1" in uri for uri in get("conformance")[1]["conformsTo"])
    names = {one["id"] for one in get("collections")[1]["collections"]}
    assert {"households", "small_grids", "incidents", "cameras", "roads", "regions"} <= names
    _status, api = get("api")
    assert api["components"]["parameters"]["limit"]["schema"]["maximum"] == 10_000
    _status, one = get("collections/small_grids")
    assert one["extent"]["spatial"]["bbox"][0][0] == pytest.approx(112.40)


def test_a_feature_is_masked_as_on_the_screen(
    cast: SimpleNamespace, household: Make, service: Callable
) -> None:
    home = household(GRID, tags=("deputy", "low_income"))
    (feature,) = service(cast.worker).items("households")
    assert feature["id"] == home.pk
    assert feature["geometry"]["coordinates"] == [round(home.geom.x, 7), round(home.geom.y, 7)]
    assert feature["properties"] == {
        "code": home.code,
        "address": home.address,
        "head": "李*德",
        "people": 4,
        "origin": "resident",
        "tags": "deputy,low_income",
        "grid": GRID,
        "village": QUANFENG,
        "registered_on": "2020-01-01",
        "visited_on": None,
        "revision": home.revision,
    }


def test_pages_follow_each_other_without_a_gap(
    cast: SimpleNamespace, household: Make, service: Callable
) -> None:
    grids = [LIJIA + "001", GRID, QUANFENG + "002", GRID, LIJIA + "001"]
    made = {household(grid).code for grid in grids}
    office, path, seen, counted = service(cast.office), "collections/households/items", [], []
    asked: dict[str, str] | None = {"limit": "2"}
    while path:
        status, body = office.get(path, asked)
        assert status == 200
        seen += [feature["properties"]["code"] for feature in body["features"]]
        counted.append((body["numberReturned"], body.get("numberMatched")))
        path = next((one["href"] for one in body["links"] if one["rel"] == "next"), "")
        asked = None
    assert len(seen) == 5
    assert set(seen) == made
    assert counted == [(2, 5), (2, None), (1, None)]


def test_a_last_full_page_has_no_next(
    cast: SimpleNamespace, household: Make, service: Callable
) -> None:
    household(GRID)
    household(GRID)
    body = service(cast.worker).get("collections/households/items", {"limit": "2"})[1]
    assert [one["rel"] for one in body["links"]] == ["self", "collection"]


def test_scope_is_where_everything_starts(
    cast: SimpleNamespace, household: Make, service: Callable
) -> None:
    home, other = household(GRID), household(OTHER_VILLAGE + "001")
    assert service(cast.worker).codes() == [home.code]
    assert service(cast.outsider).codes() == [other.code]
    outsider = service(cast.outsider)
    for path in (
        f"collections/households/items/{home.pk}",
        "collections/households/items/999999999",
        "collections/households/items/99999999999999999999999",
        "collections/households/items/x",
        "collections/nothing/items",
        "collections/cameras_/items",
    ):
        status, body = outsider.get(path)
        assert (status, body["error"]["code"]) == (404, "not_found")
    assert outsider.items("small_grids")[0]["properties"]["code"].startswith(OTHER_VILLAGE)
    assert service(cast.auditor).get("collections/households/items")[0] == 404
    assert service(cast.nobody).get("collections")[1]["collections"] == []


def test_strangers_get_a_refusal_in_json(db: None, service: Callable) -> None:
    for path in ("", "collections", "collections/households/items", "api", "conformance"):
        answer = service(None).response(path, headers={"accept": "text/html"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")
    wrong = service(None).response("", headers={"authorization": "Bearer gg_wrong"})
    assert wrong.status_code == 401


def test_a_box_a_day_and_a_property(
    cast: SimpleNamespace, household: Make, service: Callable
) -> None:
    old = household(GRID, registered_on=dt.date(2019, 1, 1), closed_on=dt.date(2021, 6, 1)).code
    one = household(GRID, people=2).code
    two = household(QUANFENG + "002", registered_on=dt.date(2022, 1, 1), people=6).code
    codes = service(cast.worker).codes
    assert codes() == [one, two]
    assert codes(bbox="112.41,25.6,112.42,25.61") == [two]
    assert codes(datetime="2019-05-01") == [old]
    assert codes(datetime="2021-05-31T12:00:00Z") == [old, one]
    assert codes(datetime="2021-06-01") == [one]
    assert codes(datetime="2021-06-01T") == [one]
    assert codes(datetime="2022-01-02T/..") == [one, two]
    assert codes(datetime="2022-01-02/9999-12-31T00:00:00Z") == [one, two]
    assert codes(datetime="0001-01-01/2019-12-31") == [old]
    assert codes(datetime="../2019-12-31") == [old]
    assert codes(datetime="2021-01-01/..") == [old, one, two]
    assert codes(people=6) == [two]
    assert codes(people=6, village=LIJIA) == []
    first = service(cast.worker).items("households", properties="code,people", limit=1)[0]
    assert first["properties"] == {"code": one, "people": 2}


def test_grids_of_the_past(
    cast: SimpleNamespace, ground: dict[str, object], service: Callable
) -> None:
    town = service(cast.town)
    assert len(town.items("small_grids")) == 5
    assert len(town.items("large_grids")) == 2
    assert town.items("small_grids", datetime="2001-01-01") == []
    assert {one["properties"]["level"] for one in town.items("regions")} == {"town", "village"}


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "113,25,112,26"}, "bbox"),
        ({"bbox": "nan,25,113,26"}, "bbox"),
        ({"bbox": "inf,25,113,26"}, "bbox"),
        ({"bbox": "1,2,3,4", "bbox-crs": "EPSG:2000"}, "bbox-crs"),
        ({"crs": "http://www.opengis.net/def/crs/EPSG/0/27700"}, "crs"),
        ({"limit": "0"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"limit": "-5"}, "limit"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"datetime": "2024-01-01/2023-01-01"}, "datetime"),
        ({"datetime": "2024-13-01"}, "datetime"),
        ({"datetime": "9999-12-31T23:59:59Z"}, "datetime"),
        ({"datetime": "0001-01-01"}, "datetime"),
        ({"after": "x"}, "after"),
        ({"after": "5"}, "after"),
        ({"after": "431024.' OR 1=1"}, "after"),
        ({"nonsense": "1"}, "nonsense"),
        ({"head_name": "李明德"}, "head_name"),
        ({"people": "many"}, "people"),
        ({"properties": "head_name"}, "properties"),
        ({"filter": "people > 1", "filter-lang": "cql2-json"}, "filter-lang"),
    ],
)
def test_a_bad_parameter_is_named(
    cast: SimpleNamespace, household: Make, service: Callable, query: dict[str, str], where: str
) -> None:
    household(GRID)
    status, body = service(cast.worker).get("collections/households/items", query)
    assert (status, body["error"]["where"]) == (400, where)


def test_reading_a_list_is_logged_once(
    cast: SimpleNamespace, household: Make, service: Callable
) -> None:
    household(GRID)
    worker = service(cast.worker)
    for _again in range(3):
        worker.items("households", people=4)
    entry = Entry.objects.get(action="households_listed")
    assert (entry.actor, entry.area_code) == ("worker", QUANFENG)
    assert entry.detail == {"by": "ogc", "layer": "households", "fields": ["people"]}


def test_a_session_reads_but_writes_nothing(
    cast: SimpleNamespace, household: Make, service: Callable
) -> None:
    home = household(GRID)
    browser = service(None)
    browser.client.force_login(cast.worker, backend="gis_grid.accounts.backends.AccountBackend")
    assert browser.codes() == [home.code]
    assert browser.send("POST", "collections/households/items", {}).status_code == 401
