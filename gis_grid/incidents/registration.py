"""What this app hangs into the registries of the apps above it."""

from collections.abc import Collection

from django.core import checks
from django.utils.translation import gettext_lazy as _

from gis_grid.audit.actions import label_subjects, name_actions, name_details, name_subjects
from gis_grid.incidents.checks import settings_are_readable
from gis_grid.incidents.dataset import DATASET
from gis_grid.incidents.models import Incident
from gis_grid.incidents.points import incident_points
from gis_grid.incidents.selectors import statistics
from gis_grid.territory.datasets import register_dataset
from gis_grid.territory.registries import (
    register_located,
    register_points,
    register_statistics,
)


def register() -> None:
    checks.register(settings_are_readable)
    register_located(Incident)
    register_statistics("incidents", statistics)
    register_points("incidents", incident_points)
    register_dataset(DATASET)
    name_actions(
        {
            "incident_report": _("Incident reported"),
            "incident_step": _("Step of an incident"),
            "incident_merged": _("Incidents merged"),
            "incident_concerns": _("Said whom an incident complains of"),
            "incident_read": _("Incident read"),
            "incidents_listed": _("Incidents listed"),
            "incidents_loaded": _("Incidents loaded"),
            "incident_file_added": _("File added to an incident"),
            "incident_file_read": _("File of an incident read"),
            "incident_category_saved": _("Category of incidents saved"),
            "incident_deadline_set": _("Deadline of incidents set"),
            "incident_exported": _("File of an incident taken out"),
            "circular_exported": _("Circular taken out"),
            "incident_announced": _("News of an incident sent"),
            "incident_unannounced": _("News of an incident could not be sent"),
        }
    )
    name_subjects({"incident": _("Incident"), "incident_category": _("Category of incidents")})
    label_subjects("incident", _numbers)
    name_details(
        {
            "step": _("Step"),
            "into": _("Into"),
            "channel": _("Came by"),
            "outlet": _("Sent to"),
            "form": _("As"),
        }
    )


def _numbers(ids: Collection[str]) -> dict[str, str]:
    """Numbers of the register, by id in text."""
    numbers = [int(one) for one in ids if one.isdecimal()]
    found = Incident.objects.filter(pk__in=numbers).values_list("pk", "register_no")
    return {str(pk): number for pk, number in found}
