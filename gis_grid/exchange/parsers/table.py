"""Tables: workbooks (.xlsx) and CSV files, row by row, told apart by their first bytes."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from gis_grid.exchange.parsers import Refused, csv_text, foreign, xlsx

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_FILE_BYTES = 300 * 2**20
BATCH_ROWS = 4000
Row = tuple[str, int, list[str]]


def read(path: Path, **options: Any) -> Iterator[dict[str, Any]]:
    """Messages `{sheet, rows: [numbers], columns: [text, …]}`; each of one sheet.

    The text of a column is that of its cells with NUL between them, as many as rows: by far
    the quickest to read again. Rows without any text are left out; numbers are those that the
    office sees (from 1).
    """
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise Refused("too_large", most=MAX_FILE_BYTES // 2**20)
    foreign.check(path)
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(ZIP):
        yield from batches(xlsx.rows(path), size)
    elif head == OLE:
        raise Refused("password" if _is_encrypted(path) else "old_excel")
    else:
        yield from batches(csv_text.rows(path), size)


def _is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return "EncryptedPackage".encode("utf-16-le") in file.read(2**20)


def batches(rows: Iterator[Row], size: int) -> Iterator[dict[str, Any]]:
    sheet, numbers, cells = "", [], []  # type: ignore[var-annotated]
    for name, number, texts in rows:
        if numbers and (name != sheet or len(numbers) == BATCH_ROWS):
            yield _message(sheet, numbers, cells)
            numbers, cells = [], []
        sheet = name
        numbers.append(number)
        cells.append(texts)
    if numbers:
        yield _message(sheet, numbers, cells)


def _message(sheet: str, numbers: list[int], cells: list[list[str]]) -> dict[str, Any]:
    columns = ["\0".join(column) for column in zip_longest(*cells, fillvalue="")]
    if any(column.count("\0") != len(numbers) - 1 for column in columns):
        raise Refused("not_a_table")
    return {"sheet": sheet, "rows": numbers, "columns": columns}
