"""What this app hangs into the registries of the apps above it."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from gis_grid.audit.actions import (
    label_subjects,
    name_actions,
    name_details,
    name_subjects,
)
from gis_grid.households.dataset import DATASET
from gis_grid.households.models import Household
from gis_grid.households.points import household_points
from gis_grid.households.selectors import statistics
from gis_grid.territory.datasets import register_dataset
from gis_grid.territory.registries import (
    register_located,
    register_points,
    register_statistics,
)


def register() -> None:
    register_located(Household)
    register_statistics("households", statistics)
    register_points("households", household_points)
    register_dataset(DATASET)
    name_actions(
        {
            "household_read": _("Household read"),
            "household_registered": _("Household entered"),
            "household_changed": _("Household corrected"),
            "household_visited": _("Household visited"),
            "household_file_added": _("File of a household added"),
            "household_file_read": _("File of a household read"),
            "households_listed": _("Households listed"),
            "households_loaded": _("Households loaded"),
            "households_exported": _("Households taken out"),
            "personal_revealed": _("Personal value revealed"),
            "name_search": _("Searched by name or address"),
            "personal_search": _("Searched by phone or identity number"),
            "tag_added": _("Tag given to a household"),
            "tag_ended": _("Tag of a household ended"),
            "tag_kind_created": _("Kind of tag made"),
        }
    )
    name_subjects({"household": _("Household"), "resident": _("Resident"), "tag": _("Tag")})
    label_subjects("household", _codes)
    name_details(
        {
            "purpose": _("Purpose"),
            "reason": _("Reason"),
            "field": _("Field"),
            "fields": _("Fields"),
            "by": _("By"),
            "hits": _("Hits"),
            "tags": _("Tags"),
            "tag": _("Tag"),
            "mode": _("Several tags"),
            "grid": _("Area code"),
            "bbox": _("Frame of the map"),
            "limit": _("Most rows"),
            "day": _("Day"),
            "source": _("Source"),
            "visibility": _("Who sees it"),
            "bit": _("Bit"),
            "demo": _("Demonstration data"),
            "towns": _("Towns"),
            "household": _("Household"),
            "person": _("People"),
        },
        {
            "phone": _("phone"),
            "id": _("identity number"),
            "name": _("name"),
            "any": _("any of them"),
            "all": _("all of them"),
        },
    )


def _codes(ids: Collection[str]) -> dict[str, str]:
    """Codes of households, by id in text."""
    numbers = [int(one) for one in ids if one.isdecimal()]
    found = Household.objects.filter(pk__in=numbers).values_list("pk", "code")
    return {str(pk): code for pk, code in found}
