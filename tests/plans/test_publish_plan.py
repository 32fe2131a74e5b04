"""From a draft to the boundaries of today: who may, what follows, what is kept of the past."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from gis_grid.audit.models import Entry
from gis_grid.core.errors import MissingError, NotAllowedError, StateError
from gis_grid.households.models import Household
from gis_grid.territory.models import GridVersion, Plan, Region
from gis_grid.territory.plans.publishing import publish_due, publish_plan
from gis_grid.territory.plans.rebase import rebase
from gis_grid.territory.plans.recording import OperationRefusedError, PlanConflictError
from gis_grid.territory.plans.selectors import diff
from gis_grid.territory.plans.steps import take_step
from gis_grid.territory.selectors import lineage_of
from tests.conftest import LIJIA, QUANFENG
from tests.plans.conftest import Draw, at, draw_on, new_draft, vetted

A, B, C = (QUANFENG + number for number in ("001", "002", "003"))
EASTERN = [[at(0.1, -0.1), at(0.1, 1.1)]]


def published(plan: Plan, cast: SimpleNamespace) -> Plan:
    vetted(plan, cast.town, cast.county)
    publish_plan(plan_id=plan.pk, acting_user=cast.office)
    plan.refresh_from_db()
    return plan


def test_households_follow_and_the_past_stays(
    draw: Draw, draft: Plan, cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    one = household(A)
    before = timezone.now()
    answer = draw(type="split", grid=A, lines=[[at(0.9, -0.1), at(0.9, 1.1)]])
    new = next(f["id"] for f in answer["changed"] if f["properties"]["state"] == "new")
    draw(type="merge", grids=[new, B], keep=B)
    draw(type="transfer", **{"from": A, "to": B})
    published(draft, cast)
    one.refresh_from_db()
    assert one.area_code == B
    now = set(GridVersion.objects.at().values_list("grid__code", flat=True))
    assert not now & {A, new}
    assert GridVersion.objects.at(before).filter(grid__code=A).exists()
    at_publish = GridVersion.objects.at(draft.published_at).filter(grid__code=A)
    assert not at_publish.exists()
    assert Entry.objects.filter(action="plan_published").exists()


def test_a_published_plan_still_tells_what_it_changed(
    draw: Draw, draft: Plan, cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    for at_x in (0.2, 0.4, 0.9, 0.95):
        household(A, geom=Point(*at(at_x, 0.5), srid=4490))
    answer = draw(type="split", grid=A, lines=[[at(0.8, -0.1), at(0.8, 1.1)]])
    new = next(f["id"] for f in answer["changed"] if f["properties"]["state"] == "new")
    before = diff(draft, cast.town)
    assert {row["code"]: row["after"]["households"] for row in before["statistics"]}[A] == 2
    published(draft, cast)
    after = diff(draft, cast.town)
    assert after["statistics"] == before["statistics"]
    assert after["moves"] == before["moves"]
    # Also when later plans have moved the households on.
    later = new_draft(cast.town)
    draw_on(later, cast.town, type="merge", grids=[new, B], keep=B)
    published(later, cast)
    assert diff(draft, cast.town)["statistics"] == before["statistics"]


def test_the_lineage_tells_where_a_grid_came_from(
    draw: Draw, draft: Plan, cast: SimpleNamespace
) -> None:
    answer = draw(type="split", grid=A, lines=[[at(0.9, -0.1), at(0.9, 1.1)]])
    new = next(f["id"] for f in answer["changed"] if f["properties"]["state"] == "new")
    draw(type="merge", grids=[new, B], keep=B)
    published(draft, cast)
    steps = {(s["kind"], s["source"], s["target"]) for s in lineage_of(cast.town, B)}
    assert ("merge", A, B) in steps
    assert ("merge", B, B) in steps
    with pytest.raises(MissingError):
        lineage_of(cast.outsider, B)


def test_large_grids_follow_a_transfer(draw: Draw, draft: Plan, cast: SimpleNamespace) -> None:
    wide = Region.objects.get(code=LIJIA).geom
    draw(type="transfer", **{"from": C, "to": LIJIA})
    published(draft, cast)
    grown = Region.objects.get(code=LIJIA).geom
    assert grown is not None
    assert wide is not None
    assert grown.area > wide.area * 1.4


@pytest.mark.parametrize("step", ["approve", "reject"])
def test_each_step_has_its_state(draft: Plan, cast: SimpleNamespace, step: str) -> None:
    with pytest.raises(StateError):
        take_step(plan_id=draft.pk, acting_user=cast.county, step=step, note="不行")
    with pytest.raises(StateError):
        publish_plan(plan_id=draft.pk, acting_user=cast.county)


def test_the_author_does_not_approve(draw: Draw, draft: Plan, cast: SimpleNamespace) -> None:
    draw(type="rename", grid=A, name="一组")
    with pytest.raises(NotAllowedError):
        vetted(draft, cast.town, cast.town)
    with pytest.raises(NotAllowedError):
        take_step(plan_id=draft.pk, acting_user=cast.leader, step="approve")
    with pytest.raises(MissingError):
        take_step(plan_id=draft.pk, acting_user=cast.outsider, step="approve")


def test_whoever_drew_on_it_does_not_approve(
    draw: Draw, draft: Plan, cast: SimpleNamespace
) -> None:
    draw(type="rename", grid=A, name="一组", user=cast.county)
    take_step(plan_id=draft.pk, acting_user=cast.town, step="submit")
    with pytest.raises(NotAllowedError):
        take_step(plan_id=draft.pk, acting_user=cast.county, step="approve")


def test_an_empty_plan_is_not_submitted(draft: Plan, cast: SimpleNamespace) -> None:
    with pytest.raises(OperationRefusedError):
        take_step(plan_id=draft.pk, acting_user=cast.town, step="submit")


def test_a_village_keeps_a_grid(draw: Draw, draft: Plan, cast: SimpleNamespace) -> None:
    for code in (A, B, C):
        draw(type="transfer", **{"from": code, "to": LIJIA})
    with pytest.raises(OperationRefusedError) as refused:
        take_step(plan_id=draft.pk, acting_user=cast.town, step="submit")
    assert refused.value.details["issues"][0]["code"] == "village_without_grids"


def test_a_day_to_come_is_kept_by_a_job(draw: Draw, draft: Plan, cast: SimpleNamespace) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    plan = new_draft(cast.town, day=tomorrow)
    draw_on(plan, cast.town, type="rename", grid=A, name="明天的组")
    vetted(plan, cast.town, cast.county)
    with pytest.raises(StateError):
        publish_plan(plan_id=plan.pk, acting_user=cast.office)
    assert publish_due() == []
    with pytest.raises(OperationRefusedError) as locked:
        draw(type="rename", grid=A, name="今天的组")
    assert locked.value.details["issues"][0]["code"] == "locked"
    Plan.objects.filter(pk=plan.pk).update(effective_on=timezone.localdate())
    assert publish_due() == [plan.pk]
    assert GridVersion.objects.at().get(grid__code=A).name == "明天的组"


def test_of_two_plans_over_the_same_grid_the_first_wins(
    draw: Draw, draft: Plan, cast: SimpleNamespace
) -> None:
    other = new_draft(cast.county)
    draw(type="split", grid=A, lines=EASTERN)
    draw_on(other, cast.county, type="rename", grid=A, name="县里的")
    draw_on(other, cast.county, type="rename", grid=C, name="三组")
    vetted(other, cast.county, cast.town)
    published(draft, cast)
    with pytest.raises(PlanConflictError) as clash:
        publish_plan(plan_id=other.pk, acting_user=cast.county)
    assert clash.value.details["grids"] == [A]
    assert clash.value.details["plans"][0]["plan"] == draft.pk
    answer = rebase(plan_id=other.pk, acting_user=cast.county, how="theirs")
    assert (answer["done"], len(answer["dropped"])) == (1, 1)
    other.refresh_from_db()
    assert other.status == Plan.Status.DRAFT
    vetted(other, cast.county, cast.town)
    publish_plan(plan_id=other.pk, acting_user=cast.county)
    names = dict(GridVersion.objects.at().values_list("grid__code", "name"))
    assert (names[A], names[C]) == ("网格001", "三组")


def test_mine_over_what_was_published(draw: Draw, draft: Plan, cast: SimpleNamespace) -> None:
    other = new_draft(cast.county)
    draw(type="split", grid=A, lines=EASTERN)
    draw_on(other, cast.county, type="rename", grid=A, name="县里的")
    published(draft, cast)
    answer = rebase(plan_id=other.pk, acting_user=cast.county, how="new_draft")
    other.refresh_from_db()
    assert other.status == Plan.Status.SUPERSEDED
    copied = Plan.objects.get(pk=answer["plan"])
    vetted(copied, cast.county, cast.town)
    publish_plan(plan_id=copied.pk, acting_user=cast.county)
    assert GridVersion.objects.at().get(grid__code=A).name == "县里的"
