"""Which column of a file is which of ours: guessed by its heading, remembered by the layout."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.exchange.models import ColumnMemory
from gis_grid.exchange.tables import HEADER_ROWS, Form

# Headings of maps that say what no table of ours calls so.
_OF_MAPS = {"name": ("name", "Name", "NAME", "名称")}


@dataclass(frozen=True)
class Sheet:
    """A table of the file: where its headings stand, and what they say."""

    name: str
    header_row: int
    headings: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    count: int
    # Headings that may have been cut, where the format has room for so much.
    full: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Read:
    """How a sheet is to be read: as which table, and our column keys → its positions."""

    sheet: str
    kind: str
    header_row: int
    positions: Mapping[str, int]
    datum: str = field(default="")

    def as_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "kind": self.kind,
            "header_row": self.header_row,
            "positions": dict(self.positions),
        }


def sheet_of(name: str, rows: Sequence[Any], count: int, forms: Iterable[Form]) -> Sheet:
    """The sheet, its headings found: by those of our tables, else the first row with two cells."""
    head = [(int(number), [str(cell) for cell in cells]) for number, cells in rows[:HEADER_ROWS]]
    known = list(forms)

    def worth(index: int) -> tuple[int, int, int]:
        cells = head[index][1]
        matched = max((len(form.match(cells)) for form in known), default=0)
        return matched, int(sum(map(bool, cells)) > 1), -index

    best = max(range(len(head)), key=worth, default=0)
    number, cells = head[best] if head else (1, [])
    below = tuple(tuple(map(str, cells)) for n, cells in rows if int(n) > number)
    return Sheet(name, number, tuple(cells), below, max(0, count - best - 1))


def digest_of(form: Form, headings: Sequence[str]) -> str:
    """A layout's name: the table that it was read as and its headings, in their order."""
    text = "\0".join([form.kind, *headings])
    return hashlib.sha256(text.encode()).hexdigest()


def guessed(form: Form, sheet: Sheet, county: str) -> tuple[dict[str, int], str]:
    """Column keys → positions, and the datum: as the county read this layout the last time,
    else by the headings.
    """
    known = ColumnMemory.objects.filter(
        county=county, digest=digest_of(form, sheet.headings)
    ).first()
    if known is not None:
        return {
            key: int(at) for key, at in known.columns.items() if key in form.columns
        }, known.datum
    found = {key: at for at, key in reversed(form.match(sheet.headings, sheet.full))}
    for key, names in _OF_MAPS.items():
        if key in form.columns and key not in found:
            at = next((i for i, text in enumerate(sheet.headings) if text in names), None)
            if at is not None and at not in found.values():
                found[key] = at
    return found, ""


def fits(form: Form, sheet: Sheet) -> int:
    """How well a sheet fits a table: 0 where a needed column has no heading."""
    keys = {key for _, key in form.match(sheet.headings, sheet.full)}
    is_whole = all(key in keys for key in form.required)
    return len(keys) + 100 * (sheet.name in form.sheets) if is_whole else 0


def knows(form: Form, sheet: Sheet, county: str) -> bool:
    """Whether the county has read this layout as this table before."""
    return ColumnMemory.objects.filter(
        county=county, digest=digest_of(form, sheet.headings)
    ).exists()


def remember(county: str, form: Form, headings: Sequence[str], read: Read) -> None:
    """Keep how the layout was read, for the next file of the kind."""
    ColumnMemory.objects.update_or_create(
        county=county,
        digest=digest_of(form, headings),
        defaults={
            "columns": dict(read.positions),
            "datum": read.datum,
            "used_at": timezone.now(),
        },
    )


def county_of(user: User) -> str:
    """The county whose people share layouts: that of the person's area."""
    return (user.scope(Permission.MAP_VIEW).common_area() or "")[:6]
