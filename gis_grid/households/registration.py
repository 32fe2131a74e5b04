"""What this app hangs into the registries of the apps above it."""

from django.utils.translation import gettext_lazy as _

from gis_grid.audit.actions import name_actions
from gis_grid.households.models import Household
from gis_grid.households.selectors import statistics
from gis_grid.territory.registries import register_located, register_statistics


def register() -> None:
    register_located(Household)
    register_statistics("households", statistics)
    name_actions(
        {
            "household_read": _("Household read"),
            "households_listed": _("Households listed"),
            "households_exported": _("Households taken out"),
            "personal_revealed": _("Personal value revealed"),
            "personal_search": _("Searched by phone or identity number"),
            "tag_added": _("Tag given to a household"),
            "tag_ended": _("Tag of a household ended"),
            "tag_kind_created": _("Kind of tag made"),
        }
    )
