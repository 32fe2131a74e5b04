"""The list of plans and the drawing page: who sees which, who may begin one."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, Polygon
from django.test import Client
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.core.crs import CGCS2000
from gis_grid.territory.models import Plan, ReferenceFeature, Region
from gis_grid.territory.plans.steps import create_plan
from tests.conftest import JINPING, LIJIA, QUANFENG

pytestmark = pytest.mark.django_db


def _plan(author: User, area: str = QUANFENG) -> Plan:
    return create_plan(
        acting_user=author,
        title="泉凤分格",
        reason="户数太多",
        area_code=area,
        effective_on=timezone.localdate(),
    )


def test_a_draft_is_begun_in_the_own_area(
    ground: object, cast: SimpleNamespace, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(cast.leader)
    page = client.get("/plans/")
    assert QUANFENG in page.content.decode()
    fields = {
        "title": "泉凤分格",
        "reason": "户数太多",
        "area_code": QUANFENG,
        "effective_on": timezone.localdate().isoformat(),
    }
    made = client.post("/plans/", fields)
    plan = Plan.objects.get()
    assert made.status_code == 302
    assert made.headers["Location"] == f"/plans/{plan.pk}/"
    assert plan.author == cast.leader
    assert "泉凤分格" in client.get("/plans/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("area_code", LIJIA), ("effective_on", "2020-01-01"), ("title", ""), ("reason", " ")],
)
def test_what_can_t_be_begun_says_why_beside_the_field(
    ground: object,
    cast: SimpleNamespace,
    signed_in: Callable[[User], Client],
    field: str,
    value: str,
) -> None:
    fields = {
        "title": "泉凤分格",
        "reason": "户数太多",
        "area_code": QUANFENG,
        "effective_on": timezone.localdate().isoformat(),
    }
    answer = signed_in(cast.leader).post("/plans/", fields | {field: value})
    assert answer.status_code == 200
    assert 'class="field-error"' in answer.content.decode()
    assert not Plan.objects.exists()


def test_the_page_names_no_inline_style_or_script(
    ground: object, cast: SimpleNamespace, signed_in: Callable[[User], Client]
) -> None:
    plan = _plan(cast.leader)
    text = signed_in(cast.leader).get(f"/plans/{plan.pk}/").content.decode()
    assert "泉凤分格" in text
    assert "style=" not in text
    assert "onclick" not in text


def test_who_may_not_see_a_draft_gets_what_is_not_there(
    ground: object, cast: SimpleNamespace, signed_in: Callable[[User], Client]
) -> None:
    plan = _plan(cast.leader)
    client = signed_in(cast.outsider)
    for url in (f"/plans/{plan.pk}/", f"/plans/{plan.pk}/reference.json", "/plans/999999/"):
        assert client.get(url).status_code == 404
    assert "泉凤分格" not in client.get("/plans/").content.decode()


def test_roads_and_streams_around_the_area_come_as_lines(
    ground: object, cast: SimpleNamespace, signed_in: Callable[[User], Client]
) -> None:
    plan = _plan(cast.leader)
    region = Region.objects.get(code=QUANFENG)
    assert region.geom is not None
    west, south, east, _north = region.geom.extent

    def add(layer: str, name: str, geom: GEOSGeometry) -> None:
        ReferenceFeature.objects.create(
            layer=layer, kind="village", name=name, area_code=JINPING, geom=geom
        )

    add("road", "泉凤路", LineString((west, south), (east, south), srid=CGCS2000))
    pond = Polygon.from_bbox((west, south, west + 0.001, south + 0.001))
    pond.srid = CGCS2000
    add("water", "塘", pond)
    add("road", "外县路", LineString((west - 1, south), (west - 0.9, south), srid=CGCS2000))
    found = signed_in(cast.leader).get(f"/plans/{plan.pk}/reference.json").json()["lines"]
    assert [(one["layer"], one["name"]) for one in found] == [("road", "泉凤路"), ("water", "塘")]
    road, water = found
    assert road["lines"] == [[[round(west, 7), round(south, 7)], [round(east, 7), round(south, 7)]]]
    assert road["bounds"] == [west, south, east, south]
    assert len(water["lines"][0]) == 5
