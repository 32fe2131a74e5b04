"""Working days in China: public holidays and the week-end days that are worked for them.

The State Council lays both down a year ahead, in November; `chinesecalendar` carries its
notices. For a year that it does not know a working day is taken to be Monday to Friday, and
the answer says that it is not certain. Pure: knows no framework.
"""

import datetime as dt
from dataclasses import dataclass

import chinese_calendar

KNOWN_YEARS = frozenset(
    {day.year for day in chinese_calendar.holidays}
    & {day.year for day in chinese_calendar.workdays}
)
LONGEST_DAYS = 1_000


@dataclass(frozen=True)
class Reached:
    """A day reached by counting, and whether every day on the way is known for certain."""

    day: dt.date
    is_certain: bool


def is_working_day(day: dt.date) -> bool:
    if day.year in KNOWN_YEARS:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def after(day: dt.date, working_days: int) -> Reached:
    """The working day that is `working_days` after `day`; `day` itself is never counted.

    0 stands for the day itself where it is worked, else for the next one that is.
    """
    if not 0 <= working_days <= LONGEST_DAYS:
        raise ValueError(f"{working_days} is no number of working days")
    left = working_days or (0 if is_working_day(day) else 1)
    is_certain = day.year in KNOWN_YEARS
    while left:
        day += dt.timedelta(days=1)
        is_certain = is_certain and day.year in KNOWN_YEARS
        left -= is_working_day(day)
    return Reached(day, is_certain)


def between(start: dt.date, end: dt.date) -> int:
    """Working days in `(start, end]`; 0 where `end` is not later."""
    days = range(1, (end - start).days + 1)
    return sum(is_working_day(start + dt.timedelta(days=number)) for number in days)
