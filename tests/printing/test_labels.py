"""Words never cover each other nor a point."""

import itertools
import math

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.core.paper.labels import Taken, along, around, in_area, settled
from gis_grid.core.paper.sizes import Box

ROOM = Box(0, 0, 200, 150)
PLACES = st.lists(
    st.tuples(st.floats(5, 195), st.floats(5, 145)), min_size=1, max_size=80, unique=True
)


def box_of(x: float, y: float, wide: float, high: float) -> Box:
    return Box(x - wide / 2, y - high / 2, wide, high)


@given(PLACES, st.floats(2, 12), st.floats(1.5, 5))
@settings(deadline=None)
def test_labels_of_points_are_free_of_all(
    places: list[tuple[float, float]], wide: float, high: float
) -> None:
    taken = Taken(ROOM)
    points = [box_of(x, y, 1.4, 1.4) for x, y in places]
    for point in points:
        taken.add(point)
    spots = [around(place, 0.7, wide, high, taken) for place in places]
    labels = [box_of(spot.x, spot.y, wide, high) for spot in spots if spot]
    assert labels
    # A hair smaller, for what rounding does to edges that touch.
    shrunk = [label.inner(1e-6) for label in labels]
    assert not any(a.meets(b) for a, b in itertools.combinations(shrunk, 2))
    assert not any(label.meets(point) for label in shrunk for point in points)
    assert all(label.x >= -1e-6 and label.right <= 200 + 1e-6 for label in labels)


@given(PLACES)
@settings(deadline=None)
def test_names_of_areas_give_way_to_points(places: list[tuple[float, float]]) -> None:
    taken = Taken(ROOM)
    points = [box_of(x, y, 1, 1) for x, y in places]
    for point in points:
        taken.add(point)
    area = shapely.Polygon([(10, 10), (190, 30), (150, 140), (20, 120)])
    spot = in_area(area, 18, 5, taken)
    assert spot is not None
    label = box_of(spot.x, spot.y, 18, 5)
    assert area.covers(shapely.box(label.x, label.y, label.right, label.bottom))
    assert not any(label.inner(1e-6).meets(point) for point in points)


def test_an_area_without_room_has_no_name() -> None:
    assert in_area(shapely.box(0, 0, 3, 3), 18, 5, Taken(ROOM)) is None


def test_a_lone_label_stands_to_the_right() -> None:
    spot = around((50, 50), 1, 10, 3, Taken(ROOM))
    assert spot is not None
    assert spot.from_point is None
    assert spot.x > 56


def test_a_label_further_off_is_led_to() -> None:
    taken = Taken(ROOM)
    for angle in range(0, 360, 12):
        x, y = 50 + 2.5 * math.cos(math.radians(angle)), 50 + 2.5 * math.sin(math.radians(angle))
        taken.add(box_of(x, y, 0.4, 0.4))
    spot = around((50, 50), 0.5, 4, 2, taken)
    assert spot is not None
    assert spot.from_point is not None


def test_large_symbols_step_aside() -> None:
    taken = Taken(ROOM)
    first, second = settled(50, 50, 2, taken), settled(50, 50, 2, taken)
    assert first == (50, 50)
    assert second is not None
    assert math.dist(first or (0, 0), second) >= 4 - 1e-6


def test_names_of_roads_stand_upright_along_them() -> None:
    for line in (
        shapely.LineString([(20, 50), (120, 70)]),
        shapely.LineString([(120, 70), (20, 50)]),
    ):
        letters = along(line, "盘江公路", [3, 3, 3, 3], 3, Taken(ROOM))
        assert [one.character for one in letters] == list("盘江公路")
        assert [one.x for one in letters] == sorted(one.x for one in letters)
        assert all(abs(one.turn) < math.pi / 2 for one in letters)
    assert along(shapely.LineString([(0, 0), (5, 0)]), "盘江公路", [3] * 4, 3, Taken(ROOM)) == []
