"""Boundaries out of a file of maps, into `publish_villages`."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from gis_grid.accounts.acting import ActingUser
from gis_grid.core.codes import GRID_CODE
from gis_grid.core.problems import Problem
from gis_grid.core.words import fits_a_name
from gis_grid.exchange import sandbox
from gis_grid.exchange.forms import GRIDS
from gis_grid.exchange.refusals import refusal
from gis_grid.exchange.tables import Form
from gis_grid.territory import coverage
from gis_grid.territory.services.publish import (
    CoverageError,
    NewCell,
    Publication,
    cell_issues,
    publish_villages,
)
from gis_grid.territory.services.sentences import sentence

KINDS = {
    "": "small",
    "small": "small",
    "网格": "small",
    "小网格": "small",
    "void": "void",
    "无人区": "void",
    "空白": "void",
    "水库林地": "void",
    "enclave": "enclave",
    "飞地": "enclave",
}
NAME_LENGTH = 60
# Column, code of the text, its parameters.
Fault = tuple[str, str, dict[str, Any]]
SCIENTIFIC = re.compile(r"\d(\.\d+)?e\+?\d+\Z", re.I)

TEXTS: dict[str, tuple[StrPromise, StrPromise]] = {
    "grid_code_form": (
        _("“%(value)s” is no grid code: it has 15 digits, the village's 12 and 3 more"),
        _("Correct the code in the attribute table."),
    ),
    "grid_code_number": (
        _("the code column holds numbers, which lose digits (%(value)s)"),
        _("Make a text column of it in QGIS, and fill in the codes again."),
    ),
    "grid_village": (
        _("the village code %(value)s is not that of the grid code %(code)s"),
        _("Correct one of the two: the grid's code begins with its village's."),
    ),
    "grid_twice": (
        _("the same code stands in feature %(other)s"),
        _("Give each grid a code of its own, or join the parts into one multipolygon."),
    ),
    "grid_name": (
        _("the name is missing or longer than %(most)d characters"),
        _("Correct the name in the attribute table."),
    ),
    "grid_name_unfit": (
        _("the name holds <, > or an invisible character, or begins with =, + or @"),
        _("Write the name as it is spoken."),
    ),
    "grid_kind": (
        _("“%(value)s” is no kind of grid"),
        _("Write small, void or enclave (网格, 无人区, 飞地)."),
    ),
    "grid_no_shape": (_("the feature has no shape"), _("Draw it, or delete the row.")),
}


@dataclass
class BoundaryReport:
    """What came of a file of boundaries: `publication` where it fits, else what is wrong."""

    layer: str = ""
    crs: str = ""
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    issues: list[coverage.Issue] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    publication: Publication | None = None

    def sentences(self) -> list[str]:
        """One sentence an issue: which grids, how much land, where, and what to do."""
        return [sentence(issue, names=self.names) for issue in self.issues]


def import_boundaries(
    *,
    acting_user: ActingUser,
    path: Path,
    layer: str | None = None,
    crs: str | None = None,
    since: dt.datetime | None = None,
    accept_outline: bool = False,
    dry_run: bool = False,
) -> BoundaryReport:
    """Publish the grids of a file; each village that it names is replaced whole.

    Raises InputError where the file can't be read, MissingError/NotAllowedError out of
    scope; faults of features and of the coverage stand in the report, nothing is written then.
    """
    report = BoundaryReport()
    cells = list(_cells(path, layer, crs, report))
    report.names = {cell.code: cell.name for cell in cells}
    if report.problems:
        report.issues = cell_issues(cells)
        return report
    try:
        report.publication = publish_villages(
            acting_user=acting_user,
            cells=cells,
            since=since,
            accept_outline=accept_outline,
            dry_run=dry_run,
        )
    except CoverageError as error:
        report.issues = list(error.issues)
    return report


def _cells(
    path: Path, layer: str | None, crs: str | None, report: BoundaryReport
) -> Iterator[NewCell]:
    seen: dict[str, int] = {}
    for row, texts, shape in features(path, GRIDS, layer, crs, report):
        code, name = texts.get("code", ""), texts.get("name", "")
        kind = KINDS.get(texts.get("kind", "").lower())
        faults: list[Fault] = []
        if not GRID_CODE.match(code):
            cut = "grid_code_number" if SCIENTIFIC.match(code) else "grid_code_form"
            faults.append(("code", cut, {"value": code[:40]}))
        elif code in seen:
            faults.append(("code", "grid_twice", {"other": seen[code]}))
        village = texts.get("village", "")
        if village and village != code[:12]:
            faults.append(("village", "grid_village", {"value": village[:20], "code": code[:15]}))
        faults += word_faults(texts, shape)
        seen.setdefault(code, row)
        report.problems += [Problem("grid", row, *fault) for fault in faults]
        if not faults and kind is not None:
            yield NewCell(code, name, kind, shape)


def word_faults(texts: Mapping[str, str], shape: Any) -> list[Fault]:
    """What is wrong with a feature's name and kind, or that it has no shape."""
    faults: list[Fault] = []
    name = texts.get("name", "")
    if not name or len(name) > NAME_LENGTH:
        faults.append(("name", "grid_name", {"most": NAME_LENGTH}))
    elif not fits_a_name(name):
        faults.append(("name", "grid_name_unfit", {}))
    if texts.get("kind", "").lower() not in KINDS:
        faults.append(("kind", "grid_kind", {"value": texts["kind"][:20]}))
    if shape is None:
        faults.append(("", "grid_no_shape", {}))
    return faults


def _chosen(named: Mapping[str, str], fields: Sequence[str]) -> dict[str, str]:
    absent = [name for name in named.values() if name not in fields]
    if absent:
        raise refusal("columns_missing", missing="、".join(absent), found="、".join(fields) or "—")
    return dict(named)


def features(
    path: Path,
    form: Form,
    layer: str | None,
    crs: str | None,
    report: BoundaryReport,
    *,
    encoding: str | None = None,
    named: Mapping[str, str] | None = None,
) -> Iterator[tuple[int, dict[str, str], Any]]:
    """(number, texts by column key, shape in lon/lat EPSG:4490) of each feature of a layer.

    `named` are columns that somebody has chosen, by key, before those that are recognised.
    """
    options = {"layer": layer, "crs": crs, "encoding": encoding}
    keys: dict[str, str] = {}
    for message in sandbox.parse("vector", path, options, sandbox.VECTORS):
        if "fields" in message:
            report.layer, report.crs = message["layer"], message["crs"]
            report.warnings = message["warnings"]
            fields = message["fields"]
            keys = {key: fields[i] for i, key in reversed(form.match(fields, message["full"]))}
            keys |= _chosen(named or {}, fields)
            missing = [form.title(key) for key in form.required if key not in keys]
            if missing:
                raise refusal(
                    "columns_missing",
                    missing="、".join(missing),
                    found="、".join(fields) or "—",
                )
            continue
        columns = {key: message["values"][name] for key, name in keys.items()}
        for i, (row, wkb) in enumerate(zip(message["rows"], message["wkb"], strict=True)):
            texts = {key: column[i].strip() for key, column in columns.items()}
            shape = shapely.from_wkb(bytes.fromhex(wkb)) if wkb else None
            yield row, texts, shape
