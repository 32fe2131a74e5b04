"""Random operations on random coverages: what holds after each, and at the end."""

import os
import random
import subprocess
import sys
from collections.abc import Iterable, Mapping

import pytest
from django.conf import settings
from hypothesis import assume, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon

from gis_grid.territory import coverage
from gis_grid.territory.redraw import operations
from gis_grid.territory.redraw.lattice import area_units, in_units
from gis_grid.territory.redraw.sheet import DraftCell, RefusedError
from tests.redraw.asking import Hand
from tests.redraw.ground import GROUNDS
from tests.redraw.walk import Walk, as_bytes

SOAK = os.environ.get("GIS_GRID_SOAK") == "1"
# By default always the same walks, so that a run says something about the change at hand.
walks = profile(
    max_examples=400 if SOAK else 12, deadline=None, derandomize=not SOAK, print_blob=True
)


@pytest.mark.parametrize("kind", GROUNDS)
@walks
@given(seed=st.integers(0, 2**32))
def test_a_ground_is_a_valid_coverage(kind: str, seed: int) -> None:
    sheet = GROUNDS[kind](random.Random(seed))
    assert coverage.coverage_issues({code: cell.shape for code, cell in sheet.items()}) == []


@pytest.mark.parametrize("kind", GROUNDS)
@walks
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 30))
def test_a_walk_keeps_the_land_and_leads_back(kind: str, seed: int, steps: int) -> None:
    rng = random.Random(seed)
    walk = Walk(GROUNDS[kind](rng))
    hand = Hand(rng)
    for _ in range(steps):
        walk.take(hand.ask(walk.sheet))
    assert as_bytes(walk.undo_all()) == as_bytes(walk.start)
    assert as_bytes(walk.replayed().sheet) == as_bytes(walk.sheet)


# The others have no grid that lies amid others.
@pytest.mark.parametrize("kind", sorted({*GROUNDS} - {"strips", "near vertices"}))
@walks
@given(seed=st.integers(0, 2**32))
def test_a_gap_is_given_to_a_neighbour_whole(kind: str, seed: int) -> None:
    rng = random.Random(seed)
    whole = GROUNDS[kind](rng)
    inner = [code for code in whole if _leaves_a_gap(whole, code)]
    assume(inner)
    lost = rng.choice(sorted(inner))
    sheet = {code: cell for code, cell in whole.items() if code != lost}
    to = rng.choice(_sharing_a_border(sheet, whole[lost].shape))
    place = whole[lost].shape.representative_point().coords[0]
    outcome = operations.fill_gap(sheet, place=place, to=to)
    assert set(outcome.changes) == {to}
    after = {**sheet, **outcome.changes}
    shapes = {code: cell.shape for code, cell in after.items() if cell}
    assert coverage.coverage_issues(shapes) == []
    assert _units(shapes.values()) == _units(cell.shape for cell in whole.values())


@pytest.mark.parametrize("kind", GROUNDS)
@walks
@given(seed=st.integers(0, 2**32))
def test_where_there_is_no_gap_none_is_filled(kind: str, seed: int) -> None:
    sheet = GROUNDS[kind](random.Random(seed))
    code = min(sheet)
    place = sheet[code].shape.representative_point().coords[0]
    with pytest.raises(RefusedError) as refused:
        operations.fill_gap(sheet, place=place, to=code)
    assert [issue.code for issue in refused.value.issues] == ["no_gap_there"]


def _leaves_a_gap(sheet: Mapping[str, DraftCell], code: str) -> bool:
    """Whether the land without this grid has a hole of just its shape."""
    rest = coverage.union([cell.shape for other, cell in sheet.items() if other != code])
    holes = [Polygon(ring) for part in rest.geoms for ring in part.interiors]
    return len(sheet[code].shape.geoms) == 1 and any(
        hole.normalize().equals_exact(sheet[code].shape.geoms[0].normalize()) for hole in holes
    )


def _sharing_a_border(sheet: Mapping[str, DraftCell], shape: MultiPolygon) -> list[str]:
    return [
        code
        for code, cell in sorted(sheet.items())
        if cell.shape.intersection(shape).length > 0 and len(cell.shape.geoms) == 1
    ]


def _units(shapes: Iterable[MultiPolygon]) -> int:
    return sum(area_units(in_units(shape)) for shape in shapes)


def test_another_process_comes_to_the_same_end() -> None:
    """Neither the order of a set nor anything else of a process has a part in it."""
    ends = {_digest_of_a_walk(hash_seed) for hash_seed in ("1", "2", "3")}
    assert len(ends) == 1


def _digest_of_a_walk(hash_seed: str) -> str:
    program = """
import django, hashlib, random
django.setup()
from tests.redraw import asking, ground, walk
rng = random.Random(5)
one = walk.Walk(ground.voronoi(rng))
hand = asking.Hand(rng)
taken = [one.take(hand.ask(one.sheet)) for _ in range(25)]
assert sum(taken) > 8
print(hashlib.sha256(repr(sorted(walk.as_bytes(one.sheet).items())).encode()).hexdigest())
"""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
