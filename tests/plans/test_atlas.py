"""From a file of others to published boundaries: import, two hundred operations, publish."""

import random
from types import SimpleNamespace
from typing import Any

import pytest
import shapely

from gis_grid.core.errors import DomainError
from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion, Lineage, Plan, Region
from gis_grid.territory.plans import sheets
from gis_grid.territory.plans.publishing import publish_plan
from gis_grid.territory.plans.recording import OperationRefusedError
from gis_grid.territory.plans.steps import take_step
from gis_grid.territory.redraw.lattice import area_units, in_units
from gis_grid.territory.redraw.sheet import DraftCell
from tests.conftest import COUNTY, JINPING
from tests.plans.conftest import draw_on, new_draft, vetted
from tests.plans.register import check_stored
from tests.redraw.asking import Hand
from tests.redraw.atlas import counties
from tests.redraw.ground import VILLAGES, sheet_of

TIMES = 200


@pytest.fixture
def town(db: None) -> None:
    """A town whose three villages have no boundaries yet."""
    rows = [(COUNTY, "county", None), (JINPING, "town", COUNTY)]
    rows += [(village, "village", JINPING) for village in VILLAGES]
    for code, level, parent in rows:
        Region.objects.create(code=code, name=code, level=level, parent_id=parent)


def total(cells: dict[str, DraftCell]) -> int:
    return sum(area_units(in_units(cell.shape)) for cell in cells.values())


def sent(asked: dict[str, Any]) -> dict[str, Any]:
    """As the interface has it."""
    names = {"source": "from"}
    return {names.get(key, key): value for key, value in asked.items() if value is not None}


def imported(wanted: dict[str, DraftCell], cast: SimpleNamespace) -> Plan:
    plan = new_draft(cast.town)
    for village in VILLAGES:
        cells = [
            {
                "code": code,
                "name": cell.name,
                "kind": cell.kind,
                "geometry": shapely.geometry.mapping(cell.shape),
            }
            for code, cell in wanted.items()
            if cell.village == village
        ]
        draw_on(plan, cast.town, type="import", village=village, cells=cells, tolerance_m=0.0)
    return plan


def published(plan: Plan, cast: SimpleNamespace) -> dict[str, DraftCell]:
    """All small grids after the plan has been published."""
    vetted(plan, cast.town, cast.county)
    publish_plan(plan_id=plan.pk, acting_user=cast.office)
    versions = GridVersion.objects.at().filter(grid__level=Grid.Level.SMALL)
    codes = versions.values_list("grid__code", flat=True)
    return sheets.load(new_draft(cast.town), codes=codes).cells


def same_cells(a: dict[str, DraftCell], b: dict[str, DraftCell]) -> bool:
    return set(a) == set(b) and all(sheets.same(a[code], b[code]) for code in a)


def test_an_atlas_is_imported_redrawn_and_published(town: None, cast: SimpleNamespace) -> None:
    wanted = sheet_of(counties().values(), villages=3)
    first = published(imported(wanted, cast), cast)
    assert same_cells(first, wanted)

    plan = new_draft(cast.town)
    hand, now, refused = Hand(random.Random(120)), dict(first), []
    for _ in range(TIMES):
        try:
            draw_on(plan, cast.town, **sent(hand.ask(now)))
        except DomainError as error:
            refused.append(error)
        ended_or_new = sheets.changed_cells(plan)
        now = {code: cell for code, cell in first.items() if code not in ended_or_new}
        now |= {code: after for code, (_, after) in ended_or_new.items() if after}
    assert {error.status for error in refused} == {422}
    assert len(refused) < TIMES * 2 / 3
    check_stored(plan, list(plan.operations.order_by("number")))
    assert total(now) == total(wanted)

    last = published(plan, cast)
    assert same_cells(last, now)
    assert coverage.coverage_issues({code: cell.shape for code, cell in last.items()}) == []
    outlines = Region.objects.filter(code__in=VILLAGES).values_list("geom", flat=True)
    shapes = [in_units(shapely.from_wkb(bytes(outline.wkb))) for outline in outlines]
    assert sum(map(area_units, shapes)) == total(wanted)
    came = Lineage.objects.filter(plan=plan).values_list("target__code", flat=True)
    assert set(last) - set(first) <= set(came)


def test_codes_of_a_file_are_given_to_nobody_else(town: None, cast: SimpleNamespace) -> None:
    wanted = sheet_of(counties().values(), villages=3)
    plan = imported(wanted, cast)
    code = next(iter(wanted))
    west, south, east, north = wanted[code].shape.bounds
    middle = (west + east) / 2
    line = [[middle, south - 0.001], [middle, north + 0.001]]
    answer = draw_on(plan, cast.town, type="split", grid=code, lines=[line])
    made = {one["id"] for one in answer["changed"]} - set(wanted)
    assert made
    assert len(sheets.changed_cells(plan)) == len(wanted) + len(made)


@pytest.mark.parametrize("change", ["twice", "elsewhere"])
def test_codes_of_a_file_that_cannot_be(town: None, cast: SimpleNamespace, change: str) -> None:
    wanted = sheet_of(counties().values(), villages=3)
    codes = list(wanted)
    wrong = codes[1] if change == "twice" else VILLAGES[1] + "999"
    cells = [
        {"code": code, "name": "甲", "geometry": shapely.geometry.mapping(wanted[shape].shape)}
        for code, shape in ((wrong, codes[0]), (codes[1], codes[1]))
    ]
    with pytest.raises(OperationRefusedError):
        draw_on(new_draft(cast.town), cast.town, type="import", village=VILLAGES[0], cells=cells)


def test_two_drafts_of_one_file(town: None, cast: SimpleNamespace) -> None:
    wanted = sheet_of(counties().values(), villages=3)
    one, other = imported(wanted, cast), imported(wanted, cast)
    published(one, cast)
    with pytest.raises(OperationRefusedError) as refused:
        take_step(plan_id=other.pk, acting_user=cast.town, step="submit")
    assert {issue["code"] for issue in refused.value.details["issues"]} == {"overlap"}


def test_a_file_leaves_no_land_of_its_village_out(town: None, cast: SimpleNamespace) -> None:
    wanted = sheet_of(counties().values(), villages=3)
    published(imported(wanted, cast), cast)
    plan = new_draft(cast.town)
    village = [code for code in wanted if code[:12] == VILLAGES[0]]
    kept = {"name": "甲", "geometry": shapely.geometry.mapping(wanted[village[0]].shape)}
    kept |= {"code": village[0], "kind": wanted[village[0]].kind}
    with pytest.raises(OperationRefusedError) as refused:
        draw_on(plan, cast.town, type="import", village=VILLAGES[0], cells=[kept])
    assert refused.value.details["issues"][0]["code"] == "left_out"


def test_an_import_takes_the_place_of_far_grids_too(town: None, cast: SimpleNamespace) -> None:
    wanted = sheet_of(counties().values(), villages=3)
    published(imported(wanted, cast), cast)
    plan = new_draft(cast.town)
    village = [code for code in wanted if code[:12] == VILLAGES[0]]
    whole = shapely.coverage_union_all([wanted[code].shape for code in village])
    kind = "small" if whole.geom_type == "Polygon" else "enclave"
    kept = {"code": village[0], "name": "甲", "kind": kind}
    kept |= {"geometry": shapely.geometry.mapping(whole)}
    answer = draw_on(plan, cast.town, type="import", village=VILLAGES[0], cells=[kept])
    assert answer["ended"] == village[1:]
