"""Features entered, replaced and ended: by the services, for those who may, in the right state."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.audit.models import Entry
from gis_grid.core.crs import to_zone, zone_epsg
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.households.models import Household
from gis_grid.incidents.models import Incident
from tests.conftest import QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
PLACE = (112.405, 25.605)
HOMES = "collections/households/items"
POINTS = "collections/service_points/items"
CAMERAS = "collections/cameras/items"


def feature(properties: dict[str, Any], place: Any = PLACE) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": list(place)} if place else None
    return {"type": "Feature", "geometry": geometry, "properties": properties}


NEW = feature({"address": "新屋1号", "head_name": "何新来", "phone": "13800138000"})


def test_a_household_is_entered_by_the_one_way(
    cast: SimpleNamespace, ground: dict[str, object], service: Callable
) -> None:
    answer = service(cast.worker).send("POST", HOMES, NEW)
    assert answer.status_code == 201
    made = Household.objects.get()
    assert answer["Location"].endswith(f"/{HOMES}/{made.pk}")
    assert (made.head_name, made.area_code) == ("何新来", GRID)
    assert answer.json()["properties"]["head"] == "何*来"
    assert answer["ETag"] == '"1"'
    assert Entry.objects.filter(action="household_registered", actor="worker").count() == 1


def test_a_household_that_is_sent_twice_is_there_once(
    cast: SimpleNamespace, ground: dict[str, object], service: Callable
) -> None:
    worker = service(cast.worker)
    sent = feature(NEW["properties"] | {"client_id": "0b6f3c1e-6f0a-4a57-9d5b-1b1f4be4a0f6"})
    first, again = worker.send("POST", HOMES, sent), worker.send("POST", HOMES, sent)
    assert (first.status_code, again["Location"]) == (201, first["Location"])
    assert Household.objects.count() == 1
    coded = feature(NEW["properties"] | {"code": f"{QUANFENG}00042"})
    refused = worker.send("POST", HOMES, coded)
    assert (refused.status_code, refused.json()["error"]["where"]) == (422, "code")


def test_in_another_system(
    cast: SimpleNamespace, ground: dict[str, object], service: Callable
) -> None:
    worker, epsg = service(cast.worker), zone_epsg(PLACE[0])
    easting, northing = to_zone(epsg).transform(*PLACE)
    uri = f"<http://www.opengis.net/def/crs/EPSG/0/{epsg}>"
    sent = feature(NEW["properties"], (northing, easting))
    assert worker.send("POST", HOMES, sent, Content_Crs=uri).status_code == 201
    swapped = feature(NEW["properties"] | {"address": "2号"}, (PLACE[1], PLACE[0]))
    uri = "<http://www.opengis.net/def/crs/EPSG/0/4490>"
    assert worker.send("POST", HOMES, swapped, Content_Crs=uri).status_code == 201
    for made in Household.objects.all():
        assert made.geom.coords == pytest.approx(PLACE, abs=1e-7)


def test_a_replaced_household_keeps_what_came_back_masked(
    cast: SimpleNamespace, household: Callable[..., Household], service: Callable
) -> None:
    home = household(GRID)
    worker = service(cast.worker)
    path = f"{HOMES}/{home.pk}"
    seen = worker.response(path)
    body = seen.json()
    body["properties"]["address"] = "改过1号"
    answer = worker.send("PUT", path, body, If_Match=seen["ETag"])
    assert answer.status_code == 200
    home.refresh_from_db()
    assert (home.address, home.head_name) == ("改过1号", "李明德")
    assert answer["ETag"] == f'"{home.revision}"'


def test_which_state_was_seen(
    cast: SimpleNamespace, household: Callable[..., Household], service: Callable
) -> None:
    home = household(GRID)
    worker, path = service(cast.worker), f"{HOMES}/{home.pk}"
    change = feature({"address": "改过1号"}, home.geom.coords)
    assert worker.send("PUT", path, change).status_code == 428
    assert worker.send("PUT", path, change, If_Match='"999"').status_code == 412
    assert worker.send("PUT", path, change, If_Match="nonsense").status_code == 412
    old = feature({"address": "改过1号", "revision": home.revision + 7}, home.geom.coords)
    assert worker.send("PUT", path, old).status_code == 409
    home.refresh_from_db()
    assert home.address == "1号"
    now = feature({"address": "改过1号", "revision": home.revision}, home.geom.coords)
    assert worker.send("PUT", path, now).status_code == 200


def test_who_may_not(
    cast: SimpleNamespace, household: Callable[..., Household], service: Callable
) -> None:
    home = household(GRID)
    path = f"{HOMES}/{home.pk}"
    change = feature({"address": "改过1号", "revision": 1}, home.geom.coords)
    assert service(cast.outsider).send("PUT", path, change, If_Match="*").status_code == 404
    assert service(cast.outsider).send("POST", HOMES, NEW).status_code == 404
    assert service(cast.police).send("PUT", path, change, If_Match="*").status_code == 403
    assert service(cast.auditor).send("POST", HOMES, NEW).status_code == 404
    assert service(None).send("POST", HOMES, NEW).status_code == 401
    assert Household.objects.count() == 1


def test_nothing_ends_without_a_service_that_ends_it(
    cast: SimpleNamespace, household: Callable[..., Household], service: Callable
) -> None:
    home = household(GRID)
    town = service(cast.town)
    for method, path in (
        ("DELETE", f"{HOMES}/{home.pk}"),
        ("POST", "collections/small_grids/items"),
        ("PUT", "collections/incidents/items/1"),
        ("PATCH", f"{HOMES}/{home.pk}"),
    ):
        answer = town.send(method, path, NEW)
        assert answer.status_code == 405, path
    allowed = town.send("OPTIONS", f"{HOMES}/{home.pk}")["Allow"]
    assert "PUT" in allowed
    assert "DELETE" not in allowed


def test_an_incident_is_reported(
    cast: SimpleNamespace, ground: dict[str, object], service: Callable
) -> None:
    sent = feature({"category": "road", "what": "路面塌陷"})
    categories = {one.code for one in _leaves()}
    sent["properties"]["category"] = sorted(categories)[0]
    answer = service(cast.worker).send("POST", "collections/incidents/items", sent)
    assert answer.status_code == 201, answer.content
    made = Incident.objects.get()
    assert (made.what, made.area_code, made.channel) == ("路面塌陷", GRID, "api")


def _leaves() -> list[Any]:
    from gis_grid.incidents.selectors import categories_of_today

    every = categories_of_today()
    branches = {one.parent_id for one in every}
    return [one for one in every if one.pk not in branches]


def test_a_service_point_from_its_beginning_to_its_end(
    cast: SimpleNamespace, ground: dict[str, object], service: Callable
) -> None:
    office = service(cast.office)
    made = office.send("POST", POINTS, feature({"kind": "desk", "name": "便民服务点"}))
    assert made.status_code == 201, made.content
    path = f"{POINTS}/{made.json()['id']}"
    moved = feature(made.json()["properties"] | {"name": "党群服务点"}, (112.406, 25.605))
    changed = office.send("PUT", path, moved)
    assert changed.json()["properties"]["name"] == "党群服务点"
    assert office.send("DELETE", path, If_Match='"1"').status_code == 412
    assert office.send("DELETE", path, If_Match=changed["ETag"]).status_code == 204
    assert ServicePoint.objects.get().ended_on is not None
    assert office.response(path).status_code == 404
    assert office.items("service_points") == []


def test_a_camera(cast: SimpleNamespace, ground: dict[str, object], service: Callable) -> None:
    police = service(cast.police)
    said = {"name": "村口", "height_m": 4, "bearing": 90, "field_of_view": 60, "range_m": 50}
    made = police.send("POST", CAMERAS, feature(said))
    assert made.status_code == 201, made.content
    path = f"{CAMERAS}/{made.json()['id']}"
    changed = police.send("PUT", path, feature(made.json()["properties"] | {"range_m": 80}))
    assert changed.status_code == 200, changed.content
    assert Camera.objects.get().range_m == 80
    assert service(cast.civil).response(path).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"type": "FeatureCollection", "features": []},
        {"type": "Feature", "geometry": None, "properties": None},
        feature(NEW["properties"], None),
        feature(NEW["properties"], (0, 0)),
        feature(NEW["properties"], ("a", "b")),
        feature(NEW["properties"], (1e300, 1)),
        feature(NEW["properties"], (True, 1)),
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": []}},
        feature({"address": 5, "head_name": "何新来"}),
        feature({"address": "1号"}),
        feature({"address": "1号" * 300, "head_name": "何新来"}),
    ],
)
def test_what_can_not_be_taken(
    cast: SimpleNamespace, ground: dict[str, object], service: Callable, body: Any
) -> None:
    answer = service(cast.worker).send("POST", HOMES, body)
    assert answer.status_code in (404, 422), answer.content
    assert not Household.objects.exists()


def test_a_body_that_is_no_json(
    cast: SimpleNamespace, ground: dict[str, object], service: Callable
) -> None:
    client = service(cast.worker).client
    for text in ("{", "[" * 100_000, '{"type": NaN}', "\x00"):
        answer = client.post(f"/ogc/{HOMES}", text, content_type="application/geo+json")
        assert answer.status_code == 422
