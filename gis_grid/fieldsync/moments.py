"""Times that a tablet tells. Its clock may be wrong by days or decades: it orders nothing."""

import datetime as dt

from django.utils import timezone
from django.utils.dateparse import parse_datetime

# A tablet comes home within this time; what is said to be older or to come is not believed.
OLDEST = dt.timedelta(days=30)
AHEAD = dt.timedelta(minutes=2)


def moment_of(text: str | None) -> dt.datetime | None:
    """The time that was told, None where it can't be believed: then it is when it arrived."""
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None or timezone.is_naive(found):
        return None
    now = timezone.now()
    return found if now - OLDEST <= found <= now + AHEAD else None
