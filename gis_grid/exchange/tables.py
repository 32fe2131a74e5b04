"""From a file's rows to the columns that a service knows: finds sheets, headers and aliases."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gis_grid.core.problems import Batch
from gis_grid.core.workbook import unescaped
from gis_grid.exchange import sandbox
from gis_grid.exchange.refusals import refusal

HEADER_ROWS = 10
# Columns of our own error reports: in a file that comes back they are no news.
OUR_OWN = ("问题", "改法")
NOISE = re.compile(r"[\s*＊:：]|[（(].*?[)）]")


@dataclass(frozen=True)
class Form:
    """A table that a file may hold: names of its sheet, and of each column, its own name first."""

    kind: str
    sheets: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]

    def title(self, key: str) -> str:
        """What a person calls the column."""
        return self.columns[key][0] if key in self.columns else key

    def needed(self) -> str:
        return "、".join(self.title(key) for key in self.required)

    def match(self, cells: Sequence[str], full: Container[str] = ()) -> list[tuple[int, str]]:
        """(position, column key) of the cells that name a column of this table.

        Cells of `full` fill all the room that there was, and may be the beginning of a name.
        """
        names = {_plain(name): key for key, names in self.columns.items() for name in names}
        found = [names.get(_plain(cell)) for cell in cells]
        for i, cell in enumerate(cells):
            if found[i] is None and cell in full:
                begun = {key for name, key in names.items() if name.startswith(_plain(cell))}
                found[i] = begun.pop() if len(begun) == 1 and not begun & set(found) else None
        return [(i, key) for i, key in enumerate(found) if key]


def _plain(name: str) -> str:
    return NOISE.sub("", name).lower()


@dataclass
class Reading:
    """What was found in a file beside its rows."""

    ignored_sheets: list[str] = field(default_factory=list)
    # sheet → headings that no column of ours has
    ignored_columns: dict[str, list[str]] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    # kind → (row of the header, key → position)
    headers: dict[str, tuple[int, dict[str, int]]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Found:
    form: Form
    positions: Mapping[str, int]


def read_tables(path: Path, forms: Sequence[Form], reading: Reading) -> Iterator[Batch]:
    """The tables that `forms` describe, in the file's order; `reading` tells the rest.

    The first form must be there. InputError where it is not, or lacks a needed column.
    """
    sheet: str | None = None
    found: _Found | None = None
    for message in sandbox.parse("table", path, {}, sandbox.TABLES):
        name: str = message["sheet"]
        numbers, columns = message["rows"], columns_of(message)
        if name != sheet:
            # A batch holds more rows than a header is looked for in.
            sheet = name
            found, read = _header(name, _first_rows(numbers, columns), forms, reading)
            numbers, columns = numbers[read:], [column[read:] for column in columns]
        if found is None:
            continue
        if numbers:
            reading.rows[found.form.kind] = reading.rows.get(found.form.kind, 0) + len(numbers)
            yield _batch(found, name, numbers, columns)
    if forms[0].kind not in reading.sheets:
        raise refusal(
            "no_sheet",
            wanted=forms[0].sheets[0],
            needed=forms[0].needed(),
            found="、".join(reading.ignored_sheets) or "—",
        )


def columns_of(message: Mapping[str, Any]) -> list[list[str]]:
    """The columns of one message of the parser `table`, each with a text for every row."""
    return [
        [unescaped(cell) for cell in text.split("\0")] if "'" in text else text.split("\0")
        for text in message["columns"]
    ]


def _first_rows(
    numbers: Sequence[int], columns: Sequence[Sequence[str]]
) -> list[tuple[int, list[str]]]:
    """(number, texts) of the rows that a header is looked for in, without empty ends."""
    rows = []
    for number, *cells in zip(numbers[:HEADER_ROWS], *columns, strict=False):
        while not cells[-1]:
            cells.pop()
        rows.append((number, cells))
    return rows


def _refuse_headless(
    sheet: str, rows: Sequence[tuple[int, list[str]]], forms: Sequence[Form], reading: Reading
) -> None:
    """A sheet that bears the name of a table, but has no header of it, is a mistake."""
    for form in forms:
        if (not sheet or sheet in form.sheets) and form.kind not in reading.sheets:
            widest = max((cells for _, cells in rows), key=lambda c: sum(map(bool, c)))
            # A text (it has no sheets) that begins without columns may be anything.
            is_table = bool(sheet) or len(rows[0][1]) > 1
            quoted = "、".join(cell for cell in widest if cell) if is_table else ""
            raise refusal(
                "no_header",
                sheet=sheet,
                needed=form.needed(),
                found=quoted[:200] or "—",
            )


def _header(
    sheet: str,
    rows: Sequence[tuple[int, list[str]]],
    forms: Sequence[Form],
    reading: Reading,
) -> tuple[_Found | None, int]:
    """What the rows are the beginning of, and how many of them are read with that."""
    open_forms = [form for form in forms if form.kind not in reading.sheets]
    open_forms.sort(key=lambda form: sheet not in form.sheets)
    for index, (number, cells) in enumerate(rows):
        for form in open_forms:
            matched = form.match(cells)
            keys = [key for _, key in matched]
            if not all(key in keys for key in form.required):
                continue
            _refuse_twice(sheet, cells, matched)
            reading.sheets[form.kind] = sheet
            reading.headers[form.kind] = (number, {key: i for i, key in matched})
            known = {i for i, _ in matched}
            known_names = {_plain(name) for name in OUR_OWN}
            extra = [
                cell
                for i, cell in enumerate(cells)
                if cell and i not in known and _plain(cell) not in known_names
            ]
            if extra:
                reading.ignored_columns[sheet] = [cell[:40] for cell in extra]
            return _Found(form, {key: i for i, key in matched}), index + 1
    _refuse_headless(sheet, rows, forms, reading)
    reading.ignored_sheets.append(sheet)
    return None, 0


def _refuse_twice(sheet: str, cells: Sequence[str], matched: Sequence[tuple[int, str]]) -> None:
    seen: dict[str, int] = {}
    for position, key in matched:
        if key in seen:
            raise refusal(
                "column_twice", sheet=sheet, first=cells[seen[key]], second=cells[position]
            )
        seen[key] = position


def _batch(
    found: _Found, sheet: str, numbers: list[int], columns: Sequence[Sequence[str]]
) -> Batch:
    # As many columns as the longest row has: an empty one may be missing.
    known = {key: columns[i] for key, i in found.positions.items() if i < len(columns)}
    return Batch(found.form.kind, sheet, numbers, known)
