"""Cases from the report to the end: states, timeline, refusals, who is told."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from gis_grid.accounts.models import User
from gis_grid.audit.models import Entry
from gis_grid.core.errors import InputError, MissingError, NotAllowedError, StateError
from gis_grid.incidents.models import Incident, Notice, Step
from gis_grid.incidents.services.steps import Said, take
from gis_grid.incidents.services.writing import OvertakenError
from tests.conftest import LIJIA, QUANFENG
from tests.incidents.conftest import Make, lead

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("why", flat=True))


def states(incident: Incident) -> list[str]:
    return list(incident.steps.values_list("to_state", flat=True))


def test_settled_in_the_grid(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID, user=cast.worker)
    assert told(cast.leader) == ["reported"]
    assert told(cast.worker) == told(cast.outsider) == []
    lead(incident, cast.worker, "accept", "settle", "answer")
    done = lead(incident, cast.leader, "close")
    assert states(done) == ["reported", "accepted", "in_grid", "answered", "closed"]
    assert done.closed_at
    assert done.step_due_at is None
    assert [step.number for step in done.steps.all()] == [1, 2, 3, 4, 5]
    assert Entry.objects.filter(action="incident_step", subject_id=str(done.pk)).count() == 4


def test_up_to_the_town_and_back(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID, user=cast.worker)
    lead(incident, cast.worker, "accept", "send_up")
    lead(incident, cast.office, "take_up", "assign", "urge")
    assert told(cast.police) == ["assigned", "urged"]
    lead(incident, cast.police, "answer")
    done = lead(incident, cast.office, "close")
    assert told(cast.worker) == ["step", "step"]
    again = lead(done, cast.worker, "reopen")
    assert (again.state, again.assignee_role, again.closed_at) == ("reopened", "", None)
    assert again.due_at
    assert again.due_at > again.reported_at


def test_an_emergency(make: Make, cast: SimpleNamespace) -> None:
    fire = make(GRID, category="fire", user=cast.informant)
    assert fire.state == "alert"
    for user in (cast.town, cast.office, cast.police, cast.leader):
        assert told(user) == ["alert"]
    lead(fire, cast.worker, "follow", "follow")
    with pytest.raises(NotAllowedError):
        lead(fire, cast.worker, "stand_down")
    done = lead(fire, cast.office, "stand_down", "answer", "close")
    assert done.state == "closed"
    drain = lead(make(GRID), cast.worker, "raise_alert")
    assert (drain.kind, drain.state) == ("emergency", "alert")


def test_a_mediation_and_an_approval(make: Make, cast: SimpleNamespace) -> None:
    row = lead(make(GRID, category="neighbours"), cast.worker, "accept", "sitting", "sitting")
    assert row.steps.filter(step="sitting").count() == 2
    assert lead(row, cast.worker, "agree").state == "agreed"
    other = lead(make(GRID, category="debts"), cast.worker, "accept", "sitting", "to_court")
    assert other.state == "court"
    asked = lead(make(GRID, category="house-permit"), cast.worker, "accept", "tell", "answer")
    assert asked.state == "answered"


def test_a_wrong_step_says_why(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID)
    with pytest.raises(StateError) as wrong:
        lead(incident, cast.worker, "settle")
    assert wrong.value.details == {"state": "reported", "kind": "general"}
    with pytest.raises(StateError):
        lead(incident, cast.worker, "sitting")
    with pytest.raises(InputError):
        lead(incident, cast.worker, "teleport")
    lead(incident, cast.worker, "accept")
    for missing in ({"text": ""}, {"text": " \x00"}):
        with pytest.raises(InputError) as refusal:
            lead(incident, cast.worker, "settle", **missing)
        assert refusal.value.where == "text"
    incident.refresh_from_db()
    assert (incident.revision, incident.steps.count()) == (2, 2)


def test_the_second_of_two_sees_what_happened(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID)
    lead(incident, cast.worker, "accept")
    with pytest.raises(OvertakenError) as refusal:
        take(acting_user=cast.leader, incident_id=incident.pk, step="accept", revision=1)
    assert [step["step"] for step in refusal.value.details["since"]] == ["accept"]
    assert refusal.value.details["since"][0]["by"] == "worker"
    assert refusal.value.status == 409


def test_out_of_sight(make: Make, cast: SimpleNamespace) -> None:
    incident = make(LIJIA + "002")
    for user in (cast.outsider, cast.worker, cast.nobody, cast.auditor):
        with pytest.raises(MissingError):
            lead(incident, user, "accept")


def test_whoever_is_complained_of(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID, complained_of="leader")
    assert told(cast.leader) == []
    with pytest.raises(MissingError):
        lead(incident, cast.leader, "accept")
    assert lead(incident, cast.worker, "accept").state == "accepted"
    with pytest.raises(InputError):
        lead(incident, cast.office, "assign", person="leader")


@pytest.mark.parametrize(
    "said",
    [{}, {"office": "police", "person": "police"}, {"office": "moon"}, {"person": "outsider"}],
)
def test_to_whom_nothing_is_assigned(make: Make, cast: SimpleNamespace, said: Any) -> None:
    incident = lead(make(GRID), cast.worker, "accept")
    with pytest.raises(InputError):
        take(
            acting_user=cast.office,
            incident_id=incident.pk,
            step="assign",
            revision=incident.revision,
            said=Said(**said),
        )


def test_steps_are_only_ever_added(make: Make) -> None:
    incident = make(GRID)
    for change in (
        lambda: Step.objects.filter(incident=incident).update(text="x"),
        lambda: Step.objects.filter(incident=incident)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
