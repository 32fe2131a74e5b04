"""The way through `/api/v1/plans`, and who is kept out of it."""

import json
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gis_grid.territory.models import Plan
from tests.conftest import JINPING, LIJIA, QUANFENG
from tests.plans.conftest import at, draw_on, new_draft

A = QUANFENG + "001"
SPLIT = {"type": "split", "grid": A, "lines": [[at(0.5, -0.1), at(0.5, 1.1)]]}
GET = ["", "/diff", "/geojson", "/points"]
POST = ["/submit", "/approve", "/reject", "/reopen", "/withdraw", "/publish"]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def send(client: Client, path: str, body: Any) -> Any:
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")


def operation(op: Any, base: int = 0, **more: Any) -> dict[str, Any]:
    return {"base_revision": base, "client_op_id": str(uuid.uuid4()), "op": op, **more}


@pytest.fixture
def plan(ground: object, cast: SimpleNamespace) -> Plan:
    return new_draft(cast.town)


def test_from_draft_to_published(ground: object, cast: SimpleNamespace) -> None:
    town, county = signed_in(cast.town), signed_in(cast.county)
    body = {
        "title": "重划",
        "reason": "户数太多",
        "area_code": JINPING,
        "effective_on": timezone.localdate().isoformat(),
    }
    made = send(town, "/plans", body)
    assert made.status_code == 201
    path = f"/plans/{made.json()['id']}"
    answer = send(town, f"{path}/operations", operation(SPLIT)).json()
    assert answer["revision"] == 1
    assert send(town, f"{path}/submit", {}).json()["status"] == "submitted"
    assert send(town, f"{path}/approve", {}).status_code == 403
    assert send(county, f"{path}/approve", {"note": "同意"}).json()["status"] == "approved"
    assert town.get(f"/api/v1{path}").json()["may"]["publish"]
    assert send(town, f"{path}/publish", {}).json()["status"] == "published"
    listed = json.loads(town.get("/api/v1/grids?level=small").getvalue())
    codes = [f["properties"]["code"] for f in listed["features"]]
    assert QUANFENG + "004" in codes
    lineage = town.get(f"/api/v1/grids/{QUANFENG}004/lineage").json()["steps"]
    assert [(step["kind"], step["source"]) for step in lineage] == [("split", A)]


@pytest.mark.parametrize("who", ["outsider", "informant", "surveyor", "auditor"])
def test_drafts_are_not_there_for_others(plan: Plan, cast: SimpleNamespace, who: str) -> None:
    client = signed_in(getattr(cast, who))
    gone = client.get("/api/v1/plans/999999").json()
    for tail in GET:
        answer = client.get(f"/api/v1/plans/{plan.pk}{tail}")
        assert answer.status_code in (404, 403)
        if answer.status_code == 404:
            assert answer.json() == gone
    for tail in POST:
        assert send(client, f"/plans/{plan.pk}{tail}", {}).status_code == 404
    assert send(client, f"/plans/{plan.pk}/operations", operation(SPLIT)).status_code == 404
    assert send(client, f"/plans/{plan.pk}/comments", {"text": "?"}).status_code == 404
    assert send(client, f"/plans/{plan.pk}/rebase", {"how": "mine"}).status_code == 404
    assert client.get("/api/v1/plans").json() == {"plans": []}


def test_a_village_sees_its_own_part_of_a_submitted_plan(plan: Plan, cast: SimpleNamespace) -> None:
    draw_on(plan, cast.town, **SPLIT)
    client = signed_in(cast.leader)
    assert client.get(f"/api/v1/plans/{plan.pk}").status_code == 404
    assert send(signed_in(cast.town), f"/plans/{plan.pk}/submit", {}).status_code == 200
    answer = client.get(f"/api/v1/plans/{plan.pk}")
    assert answer.status_code == 200, answer.content
    assert answer.json()["title"] == plan.title
    codes = {f["id"] for f in client.get(f"/api/v1/plans/{plan.pk}/geojson").json()["features"]}
    assert codes
    assert all(code.startswith(QUANFENG) for code in codes)
    made = send(
        client, f"/plans/{plan.pk}/comments", {"text": "水井在哪边?", "place": at(0.5, 0.5)}
    )
    assert made.status_code == 201
    assert made.json()["area_code"].startswith(QUANFENG)


@pytest.mark.parametrize(
    "op",
    [
        {"type": "split", "grid": A},
        {"type": "split", "grid": "1", "lines": [[at(0, 0), at(1, 1)]]},
        {"type": "split", "grid": A, "lines": [[[0, 0], [1, 1]]]},
        {"type": "merge", "grids": [A], "keep": A},
        {"type": "explode", "grid": A},
        {"type": "split", "grid": A, "lines": [[at(0, 0), at(1, 1)] * 2_000] * 3},
        {
            "type": "import",
            "village": QUANFENG,
            "cells": [{"name": "x", "geometry": {"type": "Polygon", "coordinates": ["x"]}}],
        },
        {
            "type": "import",
            "village": QUANFENG,
            "cells": [
                {
                    "name": "x",
                    "geometry": {"type": "Polygon", "coordinates": [[at(0, 0)] * 4]},
                }
            ],
        },
        {"type": "transfer", "from": A, "to": QUANFENG + "002", "area": [[at(0, 0)] * 4]},
        {"type": "reshape", "line": [at(0, 0), at(0, 0)]},
        {"type": "create", "village": QUANFENG, "area": [[at(0, 0)] * 4], "name": "x"},
        {"type": "move_nodes"},
        {"type": "move_nodes", "insert": [{"between": [at(0, 0), at(0, 0)], "at": at(0, 0)}]},
        {"type": "fill_gap", "place": at(0.5, 0.5), "to": A},
        {"type": "rename", "grid": A, "name": ""},
        {"type": "rename", "grid": A, "name": "x", "also": 1},
        {},
    ],
)
def test_what_is_no_operation_is_told_so(plan: Plan, cast: SimpleNamespace, op: Any) -> None:
    answer = send(signed_in(cast.town), f"/plans/{plan.pk}/operations", operation(op))
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]
    assert not plan.operations.exists()


