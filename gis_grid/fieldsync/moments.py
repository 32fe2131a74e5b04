"""Times that a tablet tells. Its clock may be wrong by days or decades: it orders nothing."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

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


def put_right_of(told: object) -> dict[UUID, dt.timedelta]:
    """By operation, how much its tablet's clock was put forward after it was made (`{op_id: ms}`).

    What says no such thing is left out: the times then stay as they were told.
    """
    if not isinstance(told, Mapping):
        return {}
    found = {key: _put_right(key, ms) for key, ms in told.items()}
    return {pair[0]: pair[1] for pair in found.values() if pair is not None}


def _put_right(key: Any, ms: Any) -> tuple[UUID, dt.timedelta] | None:
    if isinstance(ms, bool) or not isinstance(ms, int | float):
        return None
    try:
        return UUID(key), dt.timedelta(milliseconds=ms)
    except (OverflowError, ValueError, TypeError, AttributeError):
        return None


def _read(text: str | None) -> dt.datetime | None:
    try:
        found = parse_datetime(text) if text else None
    except ValueError:
        return None
    return None if found is None or timezone.is_naive(found) else found
