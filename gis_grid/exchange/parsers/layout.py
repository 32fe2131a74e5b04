"""The head of a department's own form: the first rows of its first sheet, with merged cells."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gis_grid.exchange.parsers import Refused, xlsx, zips
from gis_grid.exchange.parsers.table import OLE, ZIP

MAX_FILE_BYTES = 5 * 2**20
MOST_ROWS, MOST_COLUMNS, MOST_MERGES = 15, 60, 400
_RANGE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})\Z")


class _Head(xlsx.Sheet):
    """The sheet, and beside its rows what is merged and how wide its columns are."""

    merges: list[str]
    widths: dict[int, float]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name.endswith("mergeCell") and len(self.merges) < MOST_MERGES:
            self.merges.append(attributes.get("ref", ""))
        elif name.endswith("col"):
            self._width(attributes)
        else:
            super().start(name, attributes)

    def _width(self, attributes: dict[str, str]) -> None:
        try:
            first, last = int(attributes["min"]), int(attributes["max"])
            width = float(attributes["width"])
        except (KeyError, ValueError):
            return
        for number in range(max(first, 1), min(last, MOST_COLUMNS) + 1):
            self.widths[number - 1] = width


def read(path: Path, **options: Any) -> Iterator[dict[str, Any]]:
    """One message `{rows: [[number, texts]], merges: [[row, column, row, column]], widths}`.

    Rows are numbered from 1; merges count both from 0 and lie within the rows that are read.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Refused("too_large", most=MAX_FILE_BYTES // 2**20)
    with path.open("rb") as file:
        head = file.read(8)
    if head == OLE:
        raise Refused("old_excel")
    if not head.startswith(ZIP):
        raise Refused("not_a_workbook")
    with zips.opened(path) as book:
        if "xl/workbook.xml" not in book.namelist():
            raise Refused("not_a_workbook")
        sheets, epoch = xlsx.sheets_of(book)
        name, member = sheets[0]
        with xlsx.Strings(book) as strings:
            sheet = _Head(name, strings, xlsx.date_styles(book), epoch)
            sheet.merges, sheet.widths = [], {}
            rows = [
                [number, texts[:MOST_COLUMNS]]
                for _sheet, number, texts in sheet.read(book, member)
                if number <= MOST_ROWS
            ]
    yield {
        "rows": rows,
        "merges": [found for ref in sheet.merges if (found := _range(ref))],
        "widths": [sheet.widths.get(number, 12) for number in range(MOST_COLUMNS)],
    }


def _range(ref: str) -> list[int] | None:
    found = _RANGE.match(ref)
    if found is None:
        return None
    first_row, last_row = int(found[2]) - 1, int(found[4]) - 1
    first, last = _column(found[1]), _column(found[3])
    if last_row >= MOST_ROWS or last >= MOST_COLUMNS or first > last or first_row > last_row:
        return None
    return [first_row, first, last_row, last]


def _column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
