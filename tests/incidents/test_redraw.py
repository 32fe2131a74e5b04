"""A publish moves incidents to the grid that holds them now; where it happened then stays."""

from types import SimpleNamespace

import pytest

from gis_grid.incidents.models import Incident
from gis_grid.territory.models import DataVersion
from gis_grid.territory.services.publish import publish_villages
from tests.conftest import QUANFENG, cell, rectangle
from tests.incidents.conftest import Make

pytestmark = pytest.mark.django_db
WEST, MIDDLE, EAST = (QUANFENG + number for number in ("001", "002", "003"))


def test_the_grid_follows_and_the_grid_then_stays(make: Make, cast: SimpleNamespace) -> None:
    incident = make(MIDDLE)
    before = DataVersion.objects.get(layer="incidents").version
    wide = cell(WEST, rectangle(0, width=2))
    publish_villages(acting_user=cast.county, cells=[wide, cell(EAST)])
    incident = Incident.objects.select_related("grid", "grid_then").get(pk=incident.pk)
    assert incident.grid
    assert incident.grid_then
    assert (incident.grid.code, incident.area_code) == (WEST, WEST)
    assert (incident.grid_then.code, incident.area_then) == (MIDDLE, MIDDLE)
    assert incident in Incident.objects.visible_to(cast.informant)
    assert DataVersion.objects.get(layer="incidents").version > before
