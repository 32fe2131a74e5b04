"""The API: a case by HTTP, and every endpoint for people who must not see it."""

import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.accounts.policies import Role
from gis_grid.audit.models import Entry
from gis_grid.incidents.models import Incident, Notice
from tests.caller import Caller
from tests.conftest import LIJIA, QUANFENG, make_user
from tests.incidents.conftest import Make, middle

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def told(**changes: Any) -> dict[str, Any]:
    return {"category": "drain", "what": "水沟堵了", "place": middle(GRID), **changes}


def test_a_case_by_http(ground: Any, cast: SimpleNamespace) -> None:
    worker, office, police = Caller(cast.worker), Caller(cast.office), Caller(cast.police)
    status, made = worker("incidents", told(reporter_name="王小明", reporter_phone="19900000001"))
    assert (status, made["state"], made["area"]) == (201, "reported", GRID)
    assert made["register_no"].startswith("晋屏[")
    path = f"incidents/{made['id']}"
    status, seen = worker(path)
    assert seen["reporters"][0] | {"at": 0} == {
        "incident": made["id"], "register_no": made["register_no"], "anonymous": False,
        "name": "王*明", "phone": "199****0001", "at": 0,
    }  # fmt: skip
    assert {may["step"] for may in seen["may"]} == {"accept", "raise_alert", "note"}
    worker(f"{path}/steps", {"step": "accept", "revision": 1})
    status, late = office(f"{path}/steps", {"step": "accept", "revision": 1})
    assert (status, late["error"]["code"]) == (409, "conflict")
    assert late["error"]["details"]["since"][0]["by"] == "worker"
    status, wrong = office(f"{path}/steps", {"step": "close", "revision": 2})
    assert (status, wrong["error"]["code"]) == (409, "wrong_state")
    status, denied = police(f"{path}/steps", {"step": "settle", "revision": 2, "text": "x"})
    assert (status, denied["error"]["code"]) == (403, "not_allowed")
    office(f"{path}/steps", {"step": "assign", "revision": 2, "person": "police"})
    assert police("notices")[1]["unread"] == 1
    assert police("notices/read", {})[1] == {"read": 1}
    assert police("incidents?mine=true")[1]["incidents"][0]["id"] == made["id"]
    status, shown = worker(f"{path}/reveal", {"field": "phone", "reason": "回访上报人核实"})
    assert (status, shown) == (200, {"value": "19900000001"})
    assert Entry.objects.filter(action="personal_revealed", subject_type="incident").exists()


def test_sent_twice_is_one(ground: Any, cast: SimpleNamespace) -> None:
    body = told(client_id=str(uuid.uuid4()))
    caller = Caller(cast.worker)
    assert caller("incidents", body)[1]["id"] == caller("incidents", body)[1]["id"]
    assert Incident.objects.count() == 1


def test_pages_by_key(make: Make, cast: SimpleNamespace) -> None:
    made = [make(GRID).pk for _number in range(5)]
    caller, seen, after = Caller(cast.worker), [], ""
    while True:
        page = caller(f"incidents?limit=2{after}")[1]
        seen += [row["id"] for row in page["incidents"]]
        if page["next"] is None:
            break
        after = f"&before={page['next']}"
    assert seen == sorted(made, reverse=True)


def closed_to(incident: Incident, other: Incident) -> dict[str, Any]:
    """Every address of one incident, with what is sent there."""
    path = f"incidents/{incident.pk}"
    return {
        path: None,
        f"{path}/duplicates": None,
        f"{path}/steps": {"step": "note", "revision": 1, "text": "x"},
        f"{path}/merge": {"into": other.pk, "revision": 1},
        f"incidents/{other.pk}/merge": {"into": incident.pk, "revision": 1},
        f"{path}/reveal": {"field": "name", "reason": "需要回访核实"},
        f"{path}/attachments/1": None,
        f"{path}/attachments/1?thumb=true": None,
    }


@pytest.mark.parametrize("who", ["outsider", "sibling", "auditor", "nobody", "complained"])
def test_nothing_is_seen_from_outside(make: Make, cast: SimpleNamespace, who: str) -> None:
    cast.sibling = make_user("sibling", Role.GRID_LEADER, LIJIA)
    cast.complained = cast.leader
    incident = make(GRID, complained_of="leader", what="不能看见的事")
    other = make(LIJIA + "002" if who in ("sibling", "outsider") else GRID, what="别的事")
    caller = Caller(getattr(cast, who))
    missing = caller("incidents/999999999")
    assert missing[0] == 404
    for address, body in closed_to(incident, other).items():
        assert caller(address, body) == missing, address
    rows = caller("incidents")[1]["incidents"]
    assert incident.pk not in {row["id"] for row in rows}
    for query in ("q=不能看见", f"q={incident.register_no}", f"area={GRID}", "category=drain"):
        found = {row["id"] for row in caller(f"incidents?{query}")[1]["incidents"]}
        assert incident.pk not in found, query
    x, y = middle(GRID)
    near = caller(f"incidents/near?category=drain&lon={x}&lat={y}")[1]["incidents"]
    assert incident.pk not in {row["id"] for row in near}
    columns = caller(f"incidents/board?area={GRID}")[1]["columns"]
    assert sum(column["count"] for column in columns) == (1 if who == "complained" else 0)
    counts = caller(f"incidents/counts?area={GRID}")[1]["counts"]
    assert counts.get(GRID) in ((1,) if who == "complained" else (None,))
    assert not Notice.objects.filter(user=getattr(cast, who), incident=incident).exists()


def test_only_a_county_makes_rules(ground: Any, cast: SimpleNamespace) -> None:
    category = {
        "code": "wasps", "parent": "safety", "name": "马蜂窝", "kind": "general",
        "field": "safety", "office": "office", "source": "县〔2026〕1号", "starts_on": "2026-01-01",
    }  # fmt: skip
    rule = {"category": "wasps", "working_days": 1, "since": "2026-01-01", "source": "县"}
    for user in (cast.office, cast.worker, cast.nobody):
        assert Caller(user)("incidents/categories", category, "put")[0] == 403
        assert Caller(user)("incidents/deadlines", rule, "put")[0] == 403
    county = Caller(cast.county)
    assert county("incidents/categories", category, "put")[1]["parent"] == "safety"
    assert county("incidents/deadlines", rule, "put")[0] == 200
    assert county("incidents", told(category="wasps"))[0] == 201
    county("incidents/categories", category | {"ends_on": "2026-02-01"}, "put")
    assert county("incidents", told(category="wasps"))[1]["error"]["where"] == "category"
    loop = category | {"code": "safety", "parent": "wasps"}
    assert county("incidents/categories", loop, "put")[1]["error"]["where"] == "parent"


def test_the_circular_by_http(make: Make, cast: SimpleNamespace) -> None:
    make(GRID)
    caller = Caller(cast.office)
    status, shown = caller("incidents/circular?since=2026-01-01&until=2199-12-30")
    assert (status, shown["all"]["received"]) == (200, 1)
    asked = "&".join(f"{k}={v}" for k, v in shown["villages"][0]["filters"].items())
    assert len(caller(f"incidents?{asked}")[1]["incidents"]) == 1
    assert caller("incidents/circular?since=2026-01-02&until=2026-01-01")[0] == 422
    assert Caller(cast.auditor)("incidents/circular?since=2026-01-01&until=2026-01-02")[0] == 403
    assert Caller(cast.outsider)("incidents/circular?since=2026-01-01&until=2199-12-30")[1][
        "all"
    ] in (None, {**shown["all"], "received": 0, "filters": shown["all"]["filters"]})
