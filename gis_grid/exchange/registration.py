"""What this app hangs into the registries of the apps above it."""

from django.utils.translation import gettext_lazy as _

from gis_grid.audit.actions import name_actions, name_details, name_subjects
from gis_grid.exchange.incoming.shape_targets import TARGETS
from gis_grid.exchange.incoming.targets import register_target


def register() -> None:
    for target in TARGETS:
        register_target(target)
    name_actions({"intake_undone": _("Load of a file undone")})
    name_subjects({"intake": _("Loaded file")})
    name_details({"file": _("File"), "rows": _("Rows")})
