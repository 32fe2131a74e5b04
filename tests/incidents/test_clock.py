"""Deadlines: set by rule, paused, reminded, urged and escalated once, whatever the time zone."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from gis_grid.incidents.models import Category, DeadlineRule, Incident, Notice, Reminder
from gis_grid.incidents.services import reporting, steps
from gis_grid.incidents.services.clock import watch
from tests.conftest import QUANFENG
from tests.incidents.conftest import Make, lead

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
SHANGHAI = ZoneInfo("Asia/Shanghai")
START = dt.datetime(2026, 9, 29, 23, 30, tzinfo=SHANGHAI)


class Hands:
    """The hands of the server's clock."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture(autouse=True)
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands()
    for module in (reporting, steps):
        monkeypatch.setattr(module, "clock", made)
    return made


def day_of(moment: dt.datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(SHANGHAI).date().isoformat()


def whys(user: object) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("why", flat=True))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_days_are_days_in_shanghai(make: Make, hands: Hands, zone: str) -> None:
    hands.now = START.astimezone(ZoneInfo(zone))
    incident = make(GRID)
    # One working day for what is reported, seven for the case, with the holiday in between.
    assert day_of(incident.step_due_at) == "2026-09-30"
    assert day_of(incident.due_at) == "2026-10-14"
    assert incident.due_is_certain


def test_waiting_for_the_person_moves_what_was_not_due(
    make: Make, cast: SimpleNamespace, hands: Hands
) -> None:
    incident = lead(make(GRID), cast.worker, "accept", "wait")
    assert day_of(incident.step_due_at) == "2026-10-08"
    hands.now = START + dt.timedelta(days=10)  # 9 October: 30 September, 8, 9 have passed
    incident = lead(incident, cast.worker, "resume")
    assert day_of(incident.step_due_at) == "2026-10-12"
    assert day_of(incident.due_at) == "2026-10-19"


def test_the_nearest_rule_that_holds_wins(make: Make, hands: Hands) -> None:
    common = {"state": "", "source": "县"}
    drain, affairs = (Category.objects.get(code=code) for code in ("drain", "affairs"))
    DeadlineRule.objects.create(
        category=affairs, working_days=2, since=dt.date(2026, 1, 1), **common
    )
    assert day_of(make(GRID).due_at) == "2026-10-08"
    DeadlineRule.objects.create(
        category=drain, working_days=1, since=dt.date(2026, 10, 1), **common
    )
    assert day_of(make(GRID).due_at) == "2026-10-08"
    hands.now = dt.datetime(2026, 10, 1, tzinfo=SHANGHAI)
    assert day_of(make(GRID).due_at) == "2026-10-08"
    DeadlineRule.objects.create(
        category=drain, state="reported", minutes=30, since=dt.date(2026, 10, 1), source="县"
    )
    assert make(GRID).step_due_at == hands.now + dt.timedelta(minutes=30)


def test_reminded_urged_escalated_each_once(
    make: Make, cast: SimpleNamespace, hands: Hands
) -> None:
    incident = make(GRID)
    assert watch(START + dt.timedelta(minutes=1)) == 1
    assert watch(START + dt.timedelta(minutes=2)) == 0
    assert whys(cast.worker) == ["reported", "reminded"]
    late = dt.datetime(2026, 10, 8, 0, 0, tzinfo=SHANGHAI)
    assert watch(late) == 1
    assert watch(late) == 0
    assert whys(cast.worker)[-1] == "urged"
    assert "escalated" not in whys(cast.town)
    # Two whole working days after the 30th: the 8th and the 9th.
    watch(dt.datetime(2026, 10, 10, 0, 1, tzinfo=SHANGHAI))
    assert whys(cast.town).count("escalated") == 1
    incident.refresh_from_db()
    assert [s.step for s in incident.steps.all()] == ["report", "overdue", "escalate"]
    assert incident.revision == 3
    assert whys(cast.outsider) == []


def test_nothing_for_what_waits_or_is_over(make: Make, cast: SimpleNamespace) -> None:
    lead(make(GRID), cast.worker, "accept", "wait")
    lead(lead(make(GRID), cast.worker, "accept", "answer"), cast.leader, "close")
    assert watch(timezone.now() + dt.timedelta(days=90)) == 0
    assert not Reminder.objects.exists()
    assert Incident.objects.filter(urged__gt=0).count() == 0


def test_whoever_is_complained_of_is_never_told(make: Make, cast: SimpleNamespace) -> None:
    make(GRID, complained_of="worker")
    watch(START + dt.timedelta(days=60))
    assert whys(cast.worker) == []
    assert "urged" in whys(cast.leader)
