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
        "The border of grid %(grids)s crosses itself at %(place)s. Mend the border at that place."
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
    "too_thin": lambda: _(
        "Grid %(grids)s would be thinner than 2 m. Draw the line further from its border."
    ),
    "outline_moved": lambda: _(
        "This would move the outer border of the land at %(place)s, where nobody draws the"
        " other side. Only borders between grids can be moved here."
    ),
    "no_such_grid": lambda: _("There is no grid %(grids)s in this draft. Load the page anew."),
    "line_divides_nothing": lambda: _(
        "The line divides no grid. Draw it from one border right across to another."
    ),
    "line_too_short": lambda: _("The line has only one point. Draw at least two."),
    "line_too_close": lambda: _(
        "Borders of grid %(grids)s at %(place)s lie too close together for a line there."
        " Draw it elsewhere, or merge first."
    ),
    "no_neighbour_there": lambda: _(
        "The line cuts land off %(grids)s at %(place)s, and no grid lies on the other side to take"
        " it. Begin and end the line on the border between two grids."
    ),
    "no_vertex_there": lambda: _(
        "At %(place)s no border has a point any more: it has been moved. Load the page anew."
    ),
    "ring_vanishes": lambda: _(
        "Without these points nothing of the grid at %(place)s is left. Merge it instead."
    ),
    "merge_needs_two": lambda: _("Choose two or more grids, and which of them stays."),
    "not_neighbours": lambda: _(
        "%(grids)s do not lie side by side. Choose neighbours with a common border."
    ),
    "area_crosses_itself": lambda: _(
        "The area that was drawn crosses itself. Draw it once more, without a loop."
    ),
    "area_holds_nothing": lambda: _(
        "The area that was drawn lies in no grid that can give land. Draw it over the grid."
    ),
    "no_gap_there": lambda: _("At %(place)s every piece of land belongs to a grid already."),
    "code_of_other_village": lambda: _(
        "The code %(code)s belongs to another village. A grid's code begins with its village's."
    ),
    "code_used": lambda: _("The code %(code)s has been used before. Choose another."),
    "codes_used_up": lambda: _("The village %(grids)s has used all its 999 grid codes."),
    "village_without_grids": lambda: _(
        "The village %(grids)s would have no grid left. Leave it one."
    ),
    "nobody_lives_there": lambda: _("No household lies in grid %(grids)s."),
    "locked": lambda: _(
        "Grid %(grids)s is promised to the approved plan “%(plan)s” from %(day)s on. Wait for its"
        " publication, or have that plan withdrawn."
    ),
    "moved_too_far": lambda: _(
        "To fit its neighbours grid %(grids)s would move by %(metres)s m, more than the"
        " tolerance. Mend the file at %(place)s, or allow more."
    ),
    "cannot_divide_too_few_households": lambda: _(
        "Grid %(grids)s has fewer households than the parts that are wanted."
    ),
    "cannot_divide_one_place": lambda: _(
        "Too many of the households of grid %(grids)s stand at one place to be divided evenly."
    ),
    "cannot_divide_several_pieces": lambda: _(
        "Grid %(grids)s lies in several pieces already. Make grids of them first."
    ),
    "cannot_divide_no_line": lambda: _(
        "No line was found that divides grid %(grids)s evenly. Draw one by hand."
    ),
    "vanishes": lambda: _(
        "Nothing would be left of grid %(grids)s at %(place)s: others lie over it, or it lies"
        " outside its village. Mend the file there."
    ),
    "left_out": lambda: _(
        "The file leaves out %(area)s m² of the village at %(place)s. Draw that land, as a grid of"
        " kind void where nobody lives, or allow a larger tolerance."
    ),
    "code_twice": lambda: _("The code %(grids)s is given to two grids. Give each its own."),
    "file_too_fine": lambda: _(
        "The grids of %(grids)s have %(count)d vertices together, more than %(most)d."
        " Simplify their borders."
    ),
    "no_line_of_reference": lambda: _(
        "This road or stream does not come near grid %(grids)s. Choose one that crosses it."
    ),
    "base_changed": lambda: _(
        "Grid %(grids)s has been published anew since this draft was drawn over it. Bring the"
        " draft up to date first."
    ),
}
