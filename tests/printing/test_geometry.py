"""Sizes, tiles, scales and numbers: pure, on literals and on whatever hypothesis thinks of."""

import itertools
import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.core.paper.scales import bar_of, frame_of, round_scale
from gis_grid.core.paper.sizes import (
    SIZES_MM,
    TILE_MARGIN_MM,
    TILE_OVERLAP_MM,
    Box,
    better_orientation,
    paper_of,
    tiles_of,
)
from gis_grid.printing.numbering import reading_order


@pytest.mark.parametrize(
    ("least", "scale"), [(120, 200), (4203, 4500), (5000, 5000), (5001, 5500), (43_000, 45_000)]
)
def test_scales_are_round(least: float, scale: int) -> None:
    assert round_scale(least) == scale


@given(st.floats(min_value=1, max_value=5e6))
def test_a_scale_is_never_too_large_nor_far_too_small(least: float) -> None:
    scale = round_scale(least)
    assert scale >= least
    assert scale <= max(200, least * 1.3)


@given(st.integers(min_value=200, max_value=500_000), st.floats(min_value=20, max_value=200))
def test_a_bar_fits_and_is_of_1_2_or_5(scale: int, most: float) -> None:
    bar = bar_of(scale, most)
    assert bar.length == pytest.approx(bar.metres * 1000 / scale)
    assert bar.metres / 10 ** int(math.log10(bar.metres)) in (1, 2, 5)
    assert bar.length <= most or bar.metres == 10


@given(
    st.floats(min_value=10, max_value=30_000),
    st.floats(min_value=10, max_value=30_000),
    st.sampled_from(list(SIZES_MM)),
)
def test_a_frame_holds_its_area_to_scale(wide: float, high: float, size: str) -> None:
    paper = paper_of(size, "landscape")
    box = Box(10, 10, paper.width - 20, paper.height - 20)
    frame = frame_of((500_000, 2_800_000, 500_000 + wide, 2_800_000 + high), box, margin=5)
    placed = frame.place(shapely.box(500_000, 2_800_000, 500_000 + wide, 2_800_000 + high))
    west, top, east, bottom = placed.bounds
    assert west >= box.x + 5 - 1e-6
    assert east <= box.right - 5 + 1e-6
    assert top >= box.y + 5 - 1e-6
    assert bottom <= box.bottom - 5 + 1e-6
    assert (east - west) * frame.scale / 1000 == pytest.approx(wide, rel=1e-6)


@pytest.mark.parametrize("large", SIZES_MM)
@pytest.mark.parametrize("small", ["A4", "A3"])
def test_tiles_cover_the_sheet_and_overlap(large: str, small: str) -> None:
    paper = paper_of(large, "landscape")
    tile = better_orientation(paper, small)
    tiles = tiles_of(paper, tile)
    parts = [shapely.box(t.part.x, t.part.y, t.part.right, t.part.bottom) for t in tiles]
    whole = shapely.box(0, 0, paper.width, paper.height)
    assert shapely.union_all(parts).buffer(1e-6).covers(whole)
    for one in tiles:
        assert one.part.width <= tile.width - 2 * TILE_MARGIN_MM + 1e-6
        assert one.part.height <= tile.height - 2 * TILE_MARGIN_MM + 1e-6
        for other in tiles:
            if other.row == one.row and other.column == one.column + 1:
                assert one.part.right - other.part.x >= TILE_OVERLAP_MM - 1e-6


def test_a0_takes_sixteen_sheets_of_a4_or_some_more() -> None:
    paper = paper_of("A0", "landscape")
    assert 16 <= len(tiles_of(paper, better_orientation(paper, "A4"))) <= 30


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000)), max_size=60))
def test_every_household_has_one_number(places: list[tuple[float, float]]) -> None:
    assert sorted(reading_order(places)) == list(range(len(places)))


def test_numbers_run_as_one_reads() -> None:
    places = [(x, y) for y in (90.0, 50.0, 10.0) for x in (0.0, 30.0, 60.0, 90.0)]
    order = [places[index] for index in reading_order(places)]
    assert order[0] == (0, 90)
    steps = [math.dist(a, b) for a, b in itertools.pairwise(order)]
    assert max(steps) <= 95
