"""Days as the moments at which they begin and end here."""

import datetime as dt

from django.utils import timezone

_FIRST, _LAST = dt.date(2000, 1, 1), dt.date(2199, 12, 30)


def bounds(since: dt.date | None, until: dt.date | None) -> tuple[dt.datetime, dt.datetime]:
    """`[start, end)` of days in Asia/Shanghai; an open end is a long way off.

    Days beyond what calendars are asked for count as open ends.
    """
    start = min(max(since or _FIRST, _FIRST), _LAST)
    end = min(max(until or _LAST, _FIRST), _LAST) + dt.timedelta(days=1)
    days = (dt.datetime.combine(day, dt.time()) for day in (start, end))
    first, last = (timezone.make_aware(moment) for moment in days)
    return first, last
