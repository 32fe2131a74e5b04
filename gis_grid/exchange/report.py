"""What is wrong with a file, for the person who has to mend it: table, workbook, map."""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from gis_grid.core.errors import InputError
from gis_grid.core.problems import Counts, Problem, ProblemLog
from gis_grid.duties.services.load import TEXTS as DUTY_TEXTS
from gis_grid.exchange import sandbox
from gis_grid.exchange.boundaries import TEXTS as BOUNDARY_TEXTS
from gis_grid.exchange.boundaries import BoundaryReport
from gis_grid.exchange.forms import OF_KIND
from gis_grid.exchange.tables import OUR_OWN, Reading, columns_of
from gis_grid.facilities.services.load import TEXTS as FACILITY_TEXTS
from gis_grid.households.services.load.texts import TEXTS as HOUSEHOLD_TEXTS
from gis_grid.incidents.services.load_texts import TEXTS as INCIDENT_TEXTS
from gis_grid.territory.services.regions import TEXTS as REGION_TEXTS

TEXTS = {
    **REGION_TEXTS,
    **BOUNDARY_TEXTS,
    **HOUSEHOLD_TEXTS,
    **DUTY_TEXTS,
    **FACILITY_TEXTS,
    **INCIDENT_TEXTS,
}
SHOWN = 50
WHAT, MEND = OUR_OWN
FAULTY = PatternFill("solid", fgColor="FFC7CE")
HEADING = Font(bold=True)
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def what(problem: Problem) -> str:
    return str(TEXTS[problem.code][0]) % problem.params


def mend(problem: Problem) -> str:
    return str(TEXTS[problem.code][1]) % problem.params


def counted(kind: str, counts: Counts) -> str:
    """What became of the rows of a table."""
    return _("%(table)s: %(new)d new, %(changed)d changed, %(unchanged)d as before") % {
        "table": OF_KIND[kind].sheets[0],
        **vars(counts),
    }


def table(problems: Sequence[Problem], sheets: dict[str, str]) -> str:
    """The problems as aligned columns: sheet, row, column, what, how to mend."""
    rows = []
    for each in problems:
        title = OF_KIND[each.kind].title(each.column) if each.column else ""
        rows.append((sheets.get(each.kind, ""), str(each.row), title, what(each), mend(each)))
    return aligned(rows)


def aligned(problems: Iterable[Sequence[str]]) -> str:
    """Texts for sheet, row, column, what and how to mend, below their headings."""
    rows = [(_("sheet"), _("row"), _("column"), _("what"), _("how to mend")), *problems]
    widths = [max(_width(row[i]) for row in rows) for i in range(3)]
    return "\n".join(
        "  ".join([*(_padded(cell, widths[i]) for i, cell in enumerate(row[:3])), *row[3:]])
        for row in rows
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def check_target(path: Path, suffixes: Sequence[str]) -> None:
    """Refuse a report's name before the work is done, not after."""
    if path.suffix.lower() not in suffixes:
        raise InputError(
            _("The report %(name)s can't be written: its name must end in %(suffixes)s.")
            % {"name": path.name, "suffixes": ", ".join(suffixes)}
        )
    if not path.parent.is_dir():
        raise InputError(_("There is no folder %(folder)s.") % {"folder": path.parent})


def write_workbook(
    target: Path,
    source: Path,
    reading: Reading,
    log: ProblemLog,
    *,
    only_bad: bool,
    messages: Iterable[dict[str, Any]] | None = None,
) -> None:
    """The rows of `source` with what is wrong beside them, to be mended and loaded again.

    `only_bad`: the others have been loaded. Memory does not grow with the file. `messages` are
    its rows where it is no table by itself.
    """
    book = Workbook(write_only=True)
    kinds = {sheet: kind for kind, sheet in reading.sheets.items()}
    sheets: dict[str, Any] = {}
    if messages is None:
        messages = sandbox.parse("table", source, {}, sandbox.TABLES)
    for message in messages:
        kind = kinds.get(message["sheet"])
        if kind is None:
            continue
        header_row, positions = reading.headers[kind]
        if kind not in sheets:
            sheets[kind] = book.create_sheet(message["sheet"] or OF_KIND[kind].sheets[0])
            _set_widths(sheets[kind], positions)
        faults: dict[int, list[Problem]] = {}
        for each in log.of_rows(kind, message["rows"][0], message["rows"][-1]):
            faults.setdefault(each.row, []).append(each)
        width = max(positions.values()) + 1
        for number, *cells in zip(message["rows"], *columns_of(message), strict=True):
            found = faults.get(number, [])
            if number >= header_row and (number == header_row or found or not only_bad):
                extra = [WHAT, MEND] if number == header_row else _comments(found)
                _append(sheets[kind], cells, width, extra, positions, found)
    book.save(target)


def _set_widths(sheet: Any, positions: dict[str, int]) -> None:
    sheet.freeze_panes = "A2"
    last = max(positions.values()) + 1
    for position in range(1, last + 1):
        sheet.column_dimensions[get_column_letter(position)].width = 18
    for position in (last + 1, last + 2):
        sheet.column_dimensions[get_column_letter(position)].width = 50


def _comments(found: Sequence[Problem]) -> list[str]:
    return ["\n".join(f(each) for each in found) for f in (_where_and_what, mend)]


def _where_and_what(problem: Problem) -> str:
    """With the row and the column of the file: those of the workbook may be others."""
    values = {"row": problem.row, "column": _title(problem), "what": what(problem)}
    if not problem.column:
        return _("Row %(row)d: %(what)s") % values
    return _("Row %(row)d, %(column)s: %(what)s") % values


def _title(problem: Problem) -> str:
    return OF_KIND[problem.kind].title(problem.column)


def _append(
    sheet: Any,
    cells: Sequence[str],
    width: int,
    extra: Sequence[str],
    positions: dict[str, int],
    found: Sequence[Problem],
) -> None:
    faulty = {positions[each.column] for each in found if each.column in positions}
    texts = [*cells[:width], *[""] * (width - len(cells)), *extra]
    row = []
    for i, text in enumerate(texts):
        cell = _text_cell(sheet, text)
        if i in faulty:
            cell.fill = FAULTY
        if extra[0] == WHAT:
            cell.font = HEADING
        elif i >= width:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        row.append(cell)
    sheet.append(row)


def _text_cell(sheet: Any, text: str) -> Any:
    """A cell that stays text: nothing that begins like a formula ever becomes one."""
    clean = "".join(char for char in text[:32_000] if char >= " " or char in "\n\t")
    cell = WriteOnlyCell(sheet, value=clean)
    cell.data_type = "s"
    cell.number_format = "@"
    if clean.startswith(FORMULA_MARKS):
        cell.quotePrefix = True
    return cell


def write_places(target: Path, report: BoundaryReport) -> None:
    """The offending land of each issue as GeoJSON (RFC 7946), to be opened in QGIS."""
    features: Iterable[dict[str, Any]] = [
        {
            "type": "Feature",
            "geometry": None if issue.place is None else shapely.geometry.mapping(issue.place),
            "properties": {
                "code": issue.code,
                "grids": "、".join(issue.grids),
                "names": "、".join(report.names.get(code, "") for code in issue.grids),
                "area_m2": round(issue.params["area_m2"], 2) if "area_m2" in issue.params else None,
                "what": text,
            },
        }
        for issue, text in zip(report.issues, report.sentences(), strict=True)
    ]
    content = {"type": "FeatureCollection", "features": features}
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1))
