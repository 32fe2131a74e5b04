"""The API of cameras and service points: what is taken, and every endpoint for those without."""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError
from openpyxl import load_workbook

from gis_grid.accounts.policies import Role
from gis_grid.audit.models import Entry
from gis_grid.exchange.out.making import Order, take_out
from gis_grid.facilities.models import Camera, CameraState, ServicePoint
from gis_grid.territory.models import ReferenceFeature
from tests.caller import Caller
from tests.conftest import COUNTY, JINPING, LIJIA, OTHER_VILLAGE, QUANFENG, make_user
from tests.facilities.conftest import CAMERA, POINT, NewCamera, NewPoint, middle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
GRID = QUANFENG + "001"
CODE = "43102411001310000001"


def told(**changes: Any) -> dict[str, Any]:
    lon, lat = middle(GRID)
    return {**CAMERA, "lon": lon, "lat": lat, **changes}


def test_a_camera_from_its_entry_to_its_repair(cast: SimpleNamespace) -> None:
    police = Caller(cast.police)
    status, made = police("cameras", told(device_code=CODE, has_sign=False))
    assert (status, made["area"], made["state"]) == (201, GRID, "working")
    # No sign, no filing number.
    assert len(made["lacks"]) == 2
    path = f"cameras/{made['id']}"
    body = {"state": "broken", "reason": "雷击", "revision": 1}
    assert police(f"{path}/state", body)[1]["state"] == "broken"
    assert police(f"{path}/state", body)[0] == 409
    changed = told(name="桥头", filing_no="警备1号", revision=2)
    assert police(path, changed, "put")[1]["name"] == "桥头"
    status, seen = Caller(cast.worker)(path)
    assert [row["state"] for row in seen["history"]] == ["working", "broken"]
    assert seen["history"][1]["by"] == "police"
    assert Entry.objects.filter(subject_type="camera").count() == 3


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"device_code": "12"}, "device_code"),
        ({"device_code": "99102411001310000001"}, "device_code"),
        ({"device_code": "43102411001110000001"}, "device_code"),
        ({"bearing": None}, "bearing"),
        ({"owner": "home"}, "consent_on"),
        ({"owner": "home", "consent_on": "2999-01-01"}, "consent_on"),
        ({"lon": 112.2}, "area"),
        ({"bearing": 361}, "bearing"),
        ({"range_m": 0}, "range_m"),
        ({"lon": 400}, "lon"),
        ({"name": ""}, "name"),
        ({"owner": "moon"}, "owner"),
    ],
)
def test_what_cannot_be_is_named(
    cast: SimpleNamespace, changes: dict[str, Any], where: str
) -> None:
    status, answer = Caller(cast.police)("cameras", told(**changes))
    assert status == 422
    assert where in str(answer["error"])
    assert Camera.objects.count() == 0


def test_a_device_code_stands_once(cast: SimpleNamespace) -> None:
    police = Caller(cast.police)
    police("cameras", told(device_code=CODE))
    assert police("cameras", told(device_code=CODE))[0] == 422


def test_nobody_learns_where_a_home_camera_looks(cast: SimpleNamespace) -> None:
    police = Caller(cast.police)
    status, made = police("cameras", told(owner="home", consent_on="2025-01-01", bearing=123))
    assert (status, made["bearing"]) == (201, None)
    assert Camera.objects.get().sector is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Camera.objects.update(bearing=10)


def test_the_history_only_grows(camera: NewCamera) -> None:
    camera(GRID)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        CameraState.objects.update(reason="anders")
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        CameraState.objects.all().delete()


def test_places_are_for_those_who_need_them(camera: NewCamera, cast: SimpleNamespace) -> None:
    one = camera(GRID)
    make_user("sibling", Role.GRID_WORKER, LIJIA)
    for user in (cast.informant, cast.civil, cast.auditor, cast.nobody):
        caller = Caller(user)
        assert caller("cameras")[0] == 403
        assert caller(f"cameras/{one.pk}")[0] == 404
        assert caller(f"cameras/coverage?area={JINPING}")[0] == 403
    away = Caller(cast.outsider)
    assert away("cameras")[1]["cameras"] == []
    assert away(f"cameras/{one.pk}")[0] == 404
    assert away(f"cameras/coverage?area={JINPING}")[1]["villages"] == []


def test_who_keeps_the_register(camera: NewCamera, cast: SimpleNamespace) -> None:
    one = camera(GRID)
    body = {"state": "broken", "reason": "", "revision": 1}
    for user, status in ((cast.worker, 403), (cast.leader, 403), (cast.outsider, 404),
                         (cast.informant, 404)):  # fmt: skip
        caller = Caller(user)
        assert caller(f"cameras/{one.pk}/state", body)[0] == status
        assert caller(f"cameras/{one.pk}", told(revision=1), "put")[0] == status
    for user, status in ((cast.worker, 403), (cast.outsider, 404), (cast.surveyor, 403)):
        assert Caller(user)("cameras", told())[0] == status
    # Not out of one's own area into another's.
    lon, lat = middle(OTHER_VILLAGE + "001")
    moved = told(revision=1, lon=lon, lat=lat)
    assert Caller(cast.police)(f"cameras/{one.pk}", moved, "put")[0] == 404
    one.refresh_from_db()
    assert (one.state, one.area_code, one.revision) == ("working", GRID, 1)


