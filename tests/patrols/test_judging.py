"""A track against its route: what counts as walked, and what a GPS does wrong."""

import math

import numpy as np
import pytest
import shapely
import shapely.ops
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.patrols.judging import Checkpoint, Limits, cleaned, judge

ROUTE = shapely.LineString([(0, 0), (600, 0), (600, 400), (1200, 400)])
POINTS = [Checkpoint(n, x, y, 25) for n, (x, y) in enumerate([(0, 0), (600, 200), (1200, 400)], 1)]
NAN = math.nan


def walk(line: shapely.LineString, *, speed: float = 1.5, every: float = 5.0) -> np.ndarray:
    """A track along the line, a point every few seconds."""
    seconds = np.arange(0, line.length / speed, every)
    places = [line.interpolate(second * speed) for second in [*seconds, line.length / speed]]
    times = [*seconds, line.length / speed]
    return np.array([(t, p.x, p.y, 5.0) for t, p in zip(times, places, strict=True)])


def test_walking_the_route_covers_all_of_it() -> None:
    found = judge(ROUTE, POINTS, walk(ROUTE))
    assert found.share == pytest.approx(1)
    # A point every 7.5 m cuts the corners.
    assert found.walked_m == pytest.approx(ROUTE.length, abs=5)
    assert (found.gaps, found.detours) == ([], [])
    assert [(one.order, one.in_order) for one in found.passings] == [
        (1, True),
        (2, True),
        (3, True),
    ]
    times = [one.at for one in found.passings]
    assert times == sorted(times)
    assert times[0] == 0


def test_the_other_way_round_covers_as_much_but_not_in_order() -> None:
    found = judge(ROUTE, POINTS, walk(shapely.reverse(ROUTE)))
    assert found.share == pytest.approx(1)
    assert sum(one.in_order for one in found.passings) == 1
    assert all(one.at is not None for one in found.passings)


def test_nothing_walked_is_one_gap() -> None:
    found = judge(ROUTE, POINTS, np.empty((0, 4)))
    assert (found.share, found.walked_m, found.detours) == (0, 0, [])
    assert [gap.length for gap in found.gaps] == [pytest.approx(ROUTE.length)]
    assert [(one.at, one.in_order) for one in found.passings] == [(None, False)] * 3


def test_a_short_cut_leaves_a_gap_and_is_a_detour() -> None:
    cut = shapely.LineString([(0, 0), (600, 0), (900, 400), (1200, 400)])
    found = judge(ROUTE, POINTS, walk(cut))
    assert 0.5 < found.share < 0.7
    assert len(found.gaps) >= 1
    assert sum(line.length for line in found.detours) == pytest.approx(500, abs=80)
    assert [one.at is not None for one in found.passings] == [True, False, True]


def test_where_nothing_was_heard_nothing_was_walked() -> None:
    track = walk(ROUTE)
    # The device slept from 300 m to 900 m of the way.
    asleep = track[(track[:, 0] < 200) | (track[:, 0] > 600)]
    asleep[asleep[:, 0] > 600, 0] += 600
    found = judge(ROUTE, POINTS, asleep)
    assert found.share == pytest.approx(1 - 600 / ROUTE.length, abs=0.06)
    assert found.walked_m < ROUTE.length - 550


def test_metres_by_grid_sum_up() -> None:
    west, east = shapely.box(-50, -50, 600, 500), shapely.box(600, -50, 1300, 500)
    found = judge(ROUTE, [], walk(ROUTE), {"b": east, "a": west})
    assert sum(found.by_grid.values()) == pytest.approx(found.walked_m)
    # The stretch on the border counts once, in the lower code.
    assert found.by_grid["a"] == pytest.approx(1000, abs=5)
    assert found.by_grid["b"] == pytest.approx(600, abs=5)


def test_a_track_that_begins_with_a_spike_is_the_rest() -> None:
    track = np.vstack([[(-5.0, 90_000, 90_000, 5)], walk(ROUTE)])
    found = judge(ROUTE, POINTS, track)
    assert found.share > 0.99
    assert found.walked_m < ROUTE.length * 1.01


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.floats(300, 50_000), st.floats(0, 6.28)), max_size=12
    )
)
def test_spikes_change_next_to_nothing(spikes: list[tuple[int, float, float]]) -> None:
    track = walk(ROUTE)
    for index, far, turn in spikes:
        at = index % len(track)
        jump = (far * math.cos(turn), far * math.sin(turn))
        extra = track[at].copy()
        extra[0] += 1.0
        extra[1:3] += jump
        track = np.vstack([track, [extra]])
    found = judge(ROUTE, POINTS, track)
    assert found.share > 0.99
    assert found.walked_m < ROUTE.length * 1.02


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_pauses_doubles_and_disorder_change_next_to_nothing(data: st.DataObject) -> None:
    track = walk(ROUTE)
    pause = data.draw(st.integers(0, len(track) - 1))
    length = data.draw(st.integers(1, 60))
    noise = np.random.default_rng(data.draw(st.integers(0, 99))).normal(0, 3, (length, 2))
    still = np.tile(track[pause], (length, 1))
    still[:, 0] += np.arange(1, length + 1) * 10.0
    still[:, 1:3] += noise
    after = track[pause + 1 :].copy()
    after[:, 0] += length * 10.0 + 5
    whole = np.vstack([track[: pause + 1], still, after])
    doubled = np.vstack([whole, whole[:: data.draw(st.integers(1, 5))]])
    mixed = np.random.default_rng(data.draw(st.integers(0, 99))).permutation(doubled)
    found = judge(ROUTE, POINTS, mixed)
    assert found.share > 0.99
    assert all(one.in_order for one in found.passings)
    assert found.detours == []


@settings(deadline=None, max_examples=25)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(5, 40))
def test_share_gaps_and_tolerance(a: float, b: float, tolerance: float) -> None:
    first, last = sorted((a * ROUTE.length, b * ROUTE.length))
    part = shapely.ops.substring(ROUTE, first, last)
    track = walk(part) if part.length > 1 else np.array([(0, *part.coords[0], NAN)])
    found = judge(ROUTE, [], track, limits=Limits(tolerance_m=tolerance))
    gaps = sum(line.length for line in found.gaps)
    assert gaps <= (1 - found.share) * ROUTE.length + 1e-6
    assert (1 - found.share) * ROUTE.length - gaps < tolerance
    # The way is asked metre by metre.
    assert found.share * ROUTE.length >= last - first - 2
    assert found.share * ROUTE.length <= last - first + 4 * tolerance + 2


def test_bad_fixes_are_not_walked() -> None:
    track = walk(ROUTE)
    far = track.copy()
    far[:, 1:3] += (0, 300)
    far[:, 0] += 0.5
    far[:, 3] = 200
    assert judge(ROUTE, [], np.vstack([track, far])).detours == []
    assert cleaned(np.array([(0, NAN, 1, 5.0)])) == []
