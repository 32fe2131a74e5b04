"""Counts of cameras and service points, and redraws that move them."""

import datetime as dt
from types import SimpleNamespace

import pytest

from gis_grid.facilities.models import Camera
from gis_grid.territory.models import Grid
from gis_grid.territory.registries import points_of, statistics_of
from gis_grid.territory.services.located import reassign
from tests.conftest import JINPING, LIJIA, QUANFENG
from tests.facilities.conftest import NewCamera, NewPoint

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def test_all_learn_how_many_a_village_has_and_some_where(
    camera: NewCamera, point: NewPoint, cast: SimpleNamespace
) -> None:
    camera(GRID)
    camera(GRID, east=0.001, owner="home", consent_on=dt.date(2025, 1, 1))
    Camera.objects.filter(pk=camera(GRID, east=0.002).pk).update(state="broken")
    Camera.objects.filter(pk=camera(GRID, east=0.003).pk).update(state="removed")
    point(GRID)
    codes = [GRID, QUANFENG, JINPING]
    town = statistics_of(user=cast.town, codes=codes)
    for code in codes:
        assert (town[code]["cameras"], town[code]["cameras_broken"]) == (3, 1)
        assert town[code]["service_points"] == 1
    civil = statistics_of(user=cast.civil, codes=codes)
    assert "cameras" not in civil[GRID]
    assert civil[QUANFENG]["cameras"] == 3
    assert "cameras_broken" not in civil[QUANFENG]
    away = statistics_of(user=cast.outsider, codes=codes)
    assert not any("cameras" in away[code] or "service_points" in away[code] for code in codes)


def test_they_follow_a_redraw_and_stand_in_drafts(
    camera: NewCamera, point: NewPoint, cast: SimpleNamespace
) -> None:
    one = camera(GRID)
    point(GRID)
    kinds = {one.kind: len(one.ids) for one in points_of(user=cast.town, codes=[GRID])}
    assert (kinds["camera"], kinds["service_point"]) == (1, 1)
    kinds = {one.kind: len(one.ids) for one in points_of(user=cast.civil, codes=[GRID])}
    assert (kinds["camera"], kinds["service_point"]) == (0, 1)
    other = Grid.objects.get(code=LIJIA + "001")
    Camera.objects.update(grid=other, area_code=other.code)
    reassign([GRID, other.code])
    one.refresh_from_db()
    assert one.area_code == GRID
