"""Working days over holidays and make-up days, against counting day by day."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from gis_grid.incidents.workdays import KNOWN_YEARS, after, between, is_working_day

DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2029, 12, 31))


def test_the_national_day_of_2026() -> None:
    assert 2026 in KNOWN_YEARS
    # 1 to 7 October are off; Saturday the 10th is worked for one of them.
    assert after(dt.date(2026, 9, 30), 1).day == dt.date(2026, 10, 8)
    assert after(dt.date(2026, 9, 30), 3).day == dt.date(2026, 10, 10)
    assert after(dt.date(2026, 10, 1), 0).day == dt.date(2026, 10, 8)
    assert after(dt.date(2026, 9, 30), 0).day == dt.date(2026, 9, 30)


def test_a_year_that_is_not_announced_says_so() -> None:
    year = max(KNOWN_YEARS)
    assert after(dt.date(year, 6, 1), 5).is_certain
    reached = after(dt.date(year, 12, 31), 5)
    assert not reached.is_certain
    assert reached.day.weekday() < 5


@given(DAYS, st.integers(1, 60))
def test_counting_back_gives_the_same(day: dt.date, count: int) -> None:
    reached = after(day, count).day
    assert is_working_day(reached)
    assert between(day, reached) == count
    assert between(day, reached - dt.timedelta(days=1)) == count - 1


@given(DAYS, st.integers(0, 30), st.integers(0, 30))
def test_days_add_up(day: dt.date, one: int, two: int) -> None:
    if one and two:
        assert after(after(day, one).day, two).day == after(day, one + two).day