def test_the_roads_that_nobody_watches(camera: NewCamera, cast: SimpleNamespace) -> None:
    lon, lat = middle(GRID)
    line = LineString((lon, lat), (lon + 0.004, lat), srid=4490)
    ReferenceFeature.objects.create(layer="road", kind="village", area_code=JINPING, geom=line)
    lane = LineString((lon, lat), (lon, lat + 0.004), srid=4490)
    ReferenceFeature.objects.create(layer="road", kind="lane", area_code=JINPING, geom=lane)
    camera(GRID)
    broken = camera(GRID, east=0.002)
    Camera.objects.filter(pk=broken.pk).update(state="broken")
    worker = Caller(cast.worker)
    status, answer = worker(f"cameras/coverage?area={QUANFENG}")
    (village,) = answer["villages"]
    assert status == 200
    assert village["road_m"] == pytest.approx(402, abs=2)
    assert village["seen_m"] == pytest.approx(80, abs=1)
    (gap,) = village["gaps"]
    assert gap["metres"] == pytest.approx(322, abs=2)
    assert lon < gap["middle"][0] < lon + 0.004
    for wrong in ("x", "", COUNTY, GRID):
        assert worker(f"cameras/coverage?area={wrong}")[0] == 422


def test_a_service_point_with_its_rota(cast: SimpleNamespace) -> None:
    lon, lat = middle(GRID)
    row = {"weekday": 1, "starts": "08:30", "ends": "12:00", "name": "周良伟"}
    body = {**POINT, "lon": lon, "lat": lat, "rota": [row]}
    leader = Caller(cast.leader)
    status, made = leader("service-points", body)
    assert (status, made["area"]) == (201, GRID)
    path = f"service-points/{made['id']}"
    assert Caller(cast.informant)(path)[1]["rota"][0]["name"] == "周良伟"
    bad = {**body, "rota": [{**row, "ends": "08:00"}], "revision": 1}
    assert leader(path, bad, "put")[0] == 422
    assert leader(path)[1]["rota"][0]["ends"] == "12:00:00"
    assert leader(f"{path}/end", {"revision": 1})[1]["ended_on"]
    assert leader(f"{path}/end", {"revision": 2})[0] == 409
    assert leader("service-points")[1]["service_points"] == []


def test_service_points_stay_in_their_area(point: NewPoint, cast: SimpleNamespace) -> None:
    one = point(GRID)
    away = Caller(cast.outsider)
    lon, lat = middle(GRID)
    assert away("service-points")[1]["service_points"] == []
    assert away(f"service-points/{one.pk}")[0] == 404
    assert away(f"service-points/near?lon={lon}&lat={lat}")[1]["service_points"] == []
    body = {**POINT, "lon": lon, "lat": lat, "revision": 1}
    assert away("service-points", body)[0] == 404
    assert away(f"service-points/{one.pk}", body, "put")[0] == 404
    assert away(f"service-points/{one.pk}/end", {"revision": 1})[0] == 404
    for user in (cast.worker, cast.auditor):
        assert Caller(user)(f"service-points/{one.pk}", body, "put")[0] == 403
        assert Caller(user)(f"service-points/{one.pk}/end", {"revision": 1})[0] == 403
    assert ServicePoint.objects.get().revision == 1


def test_the_nearest_by_metres(point: NewPoint, cast: SimpleNamespace) -> None:
    far = point(GRID, east=0.003, name="远")
    near = point(GRID, east=-0.001, name="近", kind="health")
    lon, lat = middle(GRID)
    found = Caller(cast.worker)(f"service-points/near?lon={lon}&lat={lat}")[1]["service_points"]
    assert [(one["id"], one["metres"]) for one in found] == [(near.pk, 100), (far.pk, 301)]
    only = Caller(cast.worker)(f"service-points/near?lon={lon}&lat={lat}&kind=desk")[1]
    assert [one["id"] for one in only["service_points"]] == [far.pk]


def test_a_sector_follows_its_camera(camera: NewCamera) -> None:
    one = camera(GRID)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Area(sector::geography) FROM facilities_camera WHERE id = %s", [one.pk]
        )
        (area,) = cursor.fetchone()
    assert area == pytest.approx(3.14159 * 80**2 / 6, rel=0.01)


def test_control_characters_are_taken_out_and_the_workbook_still_opens(
    cast: SimpleNamespace, settings: Any, tmp_path: Path
) -> None:
    police = Caller(cast.police)
    status, made = police("cameras", told(name="桥\x00\x01头", platform="雪\x07亮"))
    assert (status, made["name"], made["platform"]) == (201, "桥头", "雪亮")
    point = {**POINT, "lon": told()["lon"], "lat": told()["lat"], "hours": "\x00全天"}
    assert Caller(cast.office)("service-points", point)[1]["hours"] == "全天"
    # One that stands there from before.
    Camera.objects.filter(pk=made["id"]).update(name="a\x07b")
    settings.MEDIA_ROOT = tmp_path / "media"
    order = Order("cameras", "xlsx", "核对摄像头台账")
    book = load_workbook(
        io.BytesIO(take_out(acting_user=cast.office, order=order).path.read_bytes())
    )
    assert book.worksheets[0]["A3"].value == "ab"


def test_a_code_that_another_camera_has_is_said_at_its_field(cast: SimpleNamespace) -> None:
    police = Caller(cast.police)
    assert police("cameras", told(device_code=CODE))[0] == 201
    status, error = police("cameras", told(device_code=CODE))
    assert (status, error["error"]["where"]) == (422, "device_code")
    assert "已" in error["error"]["message"] or "already" in error["error"]["message"]


def test_a_new_state_has_a_reason(cast: SimpleNamespace, camera: NewCamera) -> None:
    made = camera(GRID)
    body = {"state": "broken", "reason": " \x00", "revision": made.revision}
    status, error = Caller(cast.police)(f"cameras/{made.pk}/state", body)
    assert (status, error["error"]["where"]) == (422, "reason")
