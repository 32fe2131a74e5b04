"""Operations on a draft and its publication, at a town's and at a county's size.

An operation's round trip goes through the whole stack (session, permission, rules, log) by
Django's test client, and writes. For the town everything outside one town is taken away
first; either is rolled back. A publish changes ten grids with about 1,000 households each.
"""

import json
import random
import statistics
import time
import uuid
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.territory.models import GridVersion, Plan
from gis_grid.territory.plans.operate import operate
from gis_grid.territory.plans.publishing import publish_plan
from gis_grid.territory.plans.recording import Asked
from gis_grid.territory.plans.steps import create_plan
from gis_grid.territory.services.gridversions import shape_of
from tests.bench import county
from tests.bench.figures import Figure, absolute, interleaved, within

TOWN = "431024112000"
OPERATIONS, ROUNDS = 40, 5
CHANGED, HOUSEHOLDS_EACH = 10, 1_000
# Whatever stands on the grids of other towns, in the order in which it may go.
_ONLY_THE_TOWN = (
    (
        "DELETE FROM households_householdtag t USING households_household h"
        " WHERE h.id = t.household_id AND h.area_code NOT LIKE '431024112%'"
    ),
    "DELETE FROM households_household WHERE area_code NOT LIKE '431024112%'",
    (
        "DELETE FROM territory_gridversion v USING territory_grid g"
        " WHERE g.id = v.grid_id AND g.code NOT LIKE '431024112%'"
    ),
    "DELETE FROM territory_grid WHERE code NOT LIKE '431024112%'",
    "ANALYZE",
)


def run() -> Iterator[Figure]:
    shares: dict[str, list[float]] = {"county": [], "town": []}
    medians = interleaved(
        ROUNDS,
        {
            "county": lambda: _operations(shares["county"], only_town=False),
            "town": lambda: _operations(shares["town"], only_town=True),
        },
        warm_up=1,
    )
    yield absolute("operation_p95_town", shares["town"], unit="ms", at_most=150)
    yield within("operation_county_against_town", medians["county"], medians["town"], at_most=1.2)
    yield absolute("publish_ten_grids", [_publish() for _ in range(3)], unit="s", at_most=1.0)


def _operations(p95s: list[float], *, only_town: bool) -> float:
    """Median seconds of an operation; the 95th percentile in ms goes to `p95s`."""
    took: list[float] = []
    with transaction.atomic():
        if only_town:
            with connection.cursor() as cursor:
                for statement in _ONLY_THE_TOWN:
                    cursor.execute(statement)
        client, plan = _drafting()
        rng = random.Random(11)
        while len(took) < OPERATIONS:
            body = _asked(plan, rng)
            began = time.perf_counter()
            answer = client.post(
                f"/api/v1/plans/{plan.pk}/operations", body, content_type="application/json"
            )
            passed = time.perf_counter() - began
            if answer.status_code == 200:
                took.append(passed)
            elif answer.status_code != 422:
                raise RuntimeError(f"an operation answered {answer.status_code}")
            plan.refresh_from_db()
        transaction.set_rollback(True)
    p95s.append(statistics.quantiles(took, n=20)[-1] * 1000)
    return statistics.median(took)


def _drafting() -> tuple[Client, Plan]:
    user = User.objects.get(username="town")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[-1])
    plan = create_plan(
        acting_user=user,
        title="量度",
        reason="量度",
        area_code=TOWN,
        effective_on=timezone.localdate(),
    )
    return client, plan


def _asked(plan: Plan, rng: random.Random) -> str:
    cells = [f"{TOWN[:9]}{200 + rng.randrange(20):03d}{1 + rng.randrange(5):03d}"]
    x, y = _middle(cells[0])
    half = county.WIDTH
    op: dict[str, Any] = rng.choice(
        [
            {"type": "split", "grid": cells[0], "lines": [[[x, y - half], [x, y + half]]]},
            {"type": "reshape", "line": [[x - half, y], [x, y + half / 6], [x + half, y]]},
            {"type": "rename", "grid": cells[0], "name": f"组{rng.randrange(99)}"},
            {
                "type": "create",
                "village": cells[0][:12],
                "area": [[[x, y], [x + 0.002, y], [x + 0.002, y + 0.002], [x, y]]],
                "name": "塘",
                "kind": "void",
            },
        ]
    )
    asked = {"base_revision": plan.revision, "client_op_id": str(uuid.uuid4()), "op": op}
    return json.dumps(asked)


def _middle(code: str) -> tuple[float, float]:
    version = GridVersion.objects.at().get(grid__code=code)
    return (round(version.label_point.x, 7), round(version.label_point.y, 7))


def _publish() -> float:
    """Seconds to publish a plan that leads ten grids' borders anew, households and all."""
    with transaction.atomic():
        _client, plan = _drafting()
        user = User.objects.get(username="town")
        for row in range(CHANGED // 2):
            pair = [f"{TOWN[:9]}{200 + 2 * row:03d}{number:03d}" for number in (1, 2)]
            _crowd(pair)
            op = {"type": "reshape", "line": _bulge(pair), "grids": pair}
            operate(plan_id=plan.pk, acting_user=user, asked=Asked(uuid.uuid4(), row, op))
        Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.APPROVED)
        began = time.perf_counter()
        result = publish_plan(plan_id=plan.pk, acting_user=user)
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    if len(result.changed) != CHANGED or not any(moved.moved for moved in result.moved):
        raise RuntimeError(f"{len(result.changed)} grids changed, {result.moved}")
    return took


def _bulge(pair: list[str]) -> list[list[float]]:
    """A line from the border of two neighbours into the one and back to the border."""
    shapes = [shape_of(GridVersion.objects.at().get(grid__code=code).geom) for code in pair]
    border = shapely.get_coordinates(shapely.line_merge(shapes[0].intersection(shapes[1])))
    first, last = border[3], border[-4]
    middle = (first + last) / 2 - [county.WIDTH / 4, 0]
    return [list(place) for place in np.round([first, middle, last], 7).tolist()]


def _crowd(codes: list[str]) -> None:
    """Fill grids up to `HOUSEHOLDS_EACH` households."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO households_household (code, address, head_name, origin, registered_on,"
            " people, geom, grid_id, area_code, note, phone_cipher, phone_hash)"
            " SELECT 'B' || f.code || (f.dump).path[1], '1号', '演示户', 'resident', %s, 4,"
            " (f.dump).geom, f.grid_id, f.code, '', '', '' FROM ("
            "SELECT v.grid_id, i.code, ST_Dump(ST_GeneratePoints(v.geom, %s - (SELECT count(*)::int"
            " FROM households_household h WHERE h.grid_id = v.grid_id), 7)) AS dump"
            " FROM territory_gridversion v JOIN territory_grid i ON i.id = v.grid_id"
            " WHERE i.code = ANY(%s) AND upper(v.validity) IS NULL) f",
            [county.SINCE, HOUSEHOLDS_EACH, codes],
        )
