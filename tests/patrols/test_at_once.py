"""A start that is sent twice at once is one run."""

import uuid
from types import SimpleNamespace

import pytest

from gis_grid.patrols.models import Route, Run
from gis_grid.patrols.services.runs import start_run
from tests.incidents.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_sent_twice_at_once_it_is_one(route: Route, cast: SimpleNamespace) -> None:
    key = uuid.uuid4()
    made = at_once(
        *[
            lambda: start_run(acting_user=cast.worker, route_id=route.pk, client_id=key)
            for _number in range(4)
        ]
    )
    assert len({run.pk for run in made}) == 1
    assert Run.objects.count() == 1
