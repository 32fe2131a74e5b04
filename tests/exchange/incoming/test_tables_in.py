"""Tables the whole way: households and cameras, checked, loaded, undone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from gis_grid.facilities.models import Camera, CameraState, ServicePoint
from gis_grid.households.models import Household, HouseholdTag, Resident
from gis_grid.territory.models import Region
from tests.conftest import JINPING, QUANFENG
from tests.exchange.conftest import (
    HOUSEHOLD_HEAD,
    home,
    households,
    identity,
    people,
    person,
    tags,
)
from tests.exchange.incoming import files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
Bring = Callable[..., Any]


def book(tmp_path: Path, *rows: Any, name: str = "户.xlsx", **sheets: Any) -> Path:
    every = {"户": households(*rows), **sheets}
    return files.workbook(tmp_path / name, {k: [list(r) for r in v] for k, v in every.items()})


def test_a_workbook_of_households_and_back(wizard: Bring, tmp_path: Path) -> None:
    whole = book(
        tmp_path,
        home(1),
        home(2),
        人=people(person(1), person(2, 身份证号=identity(2))),
        标签=tags([f"{QUANFENG}00001", "党员户", "2024-01-01", "", ""]),
    )
    one = wizard(whole)
    checked = one.check("households")
    assert (checked.state, checked.said) == ("checked", "")
    assert checked.result["counts"]["household"] == {"new": 2, "changed": 0, "unchanged": 0}
    assert checked.result["problems"] == []
    new = checked.result["difference"]["households_household"]["new"]
    assert [row["label"] for row in new] == [f"{QUANFENG}00001", f"{QUANFENG}00002"]
    assert not Household.objects.exists()
    loaded = one.load()
    assert (loaded.state, loaded.said) == ("done", "")
    assert Household.objects.get(code=f"{QUANFENG}00001").tag_mask
    assert Resident.objects.count() == 2
    undone = one.undo()
    assert (undone.state, undone.said) == ("undone", "")
    assert not Household.objects.exists()
    assert not Resident.objects.exists()
    assert not HouseholdTag.objects.exists()


def test_what_changes_and_what_is_gone_is_told_first(wizard: Bring, tmp_path: Path) -> None:
    wizard_one = wizard(book(tmp_path, home(1), home(2), home(3)))
    wizard_one.check("households")
    wizard_one.load()
    before = Household.objects.order_by("code").values().first()
    two = wizard(book(tmp_path, home(1, 地址="新村路1号", 经度=112.4051), home(2), name="b.xlsx"))
    checked = two.check("households")
    assert checked.result["counts"]["household"] == {"new": 0, "changed": 1, "unchanged": 1}
    assert checked.result["gone"]["household"] == {"count": 1, "names": [f"{QUANFENG}00003"]}
    (row,) = checked.result["difference"]["households_household"]["changed"]
    assert row["label"] == f"{QUANFENG}00001"
    assert row["columns"] == [
        {"column": "Address", "values": ["泉凤村1号", "新村路1号"]},
        {"column": "Place", "values": []},
    ]
    two.load()
    assert Household.objects.get(code=f"{QUANFENG}00001").address == "新村路1号"
    two.undo()
    after = Household.objects.order_by("code").values().first()
    assert after == {**(before or {}), "revision": 3}


def test_wrong_rows_come_back_as_a_workbook(wizard: Bring, tmp_path: Path) -> None:
    one = wizard(book(tmp_path, home(1), home(2, 村代码="43"), home(3, 经度="abc")))
    checked = one.check("households")
    assert checked.result["bad_rows"] == 2
    assert {(p["row"], p["column"]) for p in checked.result["problems"]} >= {(3, "村代码")}
    sheet = load_workbook(checked.errors_path)["户"]
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    assert rows[0][: len(HOUSEHOLD_HEAD)] == HOUSEHOLD_HEAD
    assert "12 digits" in rows[2][-2]
    assert one.load(keep_good=True).state == "done"
    assert Household.objects.count() == 1


def test_others_changes_stand_against_undoing(wizard: Bring, tmp_path: Path) -> None:
    one = wizard(book(tmp_path, home(1), home(2)))
    one.check("households")
    one.load()
    Household.objects.filter(code=f"{QUANFENG}00002").update(address="别人改过")
    undone = one.undo()
    assert undone.state == "done"
    assert f"{QUANFENG}00002" in undone.said
    assert f"{QUANFENG}00001" not in undone.said
    assert Household.objects.count() == 2


def test_what_others_hung_on_stands_against_undoing(wizard: Bring, tmp_path: Path) -> None:
    one = wizard(book(tmp_path, home(1)))
    one.check("households")
    one.load()
    made = Household.objects.get()
    Resident.objects.create(household=made, name="王", relation="户主", sex="m")
    assert f"{QUANFENG}00001" in one.undo().said
    assert Household.objects.exists()


def test_cameras_from_a_zipped_gbk_shapefile_and_back(wizard: Bring, tmp_path: Path) -> None:
    frame = files.sites(4547, 视场角=[90.0] * 3, 朝向=[10.0, 20.0, 30.0])
    one = wizard(files.shapefile(tmp_path / "cameras.zip", frame))
    checked = one.check("cameras")
    assert checked.chosen["datum"] == "epsg:4547"
    assert checked.result["counts"]["camera"]["new"] == 3
    one.load()
    made = Camera.objects.order_by("pk")
    assert [camera.name for camera in made] == files.NAMES
    assert made[0].geom is not None
    assert made[0].geom.coords == files.PLACES[0]
    assert CameraState.objects.count() == 3
    assert one.undo().said == ""
    assert not Camera.objects.exists()


def test_service_points_from_ovital_are_moved(wizard: Bring, tmp_path: Path) -> None:
    path = tmp_path / "点.kml"
    path.write_bytes(files.kml(program="OvitalMap", place=(112.4151, 25.6052)))
    one = wizard(path)
    # The line of the file has no kind: it is left out.
    checked = one.check("service_points")
    assert checked.chosen["datum"] == "gcj02"
    assert checked.result["bad_rows"] == 1
    one.load(keep_good=True)
    (point,) = ServicePoint.objects.all()
    assert point.geom is not None
    assert point.geom.coords != (112.4151, 25.6052)
    assert abs(point.geom.x - 112.4151) < 0.01


def test_the_layout_is_remembered(wizard: Bring, tmp_path: Path) -> None:
    rows = [["点名", "种类", "X", "Y"], ["村口", "警务室", 112.4051, 25.6052]]
    first = wizard(files.workbook(tmp_path / "a.xlsx", {"表": rows}))
    columns = {"name": 0, "kind": 1, "lon": 2, "lat": 3}
    read = {"sheet": "表", "kind": "service_point", "header_row": 1, "positions": columns}
    first.check("service_points", reads=[read], datum="wgs84")
    assert first.load().state == "done"
    again = wizard(files.workbook(tmp_path / "b.xlsx", {"表": rows}))
    checked = again.check("service_points")
    assert checked.chosen["reads"][0]["positions"] == columns
    assert checked.result["counts"]["service_point"]["unchanged"] == 1


def test_a_person_of_another_town_loads_nothing_here(
    wizard: Bring, tmp_path: Path, cast: Any
) -> None:
    from gis_grid.accounts.policies import Role
    from tests.conftest import TANGCUN, make_user

    stranger = make_user("stranger", Role.OFFICE, TANGCUN)
    one = wizard(book(tmp_path, home(1)), stranger)
    assert one.check("households").result["bad_rows"] == 1
    assert not Household.objects.exists()


def test_a_demonstration_takes_invented_people_and_no_others(
    wizard: Bring, tmp_path: Path, settings: Any
) -> None:
    settings.DEMO = True
    Region.objects.filter(code__startswith=JINPING[:9]).update(is_demo=True)
    real = wizard(book(tmp_path, home(1, 联系电话="13873500001"))).check("households")
    assert [one["column"] for one in real.result["problems"]] == ["联系电话"]
    invented = wizard(book(tmp_path, home(1, 联系电话="19900000001"), name="b.xlsx"))
    assert invented.check("households").result["problems"] == []
    assert invented.load().state == "done"
    settings.DEMO = False
    again = wizard(book(tmp_path, home(2), name="c.xlsx")).check("households")
    assert [one["column"] for one in again.result["problems"]] == ["村代码"]
