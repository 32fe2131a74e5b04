"""Files in the form of 奥维's exports: on web maps unless they say where, with its own elements."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from gis_grid.core.errors import InputError
from gis_grid.exchange.incoming.detecting import survey
from gis_grid.exchange.out.making import Order, take_out
from gis_grid.facilities.models import ServicePoint
from gis_grid.territory.models import PlanCell
from tests.conftest import QUANFENG
from tests.exchange.incoming import files
from tests.plans.conftest import new_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
Bring = Callable[..., Any]
OVITAL = Path(__file__).parent / "brought" / "ovital"


@pytest.mark.parametrize(
    ("name", "datum"),
    [
        ("labels.ovkml", "gcj02"),
        ("labels_cgcs2000.ovkml", "cgcs2000"),
        ("labels_mixed.ovkml", "cgcs2000"),
    ],
)
def test_labels_become_service_points(wizard: Bring, name: str, datum: str) -> None:
    """Each label may say its own system; the kind is chosen from its description."""
    one = wizard(OVITAL / name)
    read = {"sheet": "placemarks", "kind": "service_point", "header_row": 1}
    columns = {"name": 0, "kind": 1, "lon": 2, "lat": 3}
    checked = one.check("service_points", reads=[read | {"positions": columns}])
    assert (checked.said, checked.result["problems"]) == ("", [])
    assert checked.chosen["datum"] == datum
    one.load()
    points = ServicePoint.objects.order_by("pk")
    assert [(point.name, point.kind) for point in points] == [
        ("村口便民站", "desk"),
        ("小学&警务室", "police"),
    ]
    for point, place in zip(points, files.PLACES, strict=False):
        assert point.geom is not None
        assert point.geom.coords == pytest.approx(place, abs=2e-7)


@pytest.mark.parametrize("named", ["CGCS2000", "GCJ-02"])
def test_a_label_that_says_nothing_is_on_the_web_map(tmp_path: Path, named: str) -> None:
    """Beside labels that say theirs; nothing is moved by half a kilometre unseen."""
    text = (OVITAL / "labels_mixed.ovkml").read_text(encoding="utf-8")
    silent = text.replace("<OvCoordType>GCJ-02</OvCoordType>\n", "").replace("CGCS2000", named)
    path = tmp_path / "labels.ovkml"
    path.write_text(silent, encoding="utf-8")
    found = survey(path)["layers"][0]
    web_map = (112.42082096, 25.60136029)
    if named == "GCJ-02":
        assert (found["crs"], found["points"][1]) == ("GCJ-02", pytest.approx(web_map))
    else:
        assert found["crs"] == "EPSG:4490"
        assert found["points"][1] == pytest.approx(files.PLACES[1], abs=2e-7)


@pytest.mark.parametrize("name", ["grids.kml", "grids_gb2312.kml"])
def test_areas_become_grids_of_a_draft(wizard: Bring, cast: SimpleNamespace, name: str) -> None:
    plan = new_draft(cast.town)
    one = wizard(OVITAL / name, cast.town)
    checked = one.check("boundaries", options={"plan": str(plan.pk), "village": QUANFENG})
    assert (checked.said, checked.result["problems"]) == ("", [])
    assert checked.chosen["datum"] == "gcj02"
    one.load()
    names = set(PlanCell.objects.filter(plan=plan).values_list("name", flat=True))
    assert {"一组", "二组（桥头）"} <= names


def test_what_was_made_for_ovital_comes_back_as_it_was(
    wizard: Bring, cast: SimpleNamespace, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    plan = new_draft(cast.town)
    order = Order("small_grids", "kml", "奥维核对边界", datum="gcj02")
    made = take_out(acting_user=cast.town, order=order)
    one = wizard(made.path, cast.town)
    checked = one.check("boundaries", options={"plan": str(plan.pk), "village": QUANFENG})
    assert checked.chosen["datum"] == "gcj02"
    assert (checked.said, checked.result["problems"]) == ("", [])
    assert checked.result["counts"]["grid"] == {"new": 0, "changed": 0, "unchanged": 3}


@pytest.mark.parametrize(
    "content",
    [b"OviO" + bytes(400), json.dumps({"Version": "V10", "ObjItems": []}).encode()],
    ids=["ovobj", "ovjsn"],
)
def test_its_own_formats_are_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "点"
    path.write_bytes(content)
    with translation.override("zh-hans"), pytest.raises(InputError, match="导出为 KML"):
        survey(path)
