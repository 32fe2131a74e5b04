"""Short ways to report an incident and to lead it on."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.accounts.models import User
from gis_grid.incidents.models import Incident
from gis_grid.incidents.services.reporting import Report, report
from gis_grid.incidents.services.steps import Said, take
from tests.conftest import COLUMNS, NewCell, rectangle

Make = Callable[..., Incident]
SAID = {"text": "到现场看了", "reason": "需要镇里协调"}


def middle(grid: str) -> tuple[float, float]:
    centre = rectangle(COLUMNS[grid]).centroid
    return round(centre.x, 7), round(centre.y, 7)


@pytest.fixture
def make(ground: dict[str, NewCell], cast: SimpleNamespace) -> Make:
    """`make("431024111200001", category="drain")`, reported by the county unless said."""

    def made(grid: str, *, user: User | None = None, **told: Any) -> Incident:
        given = {"category": "drain", "what": "村口水沟堵了", "place": middle(grid), **told}
        return report(acting_user=user or cast.county, told=Report(**given))

    return made


def lead(incident: Incident, user: User, *steps: str, **said: str) -> Incident:
    """Take the steps one after the other, each with some words; `assign` goes to the police."""
    for step in steps:
        incident.refresh_from_db()
        to = {"office": "police"} if step == "assign" and "person" not in said else {}
        incident, _ = take(
            acting_user=user,
            incident_id=incident.pk,
            step=step,
            revision=incident.revision,
            said=Said(**{**SAID, **to, **said}),
        )
    return incident
