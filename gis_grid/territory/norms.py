"""Numbers that a county lays down for its grids, each with a source and the day it holds from."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Span:
    """From `least` to `most`, both allowed, from the day `since` on."""

    least: int
    most: int
    since: dt.date
    source: str


def households_a_grid(day: dt.date) -> Span:
    """Households that one small grid should have on that day: what a balance is measured by."""
    holding = [span for span in spans(settings.HOUSEHOLDS_A_GRID) if span.since <= day]
    if holding:
        return holding[-1]
    return Span(50, 300, dt.date.min, _("not laid down here; a usual size"))


@cache
def spans(text: str) -> Sequence[Span]:
    """The setting `HOUSEHOLDS_A_GRID`, oldest first. ImproperlyConfigured where it is wrong."""
    if not text:
        return ()
    try:
        found = [_span(row) for row in json.loads(text)]
    except (ValueError, TypeError, KeyError) as error:
        raise ImproperlyConfigured(f"HOUSEHOLDS_A_GRID can't be read: {error!r}") from None
    return tuple(sorted(found, key=lambda span: span.since))


def _span(row: Mapping[str, Any]) -> Span:
    least, most, source = row["least"], row["most"], row["source"]
    if type(least) is not int or type(most) is not int or not 0 < least <= most:
        raise ValueError("least and most are whole numbers, the smaller first")
    if not isinstance(source, str) or not source.strip():
        raise ValueError("each entry needs a source")
    return Span(least, most, dt.date.fromisoformat(row["from"]), source.strip())
