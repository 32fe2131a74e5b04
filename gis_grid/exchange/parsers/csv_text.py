"""CSV as offices save it: UTF-8 with or without BOM, UTF-16 with BOM, or GB18030."""

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from gis_grid.exchange.parsers import Refused

MAX_CELL = 40_000
# Where a cell holds a whole shape as WKT.
LONGEST_SHAPE = 8 * 2**20
# How a shape begins. No two runs of blanks beside each other: a long one is read through once.
SHAPE = re.compile(
    r"\s*(?:SRID=\d{1,9};)?"
    r"(?P<wkt>(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*(?:(?:ZM|Z|M)\s*)?(?:EMPTY\b|(?=\()))",
    re.I,
)
MAX_COLUMNS = 200
MAX_ROWS = 2_000_000
CHUNK = 2**20
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def encoding_of(path: Path) -> str:
    """Encoding of the whole file; Refused where it is no text at all."""
    with path.open("rb") as file:
        head = file.read(4)
    for bom, name in BOMS.items():
        if head.startswith(bom):
            return name
    for name in ("utf-8", "gb18030"):
        if _decodes(path, name):
            return name
    raise Refused("not_a_table")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                if b"\0" in chunk:
                    raise Refused("not_a_table")
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def delimiter_of(line: str) -> str:
    """The separator that the first line has most of."""
    return max(",\t;", key=line.count)


def rows(path: Path, longest: int = MAX_CELL) -> Iterator[tuple[str, int, list[str]]]:
    """(sheet "", line number, texts) of every row that is not empty; no cell above `longest`."""
    csv.field_size_limit(longest)
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = delimiter_of(file.readline(MAX_CELL))
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        count = 0
        try:
            for texts in reader:
                if not any(texts):
                    continue
                count += 1
                if len(texts) > MAX_COLUMNS:
                    raise Refused("too_many_columns", row=reader.line_num, most=MAX_COLUMNS)
                if count > MAX_ROWS:
                    raise Refused("too_many_rows", most=MAX_ROWS)
                yield "", reader.line_num, texts
        except csv.Error:
            raise Refused("bad_csv", row=reader.line_num) from None


def shape_column(path: Path) -> int | None:
    """Position of a column of WKT, by the row below the headings; None where there is none."""
    found = rows(path, LONGEST_SHAPE)
    next(found, None)
    _sheet, _number, cells = next(found, ("", 0, []))
    return next((at for at, text in enumerate(cells) if SHAPE.match(text)), None)
