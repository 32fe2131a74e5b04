"""CSV with a column of WKT, as QGIS and GDAL save a layer: read as a map."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import ShapelyError

from gis_grid.exchange.parsers import Refused, csv_text

MAX_BYTES = 20 * 2**20
# What a shape may go on with: no collections, so that nothing nests.
NUMBERS = re.compile(r"[-+0-9.eE,\s()]*\Z")
MOST = 1e9
Record = tuple[dict[str, str], Any]


def records(path: Path, at: int) -> Iterator[Record]:
    """(texts by heading, shape or None) of each row; `at` as `csv_text.shape_column` has it."""
    if path.stat().st_size > MAX_BYTES:
        raise Refused("too_large", most=MAX_BYTES // 2**20)
    rows = csv_text.rows(path, csv_text.LONGEST_SHAPE)
    _sheet, _number, headings = next(rows)
    names = [text.strip() for text in headings]
    for _sheet, number, cells in rows:
        texts = {
            name: text.strip()
            for i, (name, text) in enumerate(zip(names, cells, strict=False))
            if i != at and name
        }
        yield texts, _shape(cells[at] if at < len(cells) else "", number)


def _shape(text: str, row: int) -> Any:
    if not text.strip():
        return None
    found = csv_text.SHAPE.match(text)
    is_plain = found is not None and NUMBERS.match(text, found.end())
    try:
        shape = shapely.from_wkt(text[found.start("wkt") :]) if found and is_plain else None
    except (ShapelyError, ValueError):
        shape = None
    if shape is None:
        raise Refused("wkt_broken", row=row)
    if shape.is_empty:
        return None
    if max(map(abs, shape.bounds)) > MOST:
        raise Refused("json_number", value=str(max(shape.bounds, key=abs))[:40])
    return shapely.force_2d(shape)
