"""Days as the moments at which they begin and end here."""

import datetime as dt

from django.utils import timezone


def bounds(since: dt.date | None, until: dt.date | None) -> tuple[dt.datetime, dt.datetime]:
    """`[start, end)` of days in Asia/Shanghai; an open end is a long way off."""
    start = since or dt.date(2000, 1, 1)
    end = (until or dt.date(2199, 12, 30)) + dt.timedelta(days=1)
    days = (dt.datetime.combine(day, dt.time()) for day in (start, end))
    first, last = (timezone.make_aware(moment) for moment in days)
    return first, last
