"""Pages, tiles and cards of cameras and service points: for whom, and what they show."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.test import Client
from django.urls import reverse

from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.households.models import Household
from gis_grid.incidents.models import Incident
from gis_grid.navmap.cards import household_card
from gis_grid.territory.models import ReferenceFeature
from tests.conftest import COUNTY, JINPING, QUANFENG, TANGCUN
from tests.facilities import conftest as sites
from tests.facilities.conftest import CAMERA, POINT, NewCamera, NewPoint, middle
from tests.incidents import conftest as reporting
from tests.incidents.conftest import Make
from tests.incidents.test_pages import signed_in

camera, point, make = sites.camera, sites.point, reporting.make
pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def form_of(values: dict[str, Any], **changes: Any) -> dict[str, Any]:
    lon, lat = middle(GRID)
    told = {**values, "lon": lon, "lat": lat, "revision": 1, **changes}
    return {name: value for name, value in told.items() if value not in (None, False)}


def test_tiles_show_cameras_to_those_who_need_them(
    tile: Callable, camera: NewCamera, cast: SimpleNamespace
) -> None:
    camera(GRID)
    camera(GRID, east=0.0002, owner="home", consent_on=dt.date(2025, 1, 1))
    for user in (cast.town, cast.police, cast.worker, cast.surveyor):
        shown = tile(user, "cameras", 17, GRID)
        assert len(shown["camera"]) == 2
        # The home camera's direction is nowhere.
        assert len(shown["sector"]) == 1
        assert "sector" not in tile(user, "cameras", 14, GRID)
    for user in (cast.informant, cast.civil, cast.outsider, cast.auditor):
        assert tile(user, "cameras", 17, GRID) == {}


def test_what_was_taken_down_or_ended_is_off_the_map(
    tile: Callable, camera: NewCamera, point: NewPoint, cast: SimpleNamespace
) -> None:
    Camera.objects.filter(pk=camera(GRID).pk).update(state="removed")
    ended = point(GRID)
    assert len(tile(cast.auditor, "service_points", 17, GRID)["service_point"]) == 1
    ServicePoint.objects.filter(pk=ended.pk).update(ended_on=dt.date(2026, 1, 1))
    point(GRID, east=0.0002, name="新")
    assert tile(cast.worker, "cameras", 17, GRID) == {}
    assert len(tile(cast.worker, "service_points", 17, GRID)["service_point"]) == 1
    assert tile(cast.outsider, "service_points", 17, GRID) == {}


def test_the_register_and_the_gaps_on_a_page(camera: NewCamera, cast: SimpleNamespace) -> None:
    lon, lat = middle(GRID)
    line = LineString((lon, lat), (lon + 0.004, lat), srid=4490)
    ReferenceFeature.objects.create(layer="road", kind="village", area_code=JINPING, geom=line)
    one = camera(GRID, has_sign=False)
    town = signed_in(cast.town)
    answer = town.get(reverse("cameras"))
    assert [village.name for village in answer.context["watch"]] == ["泉凤村", "李家村"]
    assert answer.context["watch"][0].percent == pytest.approx(20, abs=1)
    shown = town.get(reverse("cameras"), {"area": QUANFENG}).content.decode()
    assert 'id="gaps"' in shown
    assert reverse("camera", args=[one.pk]) in shown
    assert town.get(reverse("cameras"), {"state": "broken"}).context["rows"] == []
    assert town.get(reverse("cameras"), {"area": "x'"}).status_code == 200
    # From the card of a grid: its village; for a county a town at a time.
    grid = town.get(reverse("cameras"), {"area": GRID})
    assert [village.code for village in grid.context["watch"]] == [QUANFENG]
    county = signed_in(cast.county).get(reverse("cameras"), {"area": COUNTY})
    assert {village.code[:9] for village in county.context["watch"]} == {TANGCUN[:9]}


def test_a_camera_is_kept_on_its_page(camera: NewCamera, cast: SimpleNamespace) -> None:
    police = signed_in(cast.police)
    made = police.post(reverse("new_camera"), form_of(CAMERA, name="新点位"))
    one = Camera.objects.get(name="新点位")
    page = reverse("camera", args=[one.pk])
    assert made["Location"] == page
    assert police.post(reverse("new_camera"), form_of(CAMERA, bearing=None)).status_code == 422
    assert police.post(page, form_of(CAMERA, name="改名")).status_code == 302
    # Once more with what was seen before.
    assert police.post(page, form_of(CAMERA, name="再改")).status_code == 409
    state = {"act": "state", "state": "broken", "reason": "雷击", "revision": "2"}
    assert police.post(page, state).status_code == 302
    assert police.post(page, {**state, "state": "x", "revision": "3"}).status_code == 422
    one.refresh_from_db()
    assert (one.name, one.state, one.revision) == ("改名", "broken", 3)
    worker = signed_in(cast.worker)
    assert "雷击" in worker.get(page).content.decode()
    assert worker.post(page, {**state, "revision": "3", "state": "working"}).status_code == 403
    for user, status in ((cast.outsider, 404), (cast.informant, 403), (cast.civil, 403)):
        assert signed_in(user).get(page).status_code == status
        assert signed_in(user).post(page, state).status_code == status
    assert signed_in(cast.worker).get(reverse("new_camera")).status_code == 403


def test_a_fault_becomes_an_incident_of_the_camera(
    camera: NewCamera, cast: SimpleNamespace
) -> None:
    one = camera(GRID)
    worker = signed_in(cast.worker)
    page = worker.get(reverse("camera", args=[one.pk]))
    form = worker.get(page.context["report"]).context["form"]
    told = {name: value for name, value in form.initial.items() if value}
    answer = worker.post(reverse("counter"), {**told, "severity": "2"})
    incident = Incident.objects.get()
    assert answer.status_code == 302
    assert (incident.category.code, incident.area_code) == ("camera-fault", GRID)
    assert list(incident.cameras.all()) == [one]
    assert incident.register_no in worker.get(page.request["PATH_INFO"]).content.decode()
    file = reverse("incident", args=[incident.pk])
    assert one.name in worker.get(file).content.decode()
    # Who sees the incident but not the cameras learns nothing of the place by it.
    assert "村口</a>" not in signed_in(cast.civil).get(file).content.decode()


def test_a_camera_out_of_sight_is_linked_to_nothing(
    camera: NewCamera, cast: SimpleNamespace
) -> None:
    one = camera(GRID)
    told = {"category": "camera-fault", "what": "坏了", "area": QUANFENG, "severity": "2"}
    answer = signed_in(cast.civil).post(reverse("counter"), {**told, "camera": one.pk})
    assert answer.status_code == 422
    assert Incident.objects.count() == 0


def test_a_service_point_is_kept_on_its_page(point: NewPoint, cast: SimpleNamespace) -> None:
    leader = signed_in(cast.leader)
    rota = "1 8:30-12:00 周良伟\n2 14：00—17：30 李国泉"
    leader.post(reverse("new_service_point"), form_of(POINT, rota=rota))
    one = ServicePoint.objects.get()
    page = reverse("service_point", args=[one.pk])
    assert [row.name for row in one.rota.all()] == ["周良伟", "李国泉"]
    assert leader.post(page, form_of(POINT, rota="9 8:30-12:00 周")).status_code == 422
    assert leader.post(page, form_of(POINT, rota="1 25:30-12:00 周")).status_code == 422
    for entry in (page, reverse("new_service_point")):
        wrong = leader.post(entry, form_of(POINT, phone="12345"))
        assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["phone"])
        assert "这不是电话号码" in wrong.content.decode()
    assert leader.post(page, form_of(POINT, name="新名", phone="0735-6622345")).status_code == 302
    assert "新名" in signed_in(cast.auditor).get(page).content.decode()
    assert signed_in(cast.outsider).get(page).status_code == 404
    assert signed_in(cast.outsider).get(reverse("service_points")).context["rows"] == []
    assert signed_in(cast.worker).post(page, form_of(POINT, revision=2)).status_code == 403
    assert leader.post(page, {"act": "end"}).status_code == 302
    assert leader.get(reverse("service_points")).context["rows"] == []
    assert Client().get(page).status_code in (302, 401)


def test_a_household_card_names_the_nearest_points(
    point: NewPoint, household: Callable[..., Household], cast: SimpleNamespace
) -> None:
    home = household(GRID)
    point(GRID, east=0.003, name="远")
    point(GRID, east=0.001, name="近", kind="health")
    card = household_card(cast.worker, home.pk)
    assert [one.name for one in card.near] == ["近", "远"]
    assert 80 < card.near[0].metres < 110
    shown = signed_in(cast.worker).get(reverse("household_card", args=[home.pk])).content.decode()
    assert "卫生室" in shown or "health" in shown


def test_a_household_card_names_what_is_about_it(
    household: Callable[..., Household], make: Make, cast: SimpleNamespace
) -> None:
    home = household(GRID)
    incident = make(GRID, households=(home.pk,))
    make(GRID, households=(home.pk,), complained_of="worker")
    card = household_card(cast.worker, home.pk)
    assert [one.id for one in card.incidents] == [incident.pk]
    shown = signed_in(cast.worker).get(reverse("household_card", args=[home.pk])).content.decode()
    assert incident.register_no in shown


def test_cards_of_places_say_how_many(camera: NewCamera, cast: SimpleNamespace) -> None:
    camera(GRID)
    village = reverse("place_card", args=[QUANFENG])
    assert reverse("cameras") in signed_in(cast.worker).get(village).content.decode()
    shown = signed_in(cast.civil).get(village).content.decode()
    assert reverse("cameras") not in shown
    assert "摄像头" in shown or "cameras" in shown
