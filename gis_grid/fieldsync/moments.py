"""Times that a tablet tells. Its clock may be wrong by days or decades: it orders nothing."""

import datetime as dt

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from gis_grid.fieldsync.registry import Op

# A tablet comes home within this time; what is said to be older or to come is not believed.
OLDEST = dt.timedelta(days=30)
AHEAD = dt.timedelta(minutes=2)


def moment_of(op: Op) -> dt.datetime | None:
    """When it was done, None where that can't be believed: then it is when it arrived."""
    found = _read(op.made_at)
    if found is None:
        return None
    now, found = timezone.now(), op.by_our_clock(found)
    return found if now - OLDEST <= found <= now + AHEAD else None


def clock_of(sent_at: object) -> dt.timedelta:
    """How much the clock that says `sent_at` just now is behind; nothing where it says none.

    Some seconds are the way, not the clock.
    """
    found = _read(sent_at if isinstance(sent_at, str) else None)
    if found is None:
        return dt.timedelta()
    behind = timezone.now() - found
    return behind if abs(behind) > AHEAD else dt.timedelta()


def _read(text: str | None) -> dt.datetime | None:
    try:
        found = parse_datetime(text) if text else None
    except ValueError:
        return None
    return None if found is None or timezone.is_naive(found) else found
