"""Boundaries out of a file of maps, as one operation on a draft."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_grid.core.codes import GRID_CODE
from gis_grid.core.errors import InputError
from gis_grid.core.problems import Problem
from gis_grid.exchange import report
from gis_grid.exchange.boundaries import KINDS, BoundaryReport, Fault, features, word_faults
from gis_grid.exchange.forms import DRAFT_GRIDS
from gis_grid.exchange.refusals import refusal

MAX_BYTES = 20 * 2**20
MAX_GRIDS = 999
SHOWN = 50


@dataclass(frozen=True)
class MapFile:
    """A file as it came, and how it is to be read; `columns` are chosen ones, by key."""

    path: Path
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawn:
    """What a file draws of a village: `cells` as the operation `import` takes them; `skipped`
    features belong to other villages.
    """

    cells: list[dict[str, Any]]
    skipped: int
    layer: str
    crs: str


def grids_of(file: MapFile, village: str) -> Drawn:
    """The village's grids in the file. InputError where it can't be read or a row is wrong."""
    if file.path.stat().st_size > MAX_BYTES:
        raise refusal("too_large", most=MAX_BYTES // 2**20)
    read = BoundaryReport()
    skipped: list[int] = []
    shapes = features(
        file.path,
        DRAFT_GRIDS,
        file.layer,
        file.crs,
        read,
        encoding=file.encoding,
        named=file.columns,
    )
    cells, problems = drawn_of(shapes, village, skipped)
    if problems:
        raise _refusal(problems)
    if not cells:
        raise InputError(
            _("The file holds no grid of the village %(village)s.") % {"village": village},
            where="file",
        )
    return Drawn(cells, len(skipped), read.layer, read.crs)


def drawn_of(
    shapes: Iterable[tuple[int, Mapping[str, str], Any]],
    village: str,
    skipped: list[int] | None = None,
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The village's grids among features, and what is wrong with them; `skipped` are others'."""
    cells: list[dict[str, Any]] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row, texts, shape in shapes:
        code = texts.get("code", "")
        if _is_elsewhere(texts, village):
            if skipped is not None:
                skipped.append(row)
            continue
        faults = _code_faults(code, seen) + word_faults(texts, shape)
        seen.setdefault(code, row)
        problems += [Problem("grid", row, *fault) for fault in faults]
        if not faults and len(cells) < MAX_GRIDS:
            cells.append(_cell(code, texts, shape))
    return cells, problems


def _is_elsewhere(texts: Mapping[str, str], village: str) -> bool:
    """A file of a whole town has the grids of its other villages too."""
    code, named = texts.get("code", ""), texts.get("village", "")
    return bool(GRID_CODE.match(code) and code[:12] != village) or bool(named and named != village)


def _code_faults(code: str, seen: Mapping[str, int]) -> list[Fault]:
    if not code:
        return []
    if not GRID_CODE.match(code):
        return [("code", "grid_code_form", {"value": code[:40]})]
    return [("code", "grid_twice", {"other": seen[code]})] if code in seen else []


def _cell(code: str, texts: Mapping[str, str], shape: Any) -> dict[str, Any]:
    made = {
        "name": texts["name"].strip(),
        "kind": KINDS[texts.get("kind", "").lower()],
        "geometry": shapely.geometry.mapping(shape),
    }
    return {"code": code, **made} if code else made


def _refusal(problems: list[Problem]) -> InputError:
    told = [
        {
            "row": each.row,
            "column": DRAFT_GRIDS.title(each.column) if each.column else "",
            "what": report.what(each),
            "mend": report.mend(each),
        }
        for each in problems[:SHOWN]
    ]
    first = told[0]
    message = ngettext(
        "Feature %(row)d of the file: %(what)s. %(mend)s",
        "Feature %(row)d of the file: %(what)s. %(mend)s It has %(count)d faults in all.",
        len(problems),
    ) % {**first, "count": len(problems)}
    return InputError(message, where="file", details={"problems": told, "count": len(problems)})
