"""What is taken out, with the mark that every file carries: who, when, what for."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.exchange.out.rows import Chunk
from gis_grid.households.models import Tag
from gis_grid.territory.datasets import Column, Dataset


@dataclass(frozen=True)
class Stamp:
    """Who took the file out, when and what for."""

    who: str
    login: str
    at: dt.datetime
    purpose: str

    def line(self, title: str) -> str:
        """The mark as a line above a table."""
        when = timezone.localtime(self.at).strftime("%Y-%m-%d %H:%M")
        line = _("%(title)s · taken out by %(who)s on %(when)s for: %(purpose)s") % {
            "title": title,
            "who": self.who,
            "when": when,
            "purpose": self.purpose,
        }
        # The mark is Chinese in every language: whoever holds the print must see it.
        return f"演示数据 · {line}" if settings.DEMO else line

    def fields(self) -> dict[str, str]:
        """The mark as properties."""
        said = {
            "taken_out_by": f"{self.who} ({self.login})",
            "taken_out_at": self.at.isoformat(timespec="seconds"),
            "purpose": self.purpose,
        }
        return said | ({"demo": "演示数据"} if settings.DEMO else {})


@dataclass(frozen=True)
class Cargo:
    """Rows on their way into a file. `chunks` can be walked once."""

    dataset: Dataset
    columns: Sequence[Column]
    chunks: Iterator[Chunk]
    stamp: Stamp
    # Headings in the place of the columns' own, where a layout says others.
    headings: dict[str, str] = field(default_factory=dict)
    # Kinds of households that the person may see.
    legend: Sequence[Tag] = ()

    @property
    def title(self) -> str:
        return str(self.dataset.title)

    def heading(self, column: Column) -> str:
        return self.headings.get(column.name) or str(column.label)


def said(column: Column, value: Any) -> Any:
    """A value as a person reads it: words for codes, times of Asia/Shanghai."""
    if value is None:
        return ""
    if column.words:
        return str(column.words.get(value, value))
    if column.kind == "flag":
        return _("yes") if value else _("no")
    if column.kind == "moment":
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if column.kind == "date":
        return value.isoformat()
    return value


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value
