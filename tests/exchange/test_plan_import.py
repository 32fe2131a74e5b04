"""A file into a draft: what it draws, how far it may be bent, and who may send it."""

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
import shapely
from shapely import affinity

from gis_grid.territory.models import GridVersion, Plan
from gis_grid.territory.plans.publishing import publish_plan
from gis_grid.territory.plans.sheets import load
from tests.conftest import LIJIA, QUANFENG, rectangle
from tests.exchange.drafts import CODES, Send, frame, refusal
from tests.plans.conftest import vetted

# Some 0.1 m of latitude.
DECIMETRE = 1e-6
pytestmark = pytest.mark.usefixtures("ground")


def drawn(plan: Plan) -> dict[str, shapely.MultiPolygon]:
    bounds = (112.39, 25.59, 112.46, 25.62)
    return {code: cell.shape for code, cell in load(plan, bounds=bounds).cells.items()}


def test_a_file_redraws_the_village_and_is_published(
    send: Send, plan: Plan, cast: SimpleNamespace
) -> None:
    """One border moves, a grid is new, one has gone: lineage, codes and areas follow."""
    parts = [rectangle(0, width=1.5), rectangle(1.5, width=0.5), rectangle(2, width=0.5)]
    data = frame(*parts, rectangle(2.5, width=0.5))
    data["code"] = [CODES[0], CODES[1], "", ""]
    answer = send(data)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["ended"] == [CODES[2]]
    assert [one["code"] for one in told["cleaned"]] == [
        *CODES[:2],
        QUANFENG + "004",
        QUANFENG + "005",
    ]
    for one in told["cleaned"]:
        assert one["after_m2"] == pytest.approx(one["before_m2"], abs=15)
        assert one["moved_m"] <= 0.05
    assert told["file"]["skipped"] == 0
    vetted(plan, cast.town, cast.county)
    publish_plan(plan_id=plan.pk, acting_user=cast.county)
    today = GridVersion.objects.at().filter(grid__level="small", grid__code__startswith=QUANFENG)
    assert set(today.values_list("grid__code", flat=True)) == {
        *CODES[:2],
        QUANFENG + "004",
        QUANFENG + "005",
    }


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param([rectangle(0, width=0.9995), rectangle(1), rectangle(2)], id="slit"),
        pytest.param([rectangle(0, width=1.0005), rectangle(1), rectangle(2)], id="overlap"),
        pytest.param(
            [rectangle(i).buffer(-3 * DECIMETRE, join_style="mitre") for i in range(3)],
            id="slits all around",
        ),
        pytest.param(
            [affinity.translate(rectangle(i), 3 * DECIMETRE, 3 * DECIMETRE) for i in range(3)],
            id="aside",
        ),
        pytest.param(
            [affinity.rotate(rectangle(i), 0.002, origin=(112.415, 25.605)) for i in range(3)],
            id="turned",
        ),
    ],
)
def test_within_the_tolerance_it_is_fitted(send: Send, plan: Plan, shapes: list[Any]) -> None:
    before = drawn(plan)
    told = send(frame(*shapes), tolerance_m=1).json()
    after = drawn(plan)
    assert set(after) == set(before)
    assert any(one["changed"] for one in told["cleaned"])
    assert 0 < max(one["moved_m"] for one in told["cleaned"]) <= 1
    assert shapely.coverage_is_valid(list(after.values()), gap_width=5e-5)
    outlines = [shapely.coverage_union_all([cells[c] for c in CODES]) for cells in (before, after)]
    assert outlines[0].symmetric_difference(outlines[1]).area < 1e-13
    assert after[LIJIA + "002"].equals_exact(before[LIJIA + "002"])


@pytest.mark.parametrize(
    ("shapes", "code", "words"),
    [
        pytest.param(
            [rectangle(0, width=0.99), rectangle(1), rectangle(2)],
            "left_out",
            "leaves out 11,133.6 m² of the village at 112.4099500, 25.6050000",
            id="slit",
        ),
        pytest.param(
            [rectangle(0, width=1.1), rectangle(1), rectangle(2)],
            "overlap",
            f"Grids {CODES[0]} and {CODES[1]} overlap by 111,335.8 m²",
            id="overlap",
        ),
        pytest.param([rectangle(0), rectangle(1)], "left_out", "leaves out", id="land left out"),
        pytest.param(
            [rectangle(0), rectangle(1), rectangle(2, width=1.01)],
            "moved_too_far",
            f"grid {CODES[2]} would move by 10.05 m, more than the tolerance",
            id="over the outline",
        ),
    ],
)
def test_beyond_the_tolerance_it_is_refused_with_the_place(
    send: Send, plan: Plan, shapes: list[Any], code: str, words: str
) -> None:
    error = refusal(send(frame(*shapes), tolerance_m=1))
    assert error["code"] == "bad_operation"
    assert error["details"]["issues"][0]["code"] == code
    assert error["details"]["issues"][0]["place"]["coordinates"]
    assert words in error["message"]
    plan.refresh_from_db()
    assert plan.revision == 0


def test_a_grid_under_others_does_not_vanish_in_silence(send: Send) -> None:
    tiny = shapely.box(112.405, 25.605, 112.4052, 25.6052)
    data = frame(*[rectangle(i) for i in range(3)], tiny)
    issue = refusal(send(data, tolerance_m=50))["details"]["issues"][0]
    assert issue["code"] == "vanishes"
    assert issue["grids"] == [QUANFENG + "004"]


def test_a_village_without_grids_takes_free_land(
    send: Send, regions: Any, cast: SimpleNamespace
) -> None:
    """It meets its neighbour, which keeps its land, and codes of the file stay."""
    village = QUANFENG[:9] + "202"
    regions[QUANFENG].__class__.objects.create(
        code=village, name="新村", level="village", parent_id=QUANFENG[:9] + "000"
    )
    slit = rectangle(5.00003, width=0.99997)
    data = frame(slit, rectangle(6))
    data["code"] = [village + "007", ""]
    told = send(data, village=village).json()
    assert [one["code"] for one in told["cleaned"]] == [village + "007", village + "001"]
    assert {one["properties"]["code"] for one in told["changed"]} >= {village + "007"}


def test_the_same_id_twice_is_one_operation(send: Send, plan: Plan) -> None:
    data, mine = frame(rectangle(0, width=1.5), rectangle(1.5, width=1.5)), str(uuid.uuid4())
    first = send(data, client_op_id=mine).json()
    again = send(data, client_op_id=mine, base_revision=0).json()
    assert again["operation"] == first["operation"]
    plan.refresh_from_db()
    assert plan.revision == 1


def test_trying_writes_nothing(send: Send, plan: Plan) -> None:
    told = send(frame(rectangle(0, width=1.5), rectangle(1.5, width=1.5)), dry_run="true").json()
    assert told["dry_run"]
    assert len(told["cleaned"]) == 2
    plan.refresh_from_db()
    assert (plan.revision, plan.cells.count()) == (0, 0)


def test_only_who_may_draw_and_only_a_draft(send: Send, plan: Plan, cast: SimpleNamespace) -> None:
    refusal(send(b"x", user=cast.outsider), 404)
    refusal(send(b"x", user=cast.informant), 404)
    elsewhere = frame().drop(columns="code")
    refusal(send(elsewhere, village=QUANFENG[:9] + "299"), 404)
    assert send(frame(rectangle(0, width=1.5), rectangle(1.5, width=1.5))).status_code == 200
    vetted(plan, cast.town, cast.county)
    assert refusal(send(frame()), 409)["code"] == "wrong_state"
