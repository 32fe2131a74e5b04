"""Files that fit badly, on literal sheets: what comes of them always holds, or is refused."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from gis_grid.territory import coverage
from gis_grid.territory.redraw import importing
from gis_grid.territory.redraw.importing import import_cells
from gis_grid.territory.redraw.rules import issues_after
from gis_grid.territory.redraw.sheet import DraftCell, Outcome, RefusedError
from tests.redraw.ground import VILLAGES, place, shape_of

OWN, NEXT = VILLAGES[:2]
SIDE = 40_000
CODES = [f"{OWN}00{i}" for i in (1, 2, 3)]
# Some 1 m in degrees.
METRE = 1e-5


def square(column: float, width: float = 1) -> MultiPolygon:
    west, east = column * SIDE, (column + width) * SIDE
    return shape_of([place(west, 0), place(east, 0), place(east, SIDE), place(west, SIDE)])


OWN_GRIDS = {code: DraftCell(OWN, "网格", "small", square(i)) for i, code in enumerate(CODES)}
BESIDE = {NEXT + "001": DraftCell(NEXT, "网格", "small", square(3))}


def load(sheet: dict[str, DraftCell], shapes: Sequence[Any], tolerance_m: float = 1) -> Outcome:
    incoming = [
        {"code": code, "name": "网格", "geometry": shapely.geometry.mapping(shape)}
        for code, shape in zip(CODES, shapes, strict=True)
    ]
    return import_cells(
        sheet,
        village=OWN,
        incoming=incoming,
        tolerance_m=tolerance_m,
        allot=lambda village: village + "009",
    )


def shaken(shape: MultiPolygon, seed: int, metres: float) -> Polygon:
    """With a vertex every 80 m, each up to `metres` aside."""
    rng = random.Random(seed)
    ring = shapely.get_coordinates(shapely.segmentize(shape, 8e-4))[:-1]
    aside = [[rng.uniform(-metres, metres) * METRE for _ in range(2)] for _ in ring]
    return Polygon(np.add(ring, aside))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("own", [OWN_GRIDS, {}], ids=["drawn village", "free land"])
def test_shaken_grids_are_fitted(own: dict[str, DraftCell], seed: int) -> None:
    sheet = {**own, **BESIDE}
    drawn = [shaken(square(i), seed * 3 + i, 0.3) for i in range(3)]
    outcome = load(sheet, drawn, tolerance_m=2)
    assert issues_after(sheet, outcome) == []
    told = outcome.params["cleaned"]
    assert 0 < max(one["moved_m"] for one in told) <= 2.02
    for one, shape in zip(told, drawn, strict=True):
        after = outcome.changes[one["code"]]
        assert after is not None
        assert one["after_m2"] == round(coverage.area_m2(after.shape), 1)
        assert one["before_m2"] == round(coverage.area_m2(coverage.round_cell(shape)), 1)
        # 1.6 km of border, moved by less than the tolerance.
        assert abs(one["after_m2"] - one["before_m2"]) < 1600


def test_what_fits_stays_as_it_is() -> None:
    outcome = load({**OWN_GRIDS, **BESIDE}, [square(i) for i in range(3)], tolerance_m=0)
    assert {code: cell.shape.normalize() for code, cell in outcome.changes.items() if cell} == {
        code: cell.shape.normalize() for code, cell in OWN_GRIDS.items()
    }


def test_too_many_vertices_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST_VERTICES", 14)
    with pytest.raises(RefusedError) as refused:
        load({**OWN_GRIDS, **BESIDE}, [square(i) for i in range(3)])
    assert refused.value.issues[0].code == "file_too_fine"


def test_codes_are_the_villages_own_and_each_once() -> None:
    for codes, told in (([CODES[0]] * 2, "code_twice"), ([NEXT + "001"], "code_of_other_village")):
        incoming = [
            {"code": code, "name": "网格", "geometry": shapely.geometry.mapping(square(i))}
            for i, code in enumerate(codes)
        ]
        with pytest.raises(RefusedError) as refused:
            import_cells(
                {}, village=OWN, incoming=incoming, tolerance_m=1, allot=lambda village: village
            )
        assert refused.value.issues[0].code == told
