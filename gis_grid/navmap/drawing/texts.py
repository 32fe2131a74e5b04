"""Words that the scripts of the drawing page say; see `navmap/texts.py`."""

from django.utils.translation import gettext_lazy as _

from gis_grid.navmap.texts import TEXTS as MAP_TEXTS

# What both pages say.
SHARED = (
    "close",
    "error.offline",
    "error.busy",
    "error.server",
    "error.signed_out",
    "retry",
    "count.total",
    "label.households",
    "base.failed",
    "sheet.low",
    "sheet.middle",
    "sheet.full",
)
TEXTS = {
    "draw.point_chosen": _("Point chosen: drag it, or take it out with Delete."),
    "draw.points_hint": _(
        "Drag a point of a border: both sides move together. Drag the small dot between two "
        "points to add one."
    ),
    "draw.corner_stays": _("Three borders meet here: this point can be moved, not taken out."),
    "draw.outer_border": _("This is the outer border of the area. It can't be moved here."),
    "draw.locked_grid": _("This grid is not yours to change in this plan."),
    "draw.count_of": _("{name} {households} hh"),
    "draw.households": _("{households} hh"),
    "draw.split_hint": _(
        "Tap points across a grid, from border to border. Double tap or Enter ends the line."
    ),
    "draw.reshape_hint": _("Draw the new border. Begin and end on the old one."),
    "draw.line_hint": _(
        "Next point … Double tap or Enter ends, Backspace takes the last point back."
    ),
    "draw.nothing_to_suggest": _(
        "Nothing to propose: the grids are near each other, or only a hamlet could be parted."
    ),
    "draw.import_waits": _("Steps are still being sent. Try again when they are through."),
    "draw.import_cleaned": _("{code}: {before} → {after} m², moved by {moved} m at most"),
    "draw.suggesting": _("Looking for a fair cut …"),
    "draw.crosses_nothing": _("The line crosses no grid from border to border."),
    "draw.merge_hint": _("Tap the first of two neighbours."),
    "draw.merge_second": _("Now tap its neighbour."),
    "draw.lasso_hint": _(
        "Circle the houses to hand over; let the circle reach into the grid that takes them."
    ),
    "draw.create_hint": _("Tap the corners of the new grid or uninhabited land."),
    "draw.area_hint": _("Next corner … Double tap or Enter closes the area."),
    "draw.pin_hint": _("Tap the place that your comment is about."),
    "draw.unsent": _("not sent yet"),
    "draw.unsent_count": _("{count} steps not sent yet"),
    "draw.undo": _("Undo"),
    "draw.redo": _("Redo"),
    "draw.step": _("{what}: {grids}"),
    "draw.move": _("{count} households from {from} to {to}"),
    "draw.move_other": _("{count} other things from {from} to {to}"),
    "draw.which": _("Which"),
    "draw.name_stays": _("Which name stays"),
    "draw.goes_to": _("Goes to"),
    "draw.new_grid_of": _("New grid of {village}"),
    "draw.offline_proposal": _(
        "What it comes to is not known without a connection. It can be done all the same and "
        "is sent later."
    ),
    "draw.grid": _("Grid"),
    "draw.now": _("Now"),
    "draw.then": _("Then"),
    "draw.a_road": _("a road"),
    "draw.a_stream": _("a stream"),
    "draw.yours": _("Yours: {what}"),
    "draw.there": _("{name} is here, {left} s"),
    "draw.there_at": _("{name} works on {places}, {left} s"),
    "draw.about": _("{area} · {author} · from {day}"),
    "draw.decision": _("{name}: {note}"),
    "draw.rebased": _("{done} steps done again, {dropped} left out."),
    "draw.where": _("Where"),
    "draw.settle": _("Dealt with"),
    "draw.heard": _("{day} {village}, {present} present"),
    "draw.changed": _("The plan has been changed."),
    "draw.published": _("Published"),
    "draw.ends": _("ends"),
    "draw.incidents": _("open incidents {before} → {after}"),
    "draw.three_digits": _("The number of a grid has three digits."),
    "draw.gap_to": _("Give it to {name}"),
    "draw.tag_change": _("{label} {before}→{after}"),
    "draw.area_mu": _("{mu} mu"),
    "balance.few": _("Fewer than {least} households"),
    "balance.many": _("More than {most} households"),
    "compare.new": _("{name} (new)"),
    "compare.changed": _("{name} (changed)"),
    "compare.ended": _("{name} (ends)"),
    "compare.same": _("No difference."),
    "why.outside": _("It lies outside the area of this plan."),
    "why.promised": _("Another approved plan changes it."),
    "why.not_yours": _("It is not in your area."),
    "op.split": _("Split"),
    "op.merge": _("Merge"),
    "op.reshape": _("Border led anew"),
    "op.move_nodes": _("Border points moved"),
    "op.transfer": _("Hand over"),
    "op.fill_gap": _("Gap filled"),
    "op.create": _("New grid"),
    "op.rename": _("Renamed"),
    "op.recode": _("New code"),
    "op.set_kind": _("Kind changed"),
    "op.import": _("Boundaries loaded"),
    "op.undo": _("Undone"),
    "op.redo": _("Done again"),
    "step.submit": _("Submit"),
    "step.submit_text": _(
        "The draft goes to the town to be vetted. Nothing can be drawn on it meanwhile."
    ),
    "step.submit_done": _("Submitted."),
    "step.approve": _("Approve"),
    "step.approve_text": _("The plan may then be published from its day on."),
    "step.approve_done": _("Approved."),
    "step.reject": _("Send back"),
    "step.reject_text": _("Say what is to be mended; it becomes the author's again."),
    "step.reject_done": _("Sent back."),
    "step.reopen": _("Back to draft"),
    "step.reopen_text": _("It can be drawn on again and has to be submitted anew."),
    "step.reopen_done": _("It is a draft again."),
    "step.withdraw": _("Withdraw"),
    "step.withdraw_text": _("For good: it can't be drawn on or published any more."),
    "step.withdraw_done": _("Withdrawn."),
    "step.publish": _("Publish"),
    "step.publish_text": _(
        "The boundaries hold from now on; households and all else follow. What was before "
        "stays in the past."
    ),
    "step.publish_done": _("Published. The map shows the new boundaries."),
}


def catalogue() -> dict[str, str]:
    """The words in the language of the request."""
    words = {key: MAP_TEXTS[key] for key in SHARED} | TEXTS
    return {key: str(text) for key, text in words.items()}
