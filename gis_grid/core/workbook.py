"""Excel workbooks that are taken out: written row by row, and no cell is a formula."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from django.http import FileResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from gis_grid.core.texts import tidy

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY = 4 * 1024 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def sheet_of(book: Workbook, name: str, widths: Sequence[int], frozen: int) -> Iterator[Any]:
    """A sheet of a write-only book with its columns' widths and `frozen` rows at its head."""
    sheet = book.create_sheet(name)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = f"A{frozen + 1}"
    try:
        yield sheet
    except BaseException:
        # Rows wait in a temporary file, which would stay on the disk.
        sheet.close()
        sheet._writer.cleanup()
        raise


def bold(sheet: Any, text: str) -> Any:
    """A cell of a heading."""
    cell = WriteOnlyCell(sheet, escaped(text))
    cell.font = Font(bold=True)
    return cell


def escaped(text: str) -> str:
    """The text as a cell that no program takes for a formula, of characters that a cell holds."""
    text = tidy(text)
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def unescaped(text: str) -> str:
    """The text that `escaped` was given, where it wrote this one."""
    is_escaped = text.startswith("'") and text.lstrip("'").startswith(_FORMULA)
    return text[1:] if is_escaped else text


def workbook_answer(name: str, write: Callable[[IO[bytes]], object]) -> FileResponse:
    """What `write` writes as a file to be saved; large ones are kept on disk meanwhile."""
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 the answer closes it
    try:
        write(out)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
