"""Issues of a coverage as sentences for the person who drew it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gis_grid.territory.coverage import Issue


def sentence(issue: Issue, *, names: Mapping[str, str] | None = None) -> str:
    """What is wrong, with which grids, where, and how to mend it; `names` by grid code."""
    grids = _(" and ").join(_called(code, names or {}) for code in issue.grids)
    values: dict[str, Any] = {"grids": grids, "place": _place(issue), **issue.params}
    if "area_m2" in values:
        values["area"] = f"{values['area_m2']:,.1f}"
    return _TEXTS[issue.code]() % values


def _called(code: str, names: Mapping[str, str]) -> str:
    return f"{code} ({names[code]})" if names.get(code) else code


def _place(issue: Issue) -> str:
    if issue.place is None or issue.place.is_empty:
        return ""
    point = issue.place.representative_point()
    return f"{point.x:.7f}, {point.y:.7f}"


_TEXTS = {
    "not_a_polygon": lambda: _(
        "Grid %(grids)s is a %(type)s, not an area. Draw it as a closed area."
    ),
    "empty": lambda: _("Grid %(grids)s has no land. Draw it, or leave it out."),
    "too_many_vertices": lambda: _(
        "Grid %(grids)s has %(count)d vertices, more than %(most)d. Simplify its border."
    ),
    "outside_china": lambda: _(
        "Grid %(grids)s lies outside China (%(bounds)s). Its coordinate system is probably"
        " another than the one named: say which with --crs."
    ),
    "crosses_itself": lambda: _(
        "The border of grid %(grids)s crosses itself at %(place)s (%(reason)s)."
        " Mend the border at that place."
    ),
    "several_parts": lambda: _(
        "Grid %(grids)s has %(count)d separate parts, one of them at %(place)s. Join them, make"
        " grids of their own of them, or say that it is meant so: kind enclave."
    ),
    "too_small": lambda: _(
        "Grid %(grids)s has only %(area)s m² at %(place)s. Give that land to a neighbour."
    ),
    "land_lost": lambda: _(
        "%(grids)s would lose %(area)s m² at %(place)s that no grid of it holds any more. If it is"
        " meant so, confirm it (--accept-outline); else draw the missing land."
    ),
    "land_won": lambda: _(
        "%(grids)s would win %(area)s m² at %(place)s outside its border of today. If it is meant"
        " so, confirm it (--accept-outline); else check the codes and the place of the file."
    ),
    "overlap": lambda: _(
        "Grids %(grids)s overlap by %(area)s m² at %(place)s. Give that land to one of them only."
    ),
    "gap": lambda: _(
        "Between grids %(grids)s %(area)s m² at %(place)s belong to no grid."
        " Give that land to one of them, or make it a grid of kind void."
    ),
    "unmatched_edge": lambda: _(
        "The border of grid %(grids)s does not meet its neighbour's vertex for vertex at"
        " %(place)s. Snap the two borders to each other."
    ),
}
