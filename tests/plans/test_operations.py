"""Merge, reshape, move, transfer, create, rename: what each does to the draft."""

from types import SimpleNamespace

import pytest

from gis_grid.core.errors import NotAllowedError
from gis_grid.territory.models import Plan, PlanCell
from gis_grid.territory.plans import sheets
from gis_grid.territory.plans.recording import OperationRefusedError
from gis_grid.territory.redraw.lattice import area_units, in_units
from tests.conftest import LIJIA, OTHER_VILLAGE, QUANFENG
from tests.plans.conftest import Draw, at, draw_on, new_draft

A, B, C = (QUANFENG + number for number in ("001", "002", "003"))
D = LIJIA + "001"


def land(plan: Plan) -> int:
    """What the whole draft covers, in exact units."""
    cells = sheets.load(plan, codes=[A, B, C, D, LIJIA + "002"]).cells
    new = plan.cells.filter(base=None, geom__isnull=False).values_list("code", flat=True)
    cells |= sheets.load(plan, codes=list(new)).cells
    return sum(area_units(in_units(cell.shape)) for cell in cells.values())


def test_merging_ends_the_other_grid(draw: Draw, draft: Plan) -> None:
    before = land(draft)
    answer = draw(type="merge", grids=[A, B], keep=B)
    assert answer["ended"] == [A]
    assert land(draft) == before


def test_only_neighbours_merge(draw: Draw) -> None:
    with pytest.raises(OperationRefusedError) as refused:
        draw(type="merge", grids=[A, C], keep=A)
    assert refused.value.details["issues"][0]["code"] == "not_neighbours"


def test_a_border_led_anew_gives_land_to_the_neighbour(draw: Draw, draft: Plan) -> None:
    before = land(draft)
    answer = draw(type="reshape", line=[at(1, 0.2), at(0.8, 0.5), at(1, 0.8)])
    stats = {row["code"]: row for row in answer["statistics"]}
    lost = stats[A]["before"]["area_m2"] - stats[A]["after"]["area_m2"]
    won = stats[B]["after"]["area_m2"] - stats[B]["before"]["area_m2"]
    assert lost > 50_000
    assert lost == pytest.approx(won, rel=1e-6)
    assert land(draft) == before


def test_a_border_may_weave_through_both_sides(draw: Draw, draft: Plan) -> None:
    before = land(draft)
    answer = draw(type="reshape", line=[at(1, 0.1), at(0.8, 0.3), at(1.2, 0.7), at(1, 0.9)])
    assert {feature["id"] for feature in answer["changed"]} == {A, B}
    assert land(draft) == before


def test_a_shared_vertex_takes_both_sides_along(draw: Draw, draft: Plan) -> None:
    draw(
        type="move_nodes",
        insert=[{"between": [at(1, 0), at(1, 1)], "at": at(1, 0.5)}],
    )
    answer = draw(type="move_nodes", moves=[{"from": at(1, 0.5), "to": at(1.1, 0.5)}])
    stats = {row["code"]: row["after"]["area_m2"] for row in answer["statistics"]}
    assert stats[A] > stats[B]


def test_the_outer_border_stays(draw: Draw, draft: Plan) -> None:
    with pytest.raises(OperationRefusedError) as refused:
        draw(type="move_nodes", moves=[{"from": at(0, 0), "to": at(-0.1, 0)}])
    assert refused.value.details["issues"][0]["code"] == "outline_moved"
    assert not draft.cells.exists()


def test_a_hamlet_goes_to_the_neighbouring_village(draw: Draw, draft: Plan) -> None:
    before = land(draft)
    answer = draw(type="transfer", **{"from": C, "to": LIJIA})
    new = next(f for f in answer["changed"] if f["properties"]["state"] == "new")
    assert new["properties"]["village"] == LIJIA
    assert new["id"] == LIJIA + "003"
    assert answer["ended"] == [C]
    assert land(draft) == before


def test_the_part_in_a_lasso_goes_to_the_neighbour(draw: Draw, draft: Plan) -> None:
    before = land(draft)
    lasso = [at(2.7, 0.2), at(3.2, 0.2), at(3.2, 0.8), at(2.7, 0.8), at(2.7, 0.2)]
    answer = draw(type="transfer", area=[lasso], **{"from": C, "to": D})
    assert {feature["id"] for feature in answer["changed"]} >= {C, D}
    assert land(draft) == before


def test_a_pond_is_cut_out_of_two_grids(draw: Draw, draft: Plan) -> None:
    before = land(draft)
    pond = [at(0.8, 0.4), at(1.2, 0.4), at(1.2, 0.6), at(0.8, 0.6), at(0.8, 0.4)]
    answer = draw(type="create", village=QUANFENG, area=[pond], name="水库", kind="void")
    new = next(f for f in answer["changed"] if f["properties"]["state"] == "new")
    assert new["properties"]["kind"] == "void"
    assert land(draft) == before


def test_words_and_codes(draw: Draw, draft: Plan) -> None:
    draw(type="rename", grid=A, name="上湾组")
    draw(type="set_kind", grid=A, kind="void")
    answer = draw(type="recode", grid=A, code=QUANFENG + "077")
    assert answer["ended"] == [A]
    cell = PlanCell.objects.get(plan=draft, code=QUANFENG + "077")
    assert (cell.name, cell.kind) == ("上湾组", "void")
    with pytest.raises(OperationRefusedError):
        draw(type="recode", grid=B, code=C)


def test_a_village_cadre_draws_in_the_own_village_only(
    ground: object, cast: SimpleNamespace
) -> None:
    plan = new_draft(cast.leader, QUANFENG)
    draw_on(plan, cast.leader, type="merge", grids=[A, B], keep=A)
    with pytest.raises(NotAllowedError):
        draw_on(plan, cast.leader, type="rename", grid=D, name="别人的组")
    with pytest.raises(NotAllowedError):
        draw_on(plan, cast.leader, type="transfer", **{"from": C, "to": D})
    with pytest.raises(OperationRefusedError):
        draw_on(plan, cast.leader, type="merge", grids=[C, OTHER_VILLAGE + "001"], keep=C)
