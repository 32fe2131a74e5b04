"""Whom a case complains of, said when it is under way: it leaves their hands and their sight."""

from types import SimpleNamespace

import pytest

from gis_grid.incidents.models import Incident
from gis_grid.incidents.services.merging import merge
from tests.caller import Caller
from tests.conftest import LIJIA, QUANFENG
from tests.incidents.conftest import Make, lead
from tests.incidents.test_pages import page, signed_in

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def say(user: object, incident: Incident, person: str = "worker", **more: int) -> tuple[int, dict]:
    incident.refresh_from_db()
    body = {"person": person, "revision": incident.revision, **more}
    return Caller(user)(f"incidents/{incident.pk}/complained-of", body)


def test_it_leaves_the_hands_and_the_sight_of_the_person(make: Make, cast: SimpleNamespace) -> None:
    made, same = make(GRID), make(GRID, user=cast.worker)
    merge(acting_user=cast.town, incident_id=same.pk, into_id=made.pk, revision=1)
    lead(made, cast.town, "accept")
    lead(made, cast.town, "assign", person="worker")
    assert signed_in(cast.worker).get(page(made)).status_code == 200
    made.refresh_from_db()
    answer = signed_in(cast.town).post(
        page(made), {"act": "concern", "complained_of": "worker", "revision": made.revision}
    )
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.complained_of, made.assignee_user) == (cast.worker, None)
    assert made.steps.order_by("-number")[0].step == "concern"
    for one in (made, same):
        assert signed_in(cast.worker).get(page(one)).status_code == 404
    # It can be given to others.
    assert lead(made, cast.town, "assign").assignee_role == "police"


def test_who_may_say_it_of_whom_and_when(make: Make, cast: SimpleNamespace) -> None:
    made = make(GRID)
    assert say(cast.worker, made, "leader")[0] == 403
    for stranger in (cast.outsider, cast.auditor):
        assert say(stranger, made)[0] in (403, 404)
    assert say(cast.town, made, "town")[0] == 422
    assert say(cast.town, made, "nobody-such")[0] == 422
    assert say(cast.town, made, revision=99)[0] == 409
    assert say(cast.town, made)[0] == 200
    assert say(cast.town, made, "leader")[0] == 409
    closed = make(GRID)
    lead(closed, cast.town, "accept")
    Incident.objects.filter(pk=closed.pk).update(state="closed")
    assert say(cast.town, closed)[0] == 409
    assert say(cast.worker, make(LIJIA + "001"))[0] == 404


def test_a_merged_one_takes_no_files(make: Make, cast: SimpleNamespace) -> None:
    gone, kept = make(GRID), make(GRID)
    merge(acting_user=cast.town, incident_id=gone.pk, into_id=kept.pk, revision=1)
    assert 'class="attach"' in signed_in(cast.town).get(page(kept)).content.decode()
    assert 'class="attach"' not in signed_in(cast.town).get(page(gone)).content.decode()
