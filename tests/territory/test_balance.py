"""Proposals to hand land over between neighbouring grids, on invented hamlets."""

from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon

from gis_grid.territory.redraw import rules
from gis_grid.territory.redraw.operations import transfer
from gis_grid.territory.redraw.sheet import DraftCell
from gis_grid.territory.suggest import Exchange, balance
from tests.territory.hamlets import at, hamlet, land

Houses = list[tuple[float, float]]

WEST = land((0, 0), (1000, 0), (1000, 1000), (0, 1000))
EAST = land((1000, 0), (2000, 0), (2000, 1000), (1000, 1000))
TWO = {"west": WEST, "east": EAST}


def balanced(cells: dict[str, Polygon], houses: dict[str, Houses]) -> list[Exchange]:
    """What is proposed, having seen it through: each is applied after those before it."""
    codes = [code for code, own in houses.items() for _ in own]
    homes = at(*(house for own in houses.values() for house in own))
    found = balance(cells, homes, np.ones(len(codes)), codes)
    sheet = {c: DraftCell("", c, "small", MultiPolygon([cell])) for c, cell in cells.items()}
    for one in found:
        rings: Any = [one.area.exterior.coords, *(ring.coords for ring in one.area.interiors)]
        outcome = transfer(sheet, source=one.source, to=one.to, allot=str, area=rings)
        assert rules.issues_after(sheet, outcome) == []
        sheet |= {code: cell for code, cell in outcome.changes.items() if cell is not None}
        assert all(len(cell.shape.geoms) == 1 for cell in sheet.values())
    assert set(sheet) == set(cells)
    return found


def after(houses: dict[str, Houses], exchanges: list[Exchange]) -> dict[str, float]:
    counts = {code: float(len(own)) for code, own in houses.items()}
    for one in exchanges:
        counts[one.source] -= one.households
        counts[one.to] += one.households
    return counts


def test_the_hamlet_by_the_border_changes_hands() -> None:
    by_the_border = hamlet(850, 450)
    houses = {
        "west": [*hamlet(150, 200), *hamlet(200, 700), *by_the_border],
        "east": hamlet(1700, 500),
    }
    (exchange,) = balanced(TWO, houses)
    assert (exchange.source, exchange.to, exchange.households) == ("west", "east", 12)
    assert shapely.contains(exchange.area, shapely.points(at(*by_the_border))).all()


def test_nothing_is_proposed_where_only_a_hamlet_could_be_parted() -> None:
    assert balanced(TWO, {"west": hamlet(600, 400, 60), "east": hamlet(1500, 400, 20)}) == []


def test_nothing_is_proposed_for_equal_grids() -> None:
    assert balanced(TWO, {"west": hamlet(850, 400), "east": hamlet(1100, 400)}) == []


def test_nothing_crosses_between_grids_that_do_not_touch() -> None:
    apart = {"west": WEST, "east": shapely.affinity.translate(EAST, 0.01)}
    houses = {"west": [*hamlet(850, 450), *hamlet(150, 450)], "east": []}
    assert balanced(apart, houses) == []


def test_households_placed_by_hand_count_but_do_not_move_with_the_land() -> None:
    # The twelve in the east, which the west counts, would be just right to hand over.
    houses = {"west": [*hamlet(500, 400, 60), *hamlet(1500, 450)], "east": hamlet(1200, 200, 48)}
    assert balanced(TWO, houses) == []


@given(st.data())
@settings(max_examples=10, deadline=None)
def test_a_row_of_grids_comes_nearer_to_each_other(data: st.DataObject) -> None:
    cells = {
        str(i): land((900 * i, 0), (900 * i + 900, 0), (900 * i + 900, 900), (900 * i, 900))
        for i in range(3)
    }
    houses = {}
    for i in range(3):
        slots = data.draw(st.permutations([(x, y) for x in (80, 380, 680) for y in (100, 650)]))
        taken = slots[: data.draw(st.integers(1, 6))]
        houses[str(i)] = [house for x, y in taken for house in hamlet(900 * i + x, y)]
    found = balanced(cells, houses)
    before, then = {c: len(own) for c, own in houses.items()}, after(houses, found)
    assert len(found) <= len(cells)
    assert sum(then.values()) == sum(before.values())
    assert all(one.households % 12 == 0 and one.households > 0 for one in found)
    assert np.var(list(then.values())) < np.var(list(before.values())) or not found
