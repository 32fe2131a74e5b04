"""Two at once: numbers without gaps, one step wins, a report sent twice is one."""

import threading
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from gis_grid.incidents.models import Incident
from gis_grid.incidents.services.clock import watch
from gis_grid.incidents.services.register import take_numbers
from gis_grid.incidents.services.steps import take
from gis_grid.incidents.services.writing import OvertakenError
from tests.conftest import JINPING, QUANFENG
from tests.incidents.conftest import Make

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
GRID = QUANFENG + "001"


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Results or exceptions of all, begun together, each on a connection of its own."""
    results: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[place] = act()
        except Exception as error:  # noqa: BLE001 the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_numbers_have_no_gap(make: Make) -> None:
    made = at_once(*[lambda: make(GRID) for _number in range(8)])
    assert sorted(one.serial for one in made) == list(range(1, 9))


def test_who_is_broken_off_gives_the_number_back(make: Make) -> None:
    first = make(GRID)
    with transaction.atomic():
        assert list(take_numbers(JINPING, first.year)) == [2]
        transaction.set_rollback(True)
    assert make(GRID).serial == 2


def test_one_of_two_steps_wins(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID)

    def step(user: Any) -> Callable[[], Any]:
        return lambda: take(acting_user=user, incident_id=incident.pk, step="accept", revision=1)

    results = at_once(step(cast.worker), step(cast.leader), step(cast.office))
    lost = [one for one in results if isinstance(one, OvertakenError)]
    assert len(lost) == 2
    assert [one.details["revision"] for one in lost] == [2, 2]
    assert list(incident.steps.values_list("number", "step")) == [(1, "report"), (2, "accept")]


def test_sent_twice_at_once_is_one(make: Make) -> None:
    client_id = uuid.uuid4()
    made = at_once(*[lambda: make(GRID, client_id=client_id) for _number in range(4)])
    assert len({one.pk for one in made}) == 1
    assert list(Incident.objects.values_list("serial", flat=True)) == [1]


def test_the_clock_strikes_once(make: Make) -> None:
    incident = make(GRID)
    Incident.objects.update(step_due_at=incident.reported_at, due_at=None)
    at_once(*[watch for _number in range(3)])
    incident.refresh_from_db()
    assert (incident.urged, incident.steps.filter(step="overdue").count()) == (1, 1)
