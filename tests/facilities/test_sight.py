"""What cameras see, on the ground: sectors in metres, shares of roads, gaps."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from gis_grid.facilities.sight import junctions, sector, watched
from gis_grid.territory import coverage

LON, LAT = 112.41, 25.60
EARTH = Geod(ellps="GRS80")
ROAD = shapely.LineString([(0, 0), (1000, 0)])
LAND = shapely.box(-10, -500, 1010, 500)


@given(
    bearing=st.floats(0, 360), view=st.floats(1, 359), reach=st.floats(5, 2000),
    lon=st.floats(111.2, 114.2),
)  # fmt: skip
def test_a_sector_is_as_long_and_as_wide_as_told(
    bearing: float, view: float, reach: float, lon: float
) -> None:
    shape = sector(lon, LAT, bearing=bearing, field_of_view=view, range_m=reach)
    assert shape.is_valid
    corners = list(shape.exterior.coords)[:-1]
    rim = [corner for corner in corners if corner != corners[-1]]
    for x, y in rim:
        azimuth, _back, metres = EARTH.inv(lon, LAT, x, y)
        # The lattice of 1e-7° is about a centimetre.
        assert metres == pytest.approx(reach, abs=0.03)
        off = (azimuth - bearing + 180) % 360 - 180
        assert abs(off) <= view / 2 + math.degrees(0.03 / reach) + 1e-6
    ideal = math.pi * reach**2 * view / 360
    assert coverage.area_m2(shape) == pytest.approx(ideal, rel=0.01, abs=1.0)


def test_all_round_is_a_disc() -> None:
    shape = sector(LON, LAT, bearing=None, field_of_view=360, range_m=50)
    assert shape.is_valid
    assert coverage.area_m2(shape) == pytest.approx(math.pi * 2500, rel=0.01)
    assert shape.contains(shapely.Point(LON, LAT))


def test_gaps_are_what_nobody_sees() -> None:
    found = watched([ROAD], LAND, [shapely.box(200, -5, 300, 5), shapely.box(280, -5, 500, 5)])
    assert (found.length_m, found.seen_m) == (1000, 300)
    assert found.share == 0.3
    assert sorted(gap.length for gap in found.gaps) == [200, 500]


def test_without_roads_there_is_no_share_and_without_cameras_one_gap() -> None:
    empty = watched([], LAND, [])
    assert (empty.share, empty.gaps, empty.unseen, empty.junctions) == (None, [], [], 0)
    dark = watched([ROAD], LAND, [])
    assert (dark.share, [gap.length for gap in dark.gaps]) == (0.0, [1000])


def test_only_the_roads_of_the_village_count() -> None:
    found = watched([ROAD], shapely.box(0, -1, 250, 1), [shapely.box(0, -1, 50, 1)])
    assert (found.length_m, found.seen_m) == (250, 50)


def test_junctions_are_where_three_roads_meet() -> None:
    side = shapely.LineString([(400, 0), (400, 300)])
    bend = shapely.LineString([(1000, 0), (1000, 200)])
    crossing = shapely.LineString([(100, -50), (100, 50)])
    net = shapely.union_all([ROAD, side, bend, crossing])
    assert {(place.x, place.y) for place in junctions(net)} == {(400, 0), (100, 0)}
    found = watched([ROAD, side, bend, crossing], LAND, [shapely.box(390, -9, 410, 9)])
    assert found.junctions == 2
    assert [(place.x, place.y) for place in found.unseen] == [(100, 0)]


@given(
    st.lists(st.tuples(st.floats(-50, 1050), st.floats(1, 300)), max_size=8),
    st.lists(st.tuples(st.floats(0, 1000), st.floats(1, 400)), max_size=4),
)
def test_seen_and_gaps_make_up_the_whole(
    looks: list[tuple[float, float]], sides: list[tuple[float, float]]
) -> None:
    roads = [ROAD, *(shapely.LineString([(x, 0), (x, reach)]) for x, reach in sides)]
    sectors = [shapely.Point(x, 0).buffer(reach) for x, reach in looks]
    found = watched(roads, LAND, sectors)
    gaps = sum(gap.length for gap in found.gaps)
    # Pieces under a metre are no gaps.
    assert found.seen_m + gaps <= found.length_m + 1e-6
    assert found.seen_m + gaps == pytest.approx(found.length_m, abs=2 * (len(sectors) + 2) * 5)
    more = watched(roads, LAND, [*sectors, shapely.Point(500, 0).buffer(100)])
    assert more.seen_m >= found.seen_m - 1e-6
    assert len(more.unseen) <= len(found.unseen)
