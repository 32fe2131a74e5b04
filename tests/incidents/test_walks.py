"""Any sequence of steps by anybody, at any hour: the timeline has no gap and deadlines hold."""

import datetime as dt
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_grid.core.errors import DomainError
from gis_grid.incidents import workdays
from gis_grid.incidents.machine import RULES
from gis_grid.incidents.models import OPEN_STATES, DeadlineRule, Incident
from gis_grid.incidents.services import reporting, steps
from gis_grid.incidents.services.steps import Said, take
from tests.conftest import QUANFENG
from tests.incidents.conftest import SAID, Make

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = st.sampled_from([dt.UTC, SHANGHAI, ZoneInfo("America/New_York")])
WALK = st.lists(
    st.tuples(
        st.sampled_from(sorted(RULES)),
        st.sampled_from(["worker", "office", "police", "leader", "county"]),
        st.integers(0, 200),  # hours that pass before it
    ),
    max_size=25,
)


def check(incident: Incident, now: dt.datetime) -> None:
    timeline = list(incident.steps.all())
    assert [step.number for step in timeline] == list(range(1, incident.revision + 1))
    before = ""
    for step in timeline:
        assert step.from_state == before
        before = step.to_state
    assert before == incident.state
    assert [s.at for s in timeline] == sorted(s.at for s in timeline)
    if incident.state not in OPEN_STATES:
        assert incident.step_due_at is None
        assert incident.closed_at


def due_day(kind: str, state: str, began: dt.datetime) -> dt.datetime | None:
    rule = DeadlineRule.objects.filter(category=None, kind=kind, state=state).first()
    if rule is None:
        return None
    if rule.minutes is not None:
        return began + dt.timedelta(minutes=rule.minutes)
    day = began.astimezone(SHANGHAI).date()
    left = rule.working_days or 0
    while left:
        day += dt.timedelta(days=1)
        left -= workdays.is_working_day(day)
    return dt.datetime.combine(day, dt.time(23, 59, 59), SHANGHAI)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    category=st.sampled_from(["drain", "neighbours", "fire", "house-permit"]),
    start=st.integers(0, 420 * 24 * 60),
    zone=ZONES,
    walk=WALK,
)
def test_any_walk(
    make: Make,
    cast: SimpleNamespace,
    category: str,
    start: int,
    zone: dt.tzinfo,
    walk: list[tuple[str, str, int]],
) -> None:
    first = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    now = (first + dt.timedelta(minutes=start)).astimezone(zone)
    hands: Any = SimpleNamespace(now=now)
    with pytest.MonkeyPatch.context() as patch:
        for module in (reporting, steps):
            patch.setattr(module, "clock", lambda: hands.now)
        incident = make(GRID, category=category)
        for step, who, hours in walk:
            hands.now += dt.timedelta(hours=hours)
            before = incident
            said = Said(**SAID, office="police" if step == "assign" else "")
            try:
                incident, taken = take(
                    acting_user=getattr(cast, who),
                    incident_id=incident.pk,
                    step=step,
                    revision=incident.revision,
                    said=said,
                )
            except DomainError:
                incident = Incident.objects.get(pk=incident.pk)
                assert incident.revision == before.revision
                continue
            incident = Incident.objects.get(pk=incident.pk)
            if taken.from_state != taken.to_state and incident.is_open:
                assert incident.step_due_at == due_day(incident.kind, incident.state, hands.now)
        check(incident, hands.now)
