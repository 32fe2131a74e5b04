"""Work out of scope is held: an office of its area does it, or refuses it in words."""

import uuid
from types import SimpleNamespace

import pytest

from gis_grid.incidents.models import Incident
from tests.conftest import QUANFENG, NewCell
from tests.fieldsync.operations import incident, push
from tests.fieldsync.tablets import Tablet
from tests.incidents.conftest import middle


@pytest.fixture
def held(ground: dict[str, NewCell], cast: SimpleNamespace) -> str:
    """The surveyor has lost the village meanwhile."""
    tablet = Tablet(cast.surveyor)
    cast.surveyor.assignments.update(area_code="431024111201")
    [receipt] = push(tablet, incident(middle(QUANFENG + "001")))
    assert receipt["outcome"] == "held"
    return str(receipt["op_id"])


def test_the_office_does_it(held: str, cast: SimpleNamespace) -> None:
    status, body = Tablet(cast.office)(f"sync/held/{held}", {"take": True})
    assert (status, body["outcome"]) == (200, "applied")
    assert Incident.objects.count() == 1
    _status, answer = _mine(cast, held)
    assert answer["receipts"][0]["outcome"] == "applied"
    assert answer["receipts"][0]["settled"]


def test_the_office_refuses_it_in_words(held: str, cast: SimpleNamespace) -> None:
    office = Tablet(cast.office)
    assert office(f"sync/held/{held}", {"take": False})[0] == 422
    status, _body = office(f"sync/held/{held}", {"take": False, "reason": "已由李家村上报处理"})
    assert status == 200
    receipt = _mine(cast, held)[1]["receipts"][0]
    assert (receipt["outcome"], receipt["message"]) == ("rejected", "已由李家村上报处理")


def test_what_was_finished_in_two_places_is_lost_in_none(
    ground: dict[str, NewCell], cast: SimpleNamespace
) -> None:
    """A draft was restored from a rescue file on another tablet, and finished on both."""
    tablet = Tablet(cast.surveyor)
    there = incident(middle(QUANFENG + "001"), what="井盖坏了")
    here = {**there, "changes": {**there["changes"], "what": [None, "路灯不亮"]}}
    push(tablet, there)
    assert push(tablet, here)[0]["code"] == "other_content"
    anew = {**here, "op_id": str(uuid.uuid4()), "seq": 2, "replaces": here["op_id"]}
    [receipt] = push(tablet, anew)
    assert receipt["outcome"] == "held"
    assert receipt["message"].startswith("Held for the office: This record has arrived before")
    assert [one.what for one in Incident.objects.all()] == ["井盖坏了"]
    status, body = Tablet(cast.office)(f"sync/held/{anew['op_id']}", {"take": True})
    assert (status, body["outcome"]) == (200, "applied")
    assert {one.what for one in Incident.objects.all()} == {"井盖坏了", "路灯不亮"}


def test_once_only(held: str, cast: SimpleNamespace) -> None:
    office = Tablet(cast.office)
    assert office(f"sync/held/{held}", {"take": True})[0] == 200
    assert office(f"sync/held/{held}", {"take": True})[0] == 404


@pytest.mark.parametrize("who", ["surveyor", "worker", "informant", "outsider", "auditor"])
def test_others_see_nothing_of_it(held: str, cast: SimpleNamespace, who: str) -> None:
    tablet = Tablet(getattr(cast, who), token=f"gd_{who}-second")
    assert tablet(f"sync/held/{held}", {"take": True})[0] == 404


def _mine(cast: SimpleNamespace, op_id: str) -> tuple[int, dict[str, list[dict[str, object]]]]:
    tablet = Tablet(cast.surveyor, token="gd_another")
    return tablet("sync/receipts", {"op_ids": [op_id]})
