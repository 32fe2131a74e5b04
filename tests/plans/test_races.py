"""Many at once: on one draft, and with many plans at the moment of publishing."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
import shapely
from django.db import connection

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Role
from gis_grid.audit.models import Entry
from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion, Plan
from gis_grid.territory.plans.publishing import publish_plan
from gis_grid.territory.plans.recording import Asked, PlanConflictError
from gis_grid.territory.services.publish import publish_villages
from tests.conftest import JINPING, LIJIA, QUANFENG, NewCell, cell, make_user, rectangle
from tests.plans.conftest import at, draw_on, new_draft, vetted
from tests.plans.register import Writers, ask, check_history

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WRITERS = 16
HISTORIES = 1_000 if os.environ.get("GIS_GRID_SOAK") == "1" else 60
GRIDS = [QUANFENG + number for number in ("001", "002", "003")]
GRIDS += [LIJIA + number for number in ("001", "002")]


@pytest.fixture
def writers() -> Iterator[Writers]:
    made = Writers(WRITERS)
    yield made
    made.close()


def random_request(rng: random.Random, base: int) -> Asked:
    column = rng.randrange(len(GRIDS))
    grid, x = GRIDS[column], column + rng.uniform(0.2, 0.8)
    border = rng.randint(1, len(GRIDS) - 1)
    op: dict[str, Any] = rng.choice(
        [
            {"type": "rename", "grid": grid, "name": f"网格{rng.randint(1, 999)}"},
            {"type": "split", "grid": grid, "lines": [[at(x, -0.1), at(x, 1.1)]]},
            {"type": "reshape", "line": [at(border, 0.2), at(x, 0.5), at(border, 0.8)]},
            {"type": "merge", "grids": [GRIDS[0], GRIDS[1]], "keep": GRIDS[1]},
            {"type": "transfer", "from": GRIDS[2], "to": GRIDS[3]},
            {"type": "undo"},
            {"type": "redo"},
        ]
    )
    resolve = "mine" if rng.random() < 0.15 and op["type"] not in ("undo", "redo") else None
    return ask(base, resolve=resolve, dry_run=rng.random() < 0.1, **op)


def test_a_draft_is_one_register(
    ground: dict[str, NewCell], cast: SimpleNamespace, writers: Writers
) -> None:
    people = [make_user(f"w{i}", Role.TOWN_LEADER, JINPING) for i in range(WRITERS)]
    rng = random.Random(16)
    ends: Counter[str] = Counter()
    for history in range(HISTORIES):
        plan = new_draft(people[0])
        calls = []
        for _round in range(2):
            plan.refresh_from_db()
            # All sixteen once in a while; else a few, so that the histories are many.
            count = WRITERS if history % 20 == 0 else rng.randint(2, 5)
            requests: list[tuple[User, Asked]] = [
                (user, random_request(rng, rng.randint(0, plan.revision)))
                for user in rng.sample(people, count - 1)
            ]
            # A page that got no answer sends the same once more.
            requests.append(requests[0])
            calls += writers.send(plan, requests)
        check_history(plan, calls)
        ends.update("done" if call.error is None else call.error.code for call in calls)
    assert ends["done"] > HISTORIES
    assert ends["conflict"] > HISTORIES / 4
    assert set(ends) <= {"done", "conflict", "bad_operation", "bad_input"}


def published(plan: Plan, user: User) -> PlanConflictError | None:
    try:
        publish_plan(plan_id=plan.pk, acting_user=user)
    except PlanConflictError as conflict:
        return conflict
    finally:
        connection.close()
    return None


def all_at_once(plans: list[Plan], user: User) -> list[PlanConflictError | None]:
    with ThreadPoolExecutor(len(plans)) as pool:
        return list(pool.map(lambda plan: published(plan, user), plans))


def current() -> dict[str, shapely.Geometry]:
    versions = GridVersion.objects.at().filter(grid__level=Grid.Level.SMALL)
    return {
        code: shapely.from_wkb(bytes(geom.wkb))
        for code, geom in versions.values_list("grid__code", "geom")
    }


def test_of_ten_plans_for_the_same_grids_one_wins(
    ground: dict[str, NewCell], cast: SimpleNamespace
) -> None:
    plans = []
    for number in range(10):
        plan = new_draft(cast.town)
        bend = at(1 + (number + 1) / 20, 0.5)
        draw_on(plan, cast.town, type="reshape", line=[at(1, 0.2), bend, at(1, 0.8)])
        plans.append(plan)
    for plan in plans:
        vetted(plan, cast.town, cast.county)
    ends = all_at_once(plans, cast.office)
    (winner,) = (plan for plan, end in zip(plans, ends, strict=True) if end is None)
    for end in filter(None, ends):
        assert end.details["grids"] == GRIDS[:2]
        assert [one["plan"] for one in end.details["plans"]] == [winner.pk]
        assert end.details["ways"] == ["mine", "theirs", "new_draft"]
    statuses = Counter(Plan.objects.values_list("status", flat=True))
    assert statuses == {Plan.Status.PUBLISHED: 1, Plan.Status.APPROVED: 9}
    assert Entry.objects.filter(action="plan_published").count() == 1
    assert coverage.coverage_issues(current()) == []


def test_ten_plans_for_grids_of_their_own_are_all_published(
    regions: dict[str, Any], cast: SimpleNamespace
) -> None:
    codes = [f"{QUANFENG}{number:03d}" for number in range(1, 11)]
    cells = [cell(code, rectangle(column)) for column, code in enumerate(codes)]
    publish_villages(acting_user=cast.county, cells=cells)
    plans = []
    for column, code in enumerate(codes):
        plan = new_draft(cast.town)
        line = [at(column + 0.5, -0.1), at(column + 0.5, 1.1)]
        draw_on(plan, cast.town, type="split", grid=code, lines=[line])
        plans.append(vetted(plan, cast.town, cast.county))
    assert all_at_once(plans, cast.office) == [None] * 10
    assert Plan.objects.filter(status=Plan.Status.PUBLISHED).count() == 10
    after = current()
    assert len(after) == 20
    assert coverage.coverage_issues(after) == []
