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
    "step_unknown": (
        _("there is no step “%(value)s”"),
        _("Write it as on the page of an incident, such as “Accept”, or by its code."),
    ),
    "step_stray": (
        _("no incident of this number and village is in the file"),
        _("Correct number and village, or add the incident."),
    ),
    "step_order": (
        _("it is before the incident was reported"),
        _("Correct the time, or the number of the incident."),
    ),
    "step_state": (
        _("this step is not possible in the state “%(state)s”"),
        _("Add the step that is missing before it, or delete this one."),
    ),
    "step_said": (_("something is missing: %(said)s"), _("Fill in the cell.")),
    "step_to": (
        _("there is no office, person or incident “%(value)s” that it could go to"),
        _("Write an office, a login name, or the number of an open incident of the same village."),
    ),
}
