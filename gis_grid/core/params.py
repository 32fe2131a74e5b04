"""Parameters of addresses as typed values: one reading of each for pages, tiles and API."""

import datetime as dt
import re

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.core.errors import InputError

BBox = tuple[float, float, float, float]
DATE_FORM = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def read_moment(text: str | None, *, where: str = "at") -> dt.datetime | None:
    """The moment that `at=` names; None (now) for nothing.

    A date means the state at the end of that day in the server's time zone; a date-time
    needs its zone (`Z`, `+08:00`). Today means now. InputError for anything else and
    for the future.
    """
    if not text:
        return None
    now = timezone.now()
    # A plus sign that was not escaped in an address arrives as a blank.
    text = text.strip().replace(" ", "+")
    try:
        if DATE_FORM.match(text):
            day = dt.date.fromisoformat(text)
            if day == timezone.localdate(now):
                return None
            end = dt.datetime.combine(day, dt.time.max)
            moment = timezone.make_aware(end)
        else:
            moment = dt.datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise ValueError("no zone")
    except (ValueError, OverflowError) as error:
        raise InputError(
            _(
                "%(text)s is no date or time. Write a date such as 2026-05-01, or a time with its"
                " zone such as 2026-05-01T18:30:00+08:00."
            )
            % {"text": text[:40]},
            where=where,
        ) from error
    if moment > now:
        raise InputError(
            _("%(text)s lies in the future. Ask for a past day, or leave it out for today.")
            % {"text": text[:40]},
            where=where,
        )
    return moment


def read_bbox(text: str | None, *, where: str = "bbox") -> BBox | None:
    """West, south, east, north in degrees; None for nothing. InputError says what is wrong."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(
            _(
                "A frame is four numbers with commas between: west, south, east, north in"
                " degrees, such as 112.37,25.56,112.47,25.64."
            ),
            where=where,
        ) from error
    longitudes_ok = all(-180 <= degrees <= 180 for degrees in (west, east))
    if not longitudes_ok or not all(-90 <= degrees <= 90 for degrees in (south, north)):
        raise InputError(
            _("The frame leaves the earth: degrees are -180…180 and -90…90, longitude first."),
            where=where,
        )
    if west > east or south > north:
        raise InputError(
            _("The frame is turned round: write west, south, east, north in this order."),
            where=where,
        )
    return west, south, east, north
