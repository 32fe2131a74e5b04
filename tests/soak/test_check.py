"""The audit of a soak finds what was lost, doubled or changed behind everybody's back."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from gis_grid.accounts.policies import Role
from gis_grid.fieldsync.models import Conflict, Operation
from gis_grid.households.models import Household, Visit
from gis_grid.households.services.registering import change_household
from gis_grid.incidents.models import Incident
from tests.conftest import COUNTY, QUANFENG, NewCell, make_user
from tests.fieldsync.operations import incident, operation, push
from tests.fieldsync.tablets import Tablet
from tests.incidents.conftest import middle
from tests.soak import ground as soak_ground
from tests.soak.check import Audit, First, fields_now
from tests.soak.tablets import Journal


@pytest.fixture
def done(ground: dict[str, NewCell], cast: SimpleNamespace, household: Any) -> Callable[[], Audit]:
    """A visit, a report, a note and a change that were done, and a change that clashed."""
    make_user(soak_ground.COUNTY_OFFICE, Role.COUNTY, COUNTY)
    home: Household = household(QUANFENG + "001")
    first: First = fields_now()
    change_household(acting_user=cast.office, household_id=home.pk, values={"note": "镇里"})
    tablet, made = Tablet(cast.worker), incident(middle(QUANFENG + "001"))
    sent = [
        made,
        operation("incident", "note", seq=2, record=made["record"], text="又堵了"),
        operation("household", "visit", seq=3, server_id=home.pk, text="在家"),
        operation(
            "household", "change", seq=4, server_id=home.pk,
            old={"note": "", "address": home.address}, note="村里", address="新号",
        ),
    ]  # fmt: skip
    journal = Journal()
    for one, receipt in zip(sent, push(tablet, *sent), strict=True):
        journal.sealed[one["op_id"]] = one
        state, key = receipt["outcome"], receipt["server_id"]
        journal.words[one["op_id"]] = {"state": state, "serverId": key, "code": ""}
    note = SimpleNamespace(seen="", written="镇里", by="office", sure=True)

    def audit() -> Audit:
        made = Audit(journal, SimpleNamespace(writes={(home.pk, "note"): [note]}), first)
        made.run()
        return made

    return audit


def test_what_is_right_has_no_fault(done: Callable[[], Audit]) -> None:
    found = done()
    assert found.faults == []
    assert found.figures["outcomes"] == {"applied": 3, "conflict": 1}


def _lose_an_operation() -> None:
    Operation.objects.filter(action="visit").delete()


def _leave_one_unjudged() -> None:
    Operation.objects.filter(action="visit").update(outcome="received")


def _lose_a_visit() -> None:
    Visit.objects.all().delete()


def _double_a_visit() -> None:
    [visit] = Visit.objects.all()
    visit.pk, visit.client_id = None, "00000000-0000-4000-8000-000000000000"
    visit.save()


def _double_a_note() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO incidents_step (incident_id, number, at, actor_name, step, from_state,"
            " to_state, text, reason, assignee_role) SELECT incident_id, 99, at, actor_name, step,"
            " from_state, to_state, text, reason, assignee_role FROM incidents_step"
            " WHERE step = 'note'"
        )


def _lose_a_value() -> None:
    Household.objects.filter(address="新号").update(address="1号")


def _lose_a_conflict() -> None:
    Conflict.objects.all().delete()


def _leave_a_gap() -> None:
    Incident.objects.update(serial=7)


@pytest.mark.parametrize(
    "harm",
    [
        _lose_an_operation,
        _leave_one_unjudged,
        _lose_a_visit,
        _double_a_visit,
        _double_a_note,
        _lose_a_value,
        _leave_a_gap,
    ],
)
def test_what_is_wrong_is_found(done: Callable[[], Audit], harm: Callable[[], None]) -> None:
    harm()
    assert done().faults


def test_a_value_that_lost_and_stands_in_no_conflict_is_found(done: Callable[[], Audit]) -> None:
    _lose_a_conflict()
    assert any("no chain" in fault for fault in done().faults)
