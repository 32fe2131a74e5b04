"""What the steps of an incident are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_grid.accounts.policies import Role

# Offices that incidents are assigned to.
OFFICES = (Role.TOWN_LEADER, Role.OFFICE, Role.CIVIL, Role.POLICE, Role.GRID_LEADER)

STEPS = {
    "accept": _("Accept"),
    "settle": _("Handle it in the grid"),
    "send_up": _("Put on file and send up"),
    "take_up": _("Take up at the town's centre"),
    "assign": _("Assign"),
    "send_back": _("Send back to the centre"),
    "urge": _("Urge"),
    "raise_alert": _("Raise an alert"),
    "follow": _("Follow"),
    "stand_down": _("Stand down"),
    "sitting": _("Record a sitting"),
    "agree": _("Agreement reached"),
    "to_court": _("Show the way to court"),
    "tell": _("Procedure told"),
    "wait": _("Wait for the person"),
    "resume": _("Go on"),
    "answer": _("Answer the reporter"),
    "close": pgettext_lazy("step", "Close"),
    "reopen": _("Reopen"),
    "note": _("Add a note"),
    "report": _("Reported"),
    "merge": _("Merged into another"),
    "take_in": _("Another one merged into it"),
    "concern": _("Said whom it complains of"),
    "escalate": _("Escalated by the clock"),
    "overdue": _("Overdue"),
}

# Figures of the circular, in its order.
FIGURES = {
    "received": _("Received"),
    "answered": _("Answered"),
    "closed": _("Closed"),
    "on_time": _("Closed in time"),
    "overdue": _("Overdue"),
    "reopened": _("Reopened"),
}
