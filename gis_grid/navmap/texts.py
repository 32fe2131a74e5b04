"""Words that the map's scripts say; they travel with the page as JSON, keyed.

`{name}` places are filled in the browser.
"""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "close": _("Close"),
    "error.offline": _("No connection to the server. What is on the screen stays."),
    "error.busy": _("The server is busy. Wait a moment and try again."),
    "error.server": _("The server could not answer. Try again; if it stays so, tell the office."),
    "error.signed_out": _("You have been signed out. Sign in again to go on."),
    "retry": _("Try again"),
    "search.busy": _("Searching …"),
    "search.none": _("Nothing found for “{q}”."),
    "search.count": _("{n} results. Choose with the arrow keys."),
    "search.more": _("There are more. Write more of it to find them."),
    "search.filter": _("Show only these households"),
    "count.total": _("{households} households · {people} people"),
    "label.counts": _("{households} hh · {people} p"),
    "label.households": _("{households} hh"),
    "label.filtered": _("{kind} {found}/{households} hh"),
    "label.filtered_short": _("{found}/{households} hh"),
    "label.chosen": _("Chosen"),
    "legend.list": _("List of {tag}: {n} households"),
    "legend.show": _("Show {tag} on the map"),
    "legend.move": _("Move {tag}: drag, or use the arrow keys up and down"),
    "card.missing": _("Nothing is here, or it is not in your area."),
    "card.not_then": _("On {day} this place had no boundary yet."),
    "reveal.no_reason": _("Write what you need it for; without a reason nothing is shown."),
    "reveal.empty": _("not on record"),
    "reveal.logged": _("Shown. This look-up has been logged."),
    "export.no_purpose": _("Write what the list is for; without a purpose no file is made."),
    "export.done": _("The list has been saved as a file. This has been logged."),
    "measure.start": _("Tap the map to measure."),
    "measure.length": _("Length {value} {unit}"),
    "measure.area": _("Area {mu} mu ({km2} km²)"),
    "unit.m": _("m"),
    "unit.km": _("km"),
    "locate.fix": _("Within {accuracy} m, {age} s ago"),
    "locate.denied": _("The browser may not tell where you are. Allow it in the address bar."),
    "locate.unavailable": _("The device can't find its place. Go outdoors and try again."),
    "locate.timeout": _("No place was found in 20 seconds. Go outdoors and try again."),
    "locate.none": _("This browser can't find places."),
    "locate.insecure": _("The place is only available over a secure connection (https)."),
    "past.banner": _("You see the boundaries of {day}. Households are those of today."),
    "past.before": _("On {day} there was no boundary yet. The first is of {first}."),
    "link.copied": _("The link to this view has been copied."),
    "link.failed": _("The link could not be copied. Copy it from the address bar."),
    "sheet.low": _("Sheet: low. Tap to raise."),
    "sheet.middle": _("Sheet: half. Tap to raise."),
    "sheet.full": _("Sheet: full. Tap to lower."),
    "counter.pinned": _("Pinned at {lat}, {lng}. Tap elsewhere to move it."),
    "counter.near": _("Told before? Look first:"),
    "counter.metres": _("{metres} m away"),
    "patrol.length": _("{n} m"),
    "patrol.stop": _("Checkpoint {n}"),
    "patrol.stop_name": _("Name of checkpoint {n}"),
    "patrol.remove": _("Take away"),
    "patrol.few": _("A route has at least two points: tap the map."),
    "patrol.failed": _("It could not be saved: {why}"),
    "incoming.jump": _(
        "The places move by {metres} m: that is what web maps are off by. Compare with the map."
    ),
    "incoming.moved": _("The places move by {metres} m."),
    "incoming.some": _(
        "The map shows the first {shown} places of {count} rows: the check looks at all of them."
    ),
    "incoming.lost": _("{n} places lie nowhere in this system."),
    "choose.incident": _("Incident: {kind}, {look}"),
    "choose.camera": _("Camera: {state}"),
    "choose.household": _("Household"),
    "incidents.week": _("{since} to {until}"),
    "base.failed": _("The base map can't be shown. The rest of the map is complete."),
}


def catalogue() -> dict[str, str]:
    """The words in the language of the request."""
    return {key: str(text) for key, text in TEXTS.items()}
