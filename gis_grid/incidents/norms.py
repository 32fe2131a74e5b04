"""Numbers that a county lays down for incidents, each with a source and the day it holds from."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

USUAL = _("not laid down here; usual numbers")


@dataclass(frozen=True)
class Norms:
    """What holds from `since` on.

    `border_m`: how near a border both sides are told. `duplicate_m`, `duplicate_days`: how near
    in place and time another of the same category is offered for merging. `remind_days`:
    working days before a deadline at which its holder is reminded. `escalate_days`: working
    days after it at which the town's leaders are told. `least_count`: counts below it are not
    shown to those out of scope. `board_days`: how long what is closed stays on the board.
    """

    border_m: int = 15
    duplicate_m: int = 100
    duplicate_days: int = 7
    remind_days: int = 1
    escalate_days: int = 2
    least_count: int = 5
    board_days: int = 30
    since: dt.date = dt.date.min
    source: StrOrPromise = USUAL


_NUMBERS = tuple(field.name for field in fields(Norms) if field.type is int)


def norms_on(day: dt.date) -> Norms:
    """The numbers that hold on `day`."""
    holding = [norms for norms in _laid_down(settings.INCIDENT_NORMS) if norms.since <= day]
    return holding[-1] if holding else Norms()


@cache
def _laid_down(text: str) -> tuple[Norms, ...]:
    """The setting `INCIDENT_NORMS`, oldest first; each row changes what held before it."""
    if not text:
        return ()
    try:
        rows = sorted(json.loads(text), key=lambda row: str(row["from"]))
        found = [Norms()]
        for row in rows:
            found.append(_changed(found[-1], row))
    except (ValueError, TypeError, KeyError) as error:
        raise ImproperlyConfigured(f"INCIDENT_NORMS can't be read: {error!r}") from None
    return tuple(found[1:])


def _changed(before: Norms, row: Mapping[str, Any]) -> Norms:
    numbers = {name: value for name, value in row.items() if name not in ("from", "source")}
    for name, value in numbers.items():
        if name not in _NUMBERS:
            raise ValueError(f"{name} is none of {', '.join(_NUMBERS)}")
        if type(value) is not int or not 0 <= value <= 10_000:
            raise ValueError(f"{name} is a whole number from 0 to 10000")
    source = row["source"]
    if not isinstance(source, str) or not source.strip():
        raise ValueError("each entry needs a source")
    since = dt.date.fromisoformat(row["from"])
    return replace(before, since=since, source=source.strip(), **numbers)
