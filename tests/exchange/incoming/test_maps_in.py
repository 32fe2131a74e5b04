"""Maps the whole way: boundaries into a draft, roads, patrol routes, incidents."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pytest
import shapely

from gis_grid.incidents.models import Incident, RegisterCounter, Step
from gis_grid.patrols.models import Checkpoint, Route, RouteVersion, Squad
from gis_grid.territory.models import PlanCell, ReferenceFeature
from tests.conftest import JINPING, QUANFENG, rectangle
from tests.exchange.drafts import frame
from tests.exchange.incoming import files
from tests.plans.conftest import new_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
Bring = Callable[..., Any]


def test_boundaries_come_into_a_draft(wizard: Bring, tmp_path: Path, cast: SimpleNamespace) -> None:
    plan = new_draft(cast.town)
    moved = shapely.box(112.40, 25.60, 112.412, 25.61), shapely.box(112.412, 25.60, 112.42, 25.61)
    drawn = frame(*moved, rectangle(2), crs=4525, name=["网格001", "网格002", "网格003"])
    one = wizard(files.gpkg(tmp_path / "grids.gpkg", drawn), cast.town)
    options = {"plan": str(plan.pk), "village": QUANFENG}
    checked = one.check("boundaries", options=options)
    assert (checked.state, checked.said) == ("checked", "")
    assert checked.chosen["datum"] == "epsg:4525"
    # The third lies in the file as it is published.
    assert checked.result["counts"]["grid"] == {"new": 0, "changed": 2, "unchanged": 1}
    assert not PlanCell.objects.exists()
    assert one.load().state == "done"
    assert PlanCell.objects.filter(plan=plan).exists()


def test_roads_are_replaced_and_come_back(
    wizard: Bring, tmp_path: Path, cast: SimpleNamespace
) -> None:
    line = shapely.LineString([(112.401, 25.601), (112.409, 25.609)])
    old = ReferenceFeature.objects.create(
        layer="road", kind="lane", name="旧路", area_code=JINPING, geom=line.wkt
    )
    roads = gpd.GeoDataFrame({"名称": ["新路"], "类型": ["村道"]}, geometry=[line], crs=4490)
    one = wizard(files.gpkg(tmp_path / "roads.gpkg", roads), cast.county)
    one.check("reference", options={"area": JINPING, "layer": "road"})
    assert list(ReferenceFeature.objects.values_list("name", flat=True)) == ["旧路"]
    one.load()
    assert list(ReferenceFeature.objects.values_list("name", flat=True)) == ["新路"]
    assert one.undo().said == ""
    back = ReferenceFeature.objects.get()
    assert (back.pk, back.name, back.geom) == (old.pk, "旧路", old.geom)


def test_a_track_of_a_device_becomes_a_route(
    wizard: Bring, tmp_path: Path, cast: SimpleNamespace
) -> None:
    squad = Squad.objects.create(name="夜巡队", area_code=QUANFENG)
    path = tmp_path / "a.gpx"
    path.write_bytes(files.GPX)
    one = wizard(path, cast.office)
    checked = one.check("routes", layer="tracks", options={"squad": str(squad.pk)}, datum="wgs84")
    assert checked.result["counts"]["route"]["new"] == 1
    one.load()
    assert Route.objects.get().name == "夜巡"
    assert one.undo().said == ""
    assert not Route.objects.exists()
    assert not RouteVersion.objects.exists()
    assert not Checkpoint.objects.exists()


def test_incidents_give_their_numbers_back(wizard: Bring, tmp_path: Path) -> None:
    rows = [
        ["原编号", "分类", "事件经过", "村代码", "上报时间", "办结时间"],
        ["A1", "邻里纠纷", "水渠之争", QUANFENG, "2026-01-05 09:00", "2026-01-06 09:00"],
    ]
    one = wizard(files.workbook(tmp_path / "a.xlsx", {"事件": rows}))
    checked = one.check("incidents")
    assert checked.result["problems"] == []
    assert checked.result["counts"]["incident"]["new"] == 1
    one.load()
    assert Step.objects.count() == 2
    assert one.undo().said == ""
    assert not Incident.objects.exists()
    assert not Step.objects.exists()
    assert not RegisterCounter.objects.exists()
