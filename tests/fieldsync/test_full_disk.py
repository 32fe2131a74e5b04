"""A disk that is full acknowledges nothing: the tablet keeps its work and waits."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from psycopg import errors

from gis_grid.fieldsync.models import Operation
from gis_grid.incidents.models import Incident
from tests.conftest import QUANFENG, NewCell
from tests.fieldsync.operations import incident, push
from tests.fieldsync.tablets import Tablet
from tests.incidents.conftest import middle


def _full(*args: Any, **kwargs: Any) -> None:
    raise OperationalError("could not extend file") from errors.DiskFull()


def test_nothing_is_acknowledged_and_later_all_is_taken(
    ground: dict[str, NewCell], cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet = Tablet(cast.surveyor)
    sent = incident(middle(QUANFENG + "001"))
    with monkeypatch.context() as patch:
        patch.setattr(type(Operation.objects), "bulk_create", _full)
        status, body = tablet("sync/push", {"operations": [sent]})
    assert (status, body["error"]["code"]) == (507, "disk_full")
    assert "receipts" not in body
    assert not Operation.objects.exists()
    [receipt] = push(tablet, sent)
    assert receipt["outcome"] == "applied"
    assert Incident.objects.count() == 1
