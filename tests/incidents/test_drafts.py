"""Open incidents in drafts of boundaries: counted on each side, told when they move."""

from types import SimpleNamespace

import pytest
from django.contrib.gis.geos import Point

from gis_grid.incidents.models import Incident
from gis_grid.territory.plans.selectors import diff
from tests.conftest import QUANFENG
from tests.incidents.conftest import Make, lead
from tests.plans.conftest import at, draw_on, new_draft

pytestmark = pytest.mark.django_db
A = QUANFENG + "001"


def test_a_split_tells_how_many_lie_on_each_side(make: Make, cast: SimpleNamespace) -> None:
    for x in (0.2, 0.9, 0.95):
        make(A, place=at(x, 0.5), category="drain")
    closed = make(A, place=at(0.92, 0.4))
    lead(closed, cast.town, "accept", "answer", "close")
    against = make(A, place=at(0.3, 0.4), complained_of=cast.office.username)
    draft = new_draft(cast.town)
    answer = draw_on(draft, cast.town, type="split", grid=A, lines=[[at(0.8, -0.1), at(0.8, 1.1)]])
    rows = {row["code"]: row for row in answer["statistics"]}
    new = next(code for code in rows if code != A)
    assert rows[A]["before"]["open_incidents"] == 4
    assert rows[A]["after"]["open_incidents"] == 2
    assert rows[new]["after"]["open_incidents"] == 2
    moved = [move for move in answer["moves"] if move["kind"] == "incident"]
    assert [(move["from"], move["to"], move["count"]) for move in moved] == [(A, new, 2)]
    # Whoever is complained of does not learn of it by a count.
    seen = {row["code"]: row for row in diff(draft, cast.office)["statistics"]}
    assert seen[A]["after"]["open_incidents"] == 1
    assert Incident.objects.get(pk=against.pk).geom == Point(*at(0.3, 0.4), srid=4490)


def test_nobody_counts_what_lies_out_of_sight(make: Make, cast: SimpleNamespace) -> None:
    make(A, place=at(0.2, 0.5))
    draft = new_draft(cast.town)
    draw_on(draft, cast.town, type="split", grid=A, lines=[[at(0.8, -0.1), at(0.8, 1.1)]])
    told = diff(draft, cast.auditor)["statistics"]
    assert all(
        not row[side].get("open_incidents")
        for row in told
        for side in ("before", "after")
        if row[side]
    )
