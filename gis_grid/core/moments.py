"""Moments that a person writes: a day, or a day with a time."""

import datetime as dt

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from gis_grid.core.errors import InputError


def moment_of(text: str, *, where: str = "at") -> dt.datetime | None:
    """The moment that `text` names; None for now and for everything later.

    A day (`2026-05-01`) stands for its end, so that it shows what was published on it; a
    time without a zone is a time in Asia/Shanghai. InputError for anything else.
    """
    try:
        moment = _parse(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise InputError(
            _("%(text)s is no date. Write it like 2026-05-01 or 2026-05-01T08:30.")
            % {"text": text[:40]},
            where=where,
        )
    return None if moment >= timezone.now() else moment


def _parse(text: str) -> dt.datetime | None:
    day = parse_date(text) if len(text) <= 10 else None
    if day is not None:
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
        # Versions are [from, to): the last instant of the day is still the day's.
        return timezone.make_aware(midnight) - dt.timedelta(microseconds=1)
    moment = parse_datetime(text)
    if moment is not None and timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    return moment


# So long may a device have been away before it tells what was done meanwhile.
LONGEST_AWAY = dt.timedelta(days=90)


def done_at(at: dt.datetime | None, *, where: str = "at") -> dt.datetime:
    """When something was done, by the clock of a device that tells it later; None for now.

    A clock that goes ahead is put right: what is told is done. InputError for what lies too
    long ago to be more than a wrong clock.
    """
    now = timezone.now()
    if at is None:
        return now
    if timezone.is_naive(at):
        at = timezone.make_aware(at)
    if at < now - LONGEST_AWAY:
        raise InputError(
            _("This was more than %(days)d days ago: put the clock of the device right.")
            % {"days": LONGEST_AWAY.days},
            where=where,
        )
    return min(at, now)
