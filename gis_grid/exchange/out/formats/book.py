"""xlsx: as a table of its own, or in a department's form."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import shapely
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from gis_grid.core.workbook import bold, escaped, sheet_of
from gis_grid.exchange.models import Layout
from gis_grid.exchange.out.cargo import Cargo, said
from gis_grid.exchange.out.rows import Chunk

SERIAL = "#"
MOST_ROWS = 1_000_000
_WIDTH = 18
_THIN = Side(style="thin")
_EDGE = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def write_xlsx(cargos: Sequence[Cargo], path: Path) -> int:
    """A sheet a dataset: the mark, the header, the rows."""
    book = _begun(cargos[0])
    count = sum(_plain(book, cargo) for cargo in cargos)
    book.save(path)
    return count


def write_formed(cargo: Cargo, path: Path, layout: Layout) -> int:
    """The rows in a department's form; the mark below them."""
    book = _begun(cargo)
    count = _formed(book, cargo, layout)
    book.save(path)
    return count


def _begun(cargo: Cargo) -> Workbook:
    book = Workbook(write_only=True)
    book.properties.creator = cargo.stamp.who
    book.properties.description = cargo.stamp.line(cargo.title)
    return book


def _plain(book: Workbook, cargo: Cargo) -> int:
    is_point = cargo.dataset.shape == "Point"
    headings = [cargo.heading(column) for column in cargo.columns]
    headings += [_("Longitude"), _("Latitude")] if is_point else []
    count = 0
    with sheet_of(book, cargo.title[:31], [_WIDTH] * len(headings), 2) as sheet:
        sheet.append([bold(sheet, cargo.stamp.line(cargo.title))])
        sheet.append([bold(sheet, heading) for heading in headings])
        for chunk in cargo.chunks:
            for row, place in zip(_shown(cargo, chunk), _places(chunk, is_point), strict=True):
                sheet.append([*row, *place])
            count += len(chunk.keys)
        last = get_column_letter(max(len(headings), 1))
        sheet.auto_filter.ref = f"A2:{last}{count + 2}"
    return count


def _places(chunk: Chunk, is_point: bool) -> Iterator[tuple[Any, ...]]:
    if not is_point:
        yield from [()] * len(chunk.keys)
        return
    points = shapely.from_wkb(chunk.places)
    for x, y in zip(shapely.get_x(points).tolist(), shapely.get_y(points).tolist(), strict=True):
        yield ("", "") if x != x else (x, y)


def _shown(cargo: Cargo, chunk: Chunk) -> Iterator[list[Any]]:
    for row in chunk.rows():
        yield [_cell(said(c, value)) for c, value in zip(cargo.columns, row, strict=True)]


def _cell(value: Any) -> Any:
    return escaped(value) if isinstance(value, str) else value


def _formed(book: Workbook, cargo: Cargo, layout: Layout) -> int:
    """The header as the department has it, the rows in its columns."""
    at = {column.name: number for number, column in enumerate(cargo.columns)}
    count = 0
    widths = [min(max(int(width), 2), 80) for width in layout.widths]
    with sheet_of(book, _sheet_name(layout.name), widths, len(layout.header)) as sheet:
        for first_row, first, last_row, last in layout.merges:
            sheet.merged_cells.add(
                f"{get_column_letter(first + 1)}{first_row + 1}:"
                f"{get_column_letter(last + 1)}{last_row + 1}"
            )
        for texts in layout.header:
            sheet.append([_heading(sheet, _filled(text, cargo)) for text in texts])
        for chunk in cargo.chunks:
            for row in _shown(cargo, chunk):
                count += 1
                sheet.append(
                    [
                        count if name == SERIAL else row[at[name]] if name in at else None
                        for name in layout.columns
                    ]
                )
        sheet.append([])
        sheet.append([escaped(cargo.stamp.line(cargo.title))])
    return count


def _sheet_name(name: str) -> str:
    return "".join(" " if char in r"[]:*?/\\" else char for char in name)[:31] or "1"


def _filled(text: str, cargo: Cargo) -> str:
    """A header's text with the day and the person where it asks for them."""
    day = timezone.localdate(cargo.stamp.at)
    for word, value in (
        ("{date}", day.isoformat()),
        ("{year}", str(day.year)),
        ("{month}", str(day.month)),
        ("{who}", cargo.stamp.who),
    ):
        text = text.replace(word, value)
    return text


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, escaped(text) if text else None)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = _EDGE
    return cell


def needed_columns(layout: Layout) -> Sequence[str]:
    """Columns of the dataset that the form shows, each once."""
    return list(dict.fromkeys(name for name in layout.columns if name and name != SERIAL))
