"""What a file holds, without reading all of it: its tables or layers, columns and a few rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gis_grid.exchange.parsers import Refused, csv_text, foreign, table, xlsx, zips

SQLITE, SHP = b"SQLite format 3\0", b"\0\0\x27\x0a"
# Columns that hold the places of a map's features when it is read as a table.
MAP_LON, MAP_LAT = "经度", "纬度"
SAMPLE = 400
# Beyond that many rows the number is not worth the wait.
COUNTED = 20_000


def read(path: Path) -> Iterator[dict[str, Any]]:
    """One message: `{format, encoding, hints, sheets}` or `{format, …, layers}`."""
    foreign.check(path)
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(table.OLE):
        yield from table.read(path)
    if head.startswith(table.ZIP) and _is_workbook(path):
        yield _tables("xlsx", "", xlsx.rows(path))
        return
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") and _is_map(_plain(head)):
        raise Refused("map_utf16")
    if head.lstrip()[:1] == b"<" and (b"<!DOCTYPE" in head or b"<!ENTITY" in head):
        raise Refused("xml_hostile")
    if head.startswith((SQLITE, table.ZIP, SHP)) or _is_map(head) or _has_shapes(path):
        # The libraries of maps are slow to come; most files need none of them.
        from gis_grid.exchange.parsers.survey_maps import map_of

        yield map_of(path)
    else:
        yield _tables("csv", csv_text.encoding_of(path), csv_text.rows(path))


def _plain(head: bytes) -> bytes:
    return head[: len(head) // 2 * 2].decode("utf-16", "ignore").encode()


def _is_workbook(path: Path) -> bool:
    with zips.opened(path) as book:
        return "xl/workbook.xml" in book.namelist()


def _is_map(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"<")


def _has_shapes(path: Path) -> bool:
    """Whether a text is a table with a column of shapes."""
    if path.stat().st_size > table.MAX_FILE_BYTES:
        raise Refused("too_large", most=table.MAX_FILE_BYTES // 2**20)
    return csv_text.shape_column(path) is not None


def _tables(kind: str, encoding: str, rows: Iterator[table.Row]) -> dict[str, Any]:
    sheets: dict[str, dict[str, Any]] = {}
    for name, number, texts in rows:
        sheet = sheets.setdefault(name, {"name": name, "count": 0, "rows": [], "more": False})
        sheet["count"] += 1
        if sheet["count"] <= SAMPLE:
            sheet["rows"].append([number, texts])
        if sheet["count"] >= COUNTED:
            # What follows on other sheets is found when the file is read as a whole.
            sheet["more"] = True
            break
    if not sheets:
        raise Refused("not_a_table")
    return {"format": kind, "encoding": encoding, "hints": [], "sheets": list(sheets.values())}
