"""What can be wrong with a row of incidents to load, and how to mend it."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

TEXTS: dict[str, tuple[StrPromise, StrPromise]] = {
    "incident_needed": (_("nothing is filled in"), _("Fill in the cell.")),
    "incident_long": (
        _("the text is too long"),
        _("Type it anew, with at most %(most)d characters."),
    ),
    "incident_category": (
        _("there is no category “%(value)s”"),
        _("Write the code or the name of a category that has none below it."),
    ),
    "incident_village": (
        _("no village or town of your area has the code %(value)s"),
        _("Correct the code, or load regions and boundaries first."),
    ),
    "incident_place": (
        _("longitude and latitude are no place in China"),
        _("Write degrees such as 112.4051 and 25.6012, or leave both empty."),
    ),
    "incident_time": (
        _("“%(value)s” is no time that has passed"),
        _("Write it like 2026-03-01 or 2026-03-01 08:30."),
    ),
    "incident_order": (_("it is closed before it was reported"), _("Correct the times.")),
    "incident_phone": (
        _("this is no telephone number"),
        _("11 digits for a mobile, or area code and number, such as 0735-6622345."),
    ),
    "incident_twice": (_("the same number stands in row %(other)s"), _("Delete one of the rows.")),
}
