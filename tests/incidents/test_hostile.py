"""Bad input: each says which field; what can be kept is kept as it is and never run."""

from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.incidents.models import Incident
from tests.conftest import QUANFENG
from tests.incidents.conftest import Make
from tests.incidents.test_api import Caller, told

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"what": "x" * 1_000_000}, "what"),
        ({"what": "\x00 "}, "what"),
        ({"what": ""}, "what"),
        ({"category": "affairs"}, "category"),
        ({"category": "../x"}, "category"),
        ({"category": "nothing"}, "category"),
        ({"place": [999, 1]}, "place"),
        ({"place": ["a", "b"]}, "place"),
        ({"place": None}, "place"),
        ({"place": None, "area": "431024111999"}, "area"),
        ({"place": None, "area": "1"}, "area"),
        ({"accuracy_m": -1}, "accuracy_m"),
        ({"severity": 9}, "severity"),
        ({"reporter_phone": "12"}, "reporter_phone"),
        ({"reporter_name": "名" * 61}, "reporter_name"),
        ({"complained_of": "no such login"}, "complained_of"),
        ({"households": [1]}, "households"),
        ({"households": [2**70]}, "households"),
        ({"client_id": "x"}, "client_id"),
        ({"channel": "import"}, "channel"),
    ],
)
def test_it_says_which_field(
    ground: Any, cast: SimpleNamespace, changes: dict[str, Any], where: str
) -> None:
    status, answer = Caller(cast.worker)("incidents", told(**changes))
    assert status == 422
    assert where in answer["error"]["where"]
    assert answer["error"]["message"]
    assert Incident.objects.count() == 0


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "=cmd|'/C calc'!A0", "\u202eevil\u202c", "%s %(x)s {0}", "'; --"],
)
def test_text_is_kept_as_it_is(ground: Any, cast: SimpleNamespace, text: str) -> None:
    caller = Caller(cast.worker)
    status, made = caller("incidents", told(what=text + "\x00", address=text))
    assert status == 201
    shown = caller(f"incidents/{made['id']}")[1]
    assert (shown["what"], shown["address"]) == (text, text)
    found = caller("incidents?q=" + "".join(f"%{byte:02x}" for byte in text.encode()))
    assert [row["id"] for row in found[1]["incidents"]] == [made["id"]]


@pytest.mark.parametrize(
    "query",
    [
        "state=' OR 1=1", "area=x", "bbox=1,2", "bbox=nan,0,1,1", "since=yesterday", "limit=0",
        "before=99999999999999999999", "kind=none", "moment=never", "category=a'b", "office=x'y",
        f"q={'x' * 200}",
    ],
)  # fmt: skip
def test_odd_queries(make: Make, cast: SimpleNamespace, query: str) -> None:
    make(GRID)
    status, answer = Caller(cast.worker)(f"incidents?{query}")
    assert status == 422 or answer == {"incidents": [], "next": None}


def test_odd_steps(make: Make, cast: SimpleNamespace) -> None:
    path = f"incidents/{make(GRID).pk}/steps"
    caller = Caller(cast.worker)
    for body in (
        {"step": "accept"},
        {"step": "accept", "revision": 2**40},
        {"step": "A'", "revision": 1},
        {"step": "teleport", "revision": 1},
        {"step": "note", "revision": 1, "text": "\x00"},
        {"step": "note", "revision": 1, "text": "水" * 4001},
        [],
    ):
        assert caller(path, body)[0] == 422, body
    assert caller(path, {"step": "accept", "revision": 7})[0] == 409
