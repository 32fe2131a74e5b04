"""The demo's patrols: by the services that people use, once, and none where DEMO is off."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.core.management import call_command
from django.core.management.base import CommandError

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Role
from gis_grid.patrols.demo import make_patrols
from gis_grid.patrols.models import Route, Run
from gis_grid.territory.models import ReferenceFeature, Region
from tests.conftest import JINPING, QUANFENG

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)


def test_runs_are_walked_missed_and_judged(ground: Any) -> None:
    for name, role, area in (
        ("leader", Role.GRID_LEADER, QUANFENG), ("worker", Role.GRID_WORKER, QUANFENG),
        ("informant", Role.INFORMANT, QUANFENG), ("police", Role.POLICE, JINPING),
        ("office", Role.OFFICE, JINPING),
    ):  # fmt: skip
        user, _new = User.objects.get_or_create(username=name)
        User.objects.filter(pk=user.pk).update(is_demo=True)
        Assignment.objects.get_or_create(
            user=user, role=role, area_code=area, starts_on=dt.date(2020, 1, 1)
        )
    village = Region.objects.get(code=QUANFENG)
    assert village.geom is not None
    west, south, _east, _north = village.geom.extent
    corner = (west + 0.001, south + 0.002)
    for far in ((0.02, 0), (0, 0.004)):
        line = LineString(corner, (corner[0] + far[0], corner[1] + far[1]), srid=4490)
        ReferenceFeature.objects.create(layer="road", kind="town", area_code=JINPING, geom=line)
    count = make_patrols(JINPING, QUANFENG, DAY)
    assert count == Run.objects.count() > 10
    states = set(Run.objects.values_list("state", flat=True))
    assert {"closed"} <= states <= {"closed", "ended", "missed"}
    shares = [run.judgement["share"] for run in Run.objects.exclude(judgement=None)]
    assert max(shares) > 0.97
    assert Route.objects.filter(is_demo=True).exists()
    assert make_patrols(JINPING, QUANFENG, DAY) == 0


def test_never_where_the_demo_is_off(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo_patrols", JINPING, QUANFENG)