def test_nan_and_an_old_id_with_new_content(plan: Plan, cast: SimpleNamespace) -> None:
    client = signed_in(cast.town)
    path = f"/api/v1/plans/{plan.pk}/operations"
    text = json.dumps(operation(SPLIT)).replace(str(at(0.5, -0.1)[0]), "NaN")
    assert client.post(path, text, content_type="application/json").status_code in (400, 422)
    for body in ("{", "[" * 100_000, b"\xff"):
        refused = client.post(path, body, content_type="application/json")
        assert refused.status_code == 400
        assert refused.json()["error"]["message"] == "提交的内容不是有效的 JSON。"
    sent = operation(SPLIT)
    assert send(client, f"/plans/{plan.pk}/operations", sent).status_code == 200
    sent["op"] = {"type": "rename", "grid": A, "name": "x"}
    assert send(client, f"/plans/{plan.pk}/operations", sent).status_code == 422


def test_a_hearing_with_its_minutes(plan: Plan, cast: SimpleNamespace) -> None:
    client = signed_in(cast.town)
    path = f"/api/v1/plans/{plan.pk}/hearings"
    data = {
        "village": QUANFENG,
        "held_on": timezone.localdate().isoformat(),
        "present": "43",
        "outcome": "同意",
    }
    good = SimpleUploadedFile("记录.pdf", b"%PDF-1.4 minutes", "application/pdf")
    made = client.post(path, {**data, "file": good})
    assert made.status_code == 201
    file = client.get(f"{path}/{made.json()['id']}/minutes")
    assert file.content == b"%PDF-1.4 minutes"
    assert "attachment" in file["Content-Disposition"]
    script = SimpleUploadedFile("记录.pdf", b"<script>alert(1)</script>", "application/pdf")
    assert client.post(path, {**data, "file": script}).status_code == 422
    assert client.post(path, {**data, "village": "431024102200"}).status_code in (404, 422)
    hearings = client.get(f"/api/v1/plans/{plan.pk}").json()["hearings"]
    assert [(one["present"], one["minutes"]) for one in hearings] == [(43, "记录.pdf")]
    other = signed_in(cast.outsider)
    assert other.get(f"{path}/{made.json()['id']}/minutes").status_code == 404


def test_who_else_is_there(plan: Plan, cast: SimpleNamespace) -> None:
    send(signed_in(cast.office), f"/plans/{plan.pk}/presence", {"grids": [A]})
    here = send(signed_in(cast.town), f"/plans/{plan.pk}/presence", {"grids": []}).json()
    assert [(one["name"], one["is_me"], one["grids"]) for one in here["people"]] == [
        ("town", True, []),
        ("office", False, [A]),
    ]


def test_nobody_is_shown_at_work_outside_the_own_area(plan: Plan, cast: SimpleNamespace) -> None:
    draw_on(plan, cast.town, **SPLIT)
    send(signed_in(cast.town), f"/plans/{plan.pk}/submit", {})
    town, leader = signed_in(cast.town), signed_in(cast.leader)
    send(town, f"/plans/{plan.pk}/presence", {"grids": [A, LIJIA + "001"]})
    body = {"grids": [LIJIA + "001", QUANFENG + "002"]}
    here = send(leader, f"/plans/{plan.pk}/presence", body).json()["people"]
    assert [one["grids"] for one in here] == [[QUANFENG + "002"], [A]]


def test_a_comment_beyond_the_own_area_tells_nothing(plan: Plan, cast: SimpleNamespace) -> None:
    draw_on(plan, cast.town, **SPLIT)
    send(signed_in(cast.town), f"/plans/{plan.pk}/submit", {})
    body = {"text": "那边呢", "place": at(3.5, 0.5)}
    answer = send(signed_in(cast.leader), f"/plans/{plan.pk}/comments", body)
    assert answer.status_code == 422
    assert LIJIA not in answer.content.decode()


def test_what_no_text_can_hold_is_taken_without_it(plan: Plan, cast: SimpleNamespace) -> None:
    client = signed_in(cast.town)
    made = send(client, f"/plans/{plan.pk}/comments", {"text": "水\x00井"})
    assert made.status_code == 201
    assert plan.comments.get().text == "水井"
    op = {"type": "transfer", "from": A, "to": LIJIA, "name": "=1+1"}
    answer = send(client, f"/plans/{plan.pk}/operations", operation(op))
    assert answer.status_code == 422


def test_what_is_said_with_a_step_is_kept(plan: Plan, cast: SimpleNamespace) -> None:
    draw_on(plan, cast.town, **SPLIT)
    send(signed_in(cast.town), f"/plans/{plan.pk}/submit", {"note": "请尽快审核"})
    assert plan.comments.get().text == "请尽快审核"
