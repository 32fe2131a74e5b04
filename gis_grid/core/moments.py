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
