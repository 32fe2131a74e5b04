"""The cards of grids and regions."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.utils import timezone

from gis_grid.core.errors import MissingError
from gis_grid.duties.models import Duty, FixedPoint, Holder, Post
from gis_grid.households.models import Household
from gis_grid.navmap.cards import grid_card, region_card
from gis_grid.territory.selectors import Neighbour
from gis_grid.territory.services.publish import publish_villages
from tests.conftest import COUNTY, JINPING, LIJIA, QUANFENG, cell, rectangle

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "002"


def test_size_people_and_neighbours(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, people=3)
    household(GRID, people=4)
    card = grid_card(cast.worker, GRID)
    assert (card.households, card.people) == (2, 7)
    assert card.parent is not None
    assert card.parent.name == "泉凤村"
    # 0.01° × 0.01° at 25.6°N: 1,004.5 m by 1,107.8 m.
    assert card.area.mu == pytest.approx(1004.5 * 1107.8 * 3 / 2000, rel=2e-3)
    assert card.area.km2 == pytest.approx(1.1128, rel=2e-3)
    assert [one.code for one in card.neighbours] == [QUANFENG + "001", QUANFENG + "003"]
    assert card.neighbours[0].border_m == pytest.approx(1107.8, rel=2e-3)
    assert card.neighbours[0].border_km == pytest.approx(1.1078, rel=2e-3)


def test_a_border_below_a_kilometre_is_told_in_metres() -> None:
    assert Neighbour("a", "", 999.4).border_km is None
    assert Neighbour("a", "", 999.6).border_km == pytest.approx(1, rel=1e-3)


def test_a_large_grid_holds_its_small_ones(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID)
    card = grid_card(cast.town, QUANFENG)
    assert [(one.code, one.households) for one in card.children] == [
        (QUANFENG + "001", 0),
        (GRID, 1),
        (QUANFENG + "003", 0),
    ]
    assert [one.code for one in card.neighbours] == [LIJIA]
    assert card.parent is not None
    assert card.parent.code == JINPING


def test_neighbours_out_of_scope_are_not_named(
    cast: SimpleNamespace, ground: dict[str, object]
) -> None:
    card = grid_card(cast.worker, QUANFENG + "003")
    assert [one.code for one in card.neighbours] == [GRID]


def test_welfare_counts_only_for_their_staff(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, tags=("low_income", "deputy"))
    assert {tag.slug: tag.households for tag in grid_card(cast.civil, GRID).tags}["low_income"] == 1
    for user in (cast.police, cast.county, cast.auditor):
        counts = {tag.slug: tag.households for tag in grid_card(user, GRID).tags}
        assert "low_income" not in counts
        assert counts["deputy"] == 1


def test_the_past_shows_the_old_boundary_and_no_counts_of_today(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID)
    before = timezone.now()
    publish_villages(
        acting_user=cast.county,
        cells=[
            cell(QUANFENG + "001", rectangle(0, width=1.9)),
            cell(GRID, rectangle(1.9, width=0.1), name="小网格"),
            cell(QUANFENG + "003"),
        ],
    )
    now, then = grid_card(cast.worker, GRID), grid_card(cast.worker, GRID, before)
    assert (now.name, then.name) == ("小网格", "网格002")
    assert then.area.m2 == pytest.approx(10 * now.area.m2, rel=1e-3)
    assert then.households is None
    assert [span.name for span in now.versions] == ["小网格", "网格002"]
    assert [step.kind for step in now.lineage] == ["survey", "create"]


def test_five_fixed_points(cast: SimpleNamespace, ground: dict[str, object]) -> None:
    checks = {check.kind: check for check in grid_card(cast.worker, GRID).five_fixed}
    assert list(checks) == ["area", "people", "duties", "tasks", "rewards"]
    assert [check.ok for check in checks.values()] == [True, False, False, False, False]
    assert all(check.reason for check in checks.values())
    Duty.objects.create(
        post=Post.objects.get(slug="informant"),
        holder=Holder.objects.create(name="王信息"),
        mode=Duty.Mode.GROUP,
        area_code=GRID,
        starts_on=dt.date(2024, 1, 1),
    )
    for kind, area in (("duties", JINPING), ("tasks", QUANFENG), ("rewards", LIJIA)):
        FixedPoint.objects.create(
            kind=kind, area_code=area, text="…", source="晋屏镇文件", starts_on=dt.date(2024, 1, 1)
        )
    checks = {check.kind: check for check in grid_card(cast.worker, GRID).five_fixed}
    assert [check.ok for check in checks.values()] == [True, True, True, True, False]
    assert "王信息" in checks["people"].reason
    assert checks["duties"].reason == "晋屏镇文件"


def test_a_duty_that_has_ended_fixes_nothing(
    cast: SimpleNamespace, ground: dict[str, object]
) -> None:
    Duty.objects.create(
        post=Post.objects.get(slug="grid_worker"),
        holder=Holder.objects.create(name="旧人"),
        mode=Duty.Mode.STRETCH,
        area_code=GRID,
        starts_on=dt.date(2020, 1, 1),
        ends_on=dt.date(2021, 1, 1),
    )
    checks = {check.kind: check for check in grid_card(cast.worker, GRID).five_fixed}
    assert not checks["people"].ok


def test_a_region_counts_its_places(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID)
    card = region_card(cast.town, JINPING)
    assert (card.name, card.households, card.people) == ("晋屏镇", 1, 4)
    assert [(child.name, child.households) for child in card.children] == [
        ("泉凤村", 1),
        ("李家村", 0),
    ]
    assert card.bounds is not None
    assert card.bounds[0] == pytest.approx(112.40)


def test_above_the_scope_a_region_is_a_bare_frame(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID)
    for code in (JINPING, COUNTY):
        card = region_card(cast.worker, code)
        assert (card.households, card.tags, card.children) == (None, [], [])


def test_out_of_scope_is_as_missing(cast: SimpleNamespace, ground: dict[str, object]) -> None:
    for user in (cast.outsider, cast.nobody):
        for code in (GRID, QUANFENG, "431024111299001", "nonsense"):
            with pytest.raises(MissingError):
                grid_card(user, code)
        with pytest.raises(MissingError):
            region_card(user, JINPING)
