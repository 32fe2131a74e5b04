"""What the product wrote comes back to it as what it holds: known, and nothing of it changed."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import Point

from gis_grid.exchange.incoming.describing import likely_target
from gis_grid.exchange.models import TakenOut
from gis_grid.exchange.out.making import FORMS, Order, take_out
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.facilities.services.cameras import save_camera
from gis_grid.facilities.services.points import save_point
from gis_grid.households.models import Household
from gis_grid.incidents.models import Incident
from gis_grid.territory.models import ReferenceFeature
from gis_grid.territory.services.reference import NewFeature, replace_reference
from tests.conftest import JINPING, QUANFENG
from tests.exchange.incoming import files
from tests.incidents.conftest import Make, lead, make

__all__ = ["make"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
Bring = Callable[..., Any]
GRID = QUANFENG + "001"
PLACED = [name for name in FORMS if name not in ("xlsx", "csv")]


@pytest.fixture
def home_again(
    wizard: Bring, tmp_path: Path, cast: SimpleNamespace
) -> Callable[..., tuple[Any, Any]]:
    """Take a dataset out in a form, and bring the file to the wizard: the wizard, the check."""

    def brought(dataset: str, form: str, user: Any = None, **more: Any) -> tuple[Any, Any]:
        user = user or cast.office
        taken: TakenOut = take_out(
            acting_user=user, order=Order(dataset, form, "季度数据核对", datum="wgs84")
        )
        path = tmp_path / f"{dataset}{FORMS[form].suffix}"
        path.write_bytes(taken.path.read_bytes())
        one = wizard(path, user)
        target = likely_target(user, one.intake)
        assert target is not None
        return one, one.check(target.key, **more)

    return brought


def untouched(checked: Any, kind: str, count: int) -> None:
    assert (checked.state, checked.said, checked.result["problems"]) == ("checked", "", [])
    counts = checked.result["counts"][kind]
    told = checked.result["difference"]
    assert counts == {"new": 0, "changed": 0, "unchanged": count}, told


@pytest.mark.parametrize("form", FORMS)
def test_households(
    cast: SimpleNamespace, household: Callable[..., Household], home_again: Bring, form: str
) -> None:
    # On the lattice of 1e-7°, as every place of the product is.
    places = [Point(*place, srid=4490) for place in files.PLACES]
    note = "独居，邻居代为照看"
    household(GRID, geom=places[0], head_name="李明德", note=note, tags=("deputy",))
    household(GRID, geom=places[0], head_name="王小", origin="elsewhere")
    household(QUANFENG + "002", geom=places[1], address="-2组+3号")
    _one, checked = home_again("households", form)
    untouched(checked, "household", 3)


def test_a_mask_never_becomes_a_name(
    household: Callable[..., Household], home_again: Bring, wizard: Bring, tmp_path: Path
) -> None:
    known = household(GRID, head_name="李明德", note="独居")
    path = tmp_path / "a.csv"
    lines = "户编号,村代码,地址,户主\n"
    path.write_text(
        f"{lines}{known.code},{QUANFENG},新村路1号,李*德\n{QUANFENG}00099,{QUANFENG},村口,周*军\n"
        f"{QUANFENG}00098,{QUANFENG},村口,周军\n"
    )
    one = wizard(path)
    checked = one.check("households")
    assert [problem["column"] for problem in checked.result["problems"]] == ["户主姓名"]
    assert "周*军" in checked.result["problems"][0]["what"]
    one.load(keep_good=True)
    known.refresh_from_db()
    assert (known.head_name, known.address, known.note) == ("李明德", "新村路1号", "独居")
    assert not Household.objects.filter(head_name__contains="*").exists()
    fresh = Household.objects.get(code=f"{QUANFENG}00098")
    assert (fresh.note, fresh.origin) == ("", "resident")


@pytest.mark.parametrize("form", FORMS)
def test_cameras(cast: SimpleNamespace, home_again: Bring, form: str) -> None:
    save_camera(
        acting_user=cast.office,
        values={
            "name": "+1路口", "owner": "public", "consent_on": None, "mounting": "wall",
            "height_m": 5.5, "bearing": 90.0, "field_of_view": 70.0, "range_m": 80.0,
            "device_code": "", "filing_no": "备案一号", "has_sign": True, "storage_days": 60,
            "platform": "雪亮工程",
        },
        place=files.PLACES[0],
    )  # fmt: skip
    _one, checked = home_again("cameras", form)
    untouched(checked, "camera", 1)


@pytest.mark.parametrize("form", FORMS)
def test_service_points(cast: SimpleNamespace, home_again: Bring, form: str) -> None:
    save_point(
        acting_user=cast.office,
        values={
            "kind": "desk", "name": "+86便民站", "address": "-2+3号", "hours": "8:30—17:30",
            "phone": "0735-6622345",
        },
        place=files.PLACES[0],
    )  # fmt: skip
    _one, checked = home_again("service_points", form)
    untouched(checked, "service_point", 1)


def test_a_column_that_is_not_there_takes_nothing_away(
    cast: SimpleNamespace, wizard: Bring, tmp_path: Path
) -> None:
    test_place = files.PLACES[0]
    told = {"kind": "desk", "name": "便民站", "address": "村口", "hours": "全天", "phone": ""}
    save_point(acting_user=cast.office, values=told, place=test_place)
    path = tmp_path / "p.csv"
    path.write_text(
        f"名称,类别,地址,经度,纬度\n便民站,便民服务点,桥头,{test_place[0]},{test_place[1]}\n"
    )
    one = wizard(path)
    one.check("service_points", datum="cgcs2000")
    one.load()
    point = ServicePoint.objects.get()
    assert (point.address, point.hours) == ("桥头", "全天")


@pytest.mark.parametrize("form", FORMS)
def test_incidents(make: Make, cast: SimpleNamespace, home_again: Bring, form: str) -> None:
    lead(make(GRID, address="=村口"), cast.worker, "accept", "settle", "answer")
    lead(Incident.objects.get(), cast.leader, "close")
    make(QUANFENG + "002", what="路灯不亮")
    _one, checked = home_again("incidents", form)
    untouched(checked, "incident", 2)
    assert Incident.objects.count() == 2


@pytest.mark.parametrize("form", PLACED)
def test_roads(cast: SimpleNamespace, home_again: Bring, form: str) -> None:
    lines = [shapely.LineString(files.PLACES[:2]), shapely.LineString(files.PLACES[1:])]
    replace_reference(
        acting_user=cast.county,
        area_code=JINPING,
        layer=ReferenceFeature.Layer.ROAD,
        features=[NewFeature("lane", "桥头巷", one) for one in lines],
    )
    before = list(ReferenceFeature.objects.values_list("pk", flat=True))
    options = {"area": JINPING, "layer": "road"}
    _one, checked = home_again("roads", form, cast.county, options=options)
    untouched(checked, "feature", 2)
    assert list(ReferenceFeature.objects.values_list("pk", flat=True)) == before


def test_what_goes_with_a_load_of_roads_is_told_first(
    cast: SimpleNamespace, wizard: Bring, tmp_path: Path
) -> None:
    lines = [shapely.LineString(files.PLACES[:2]), shapely.LineString(files.PLACES[1:])]
    replace_reference(
        acting_user=cast.county,
        area_code=JINPING,
        layer=ReferenceFeature.Layer.ROAD,
        features=[NewFeature("lane", name, one) for name, one in zip("东西", lines, strict=True)],
    )
    path = files.gpkg(
        tmp_path / "roads.gpkg",
        files.gpd.GeoDataFrame({"name": ["东"], "kind": ["lane"]}, geometry=lines[:1], crs=4490),
        layer="roads",
    )
    one = wizard(path, cast.county)
    checked = one.check("reference", options={"area": JINPING, "layer": "road"})
    assert checked.result["counts"]["feature"] == {"new": 0, "changed": 0, "unchanged": 1}
    assert checked.result["gone"]["feature"] == {"count": 1, "names": ["西"]}
    one.load()
    assert ReferenceFeature.objects.get().name == "东"
    one.undo()
    assert ReferenceFeature.objects.count() == 2


@pytest.mark.parametrize(
    ("shape", "keys"),
    [
        (shapely.LineString(files.PLACES), {"reference", "routes"}),
        (shapely.box(112.401, 25.601, 112.402, 25.602), {"boundaries", "reference"}),
    ],
)
def test_lines_and_areas_are_taken_for_nothing_that_is_a_point(
    cast: SimpleNamespace, wizard: Bring, tmp_path: Path, shape: Any, keys: set[str]
) -> None:
    frame = files.gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shape], crs=4490)
    one = wizard(files.gpkg(tmp_path / "one.gpkg", frame), cast.town)
    target = likely_target(cast.town, one.intake)
    assert target is not None
    assert target.key in keys


def test_a_line_is_no_place_of_a_camera(
    cast: SimpleNamespace, wizard: Bring, tmp_path: Path
) -> None:
    frame = files.gpd.GeoDataFrame(
        {"name": ["甲"]}, geometry=[shapely.LineString(files.PLACES)], crs=4490
    )
    one = wizard(files.gpkg(tmp_path / "one.gpkg", frame), cast.office)
    checked = one.check("cameras")
    assert checked.result["counts"]["camera"]["new"] == 0
    assert not Camera.objects.exists()
