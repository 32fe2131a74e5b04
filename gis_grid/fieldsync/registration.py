"""What this app hangs into the registries of the apps above it."""

from django.utils.translation import gettext_lazy as _

from gis_grid.audit.actions import name_actions, name_subjects
from gis_grid.fieldsync.entities import cameras, grids, households, incidents, runs
from gis_grid.fieldsync.pulled import register_pulled
from gis_grid.fieldsync.registry import register_entity
from gis_grid.fieldsync.services import pulling
from gis_grid.territory.registries import register_follower


def register() -> None:
    for kind in (grids, households, incidents, cameras, runs):
        register_pulled(kind.PULLED)
    register_follower(pulling.begin_anew)
    for entity in (households.HOUSEHOLD, incidents.INCIDENT, cameras.CAMERA, runs.RUN):
        register_entity(entity)
    name_actions(
        {
            "device_code_made": _("Code for a tablet made"),
            "device_code_refused": _("Wrong code for a tablet"),
            "device_enrolled": _("Tablet enrolled"),
            "device_left": _("Tablet signed out"),
            "device_revoked": _("Tablet revoked"),
            "unreadable_seen": _("Unreadable sending seen"),
            "unreadable_read": _("Unreadable sending read"),
            "field_pulled": _("Taken along on a tablet"),
            "field_rescued": _("Rescue file of a tablet taken in"),
            "rescue_opened": _("Rescue file opened on another tablet"),
            "operation_settled": _("Work from the field settled"),
            "conflict_settled": _("Conflict settled"),
        }
    )
    name_subjects(
        {
            "device": _("Tablet"),
            "unreadable": _("Unreadable sending"),
            "operation": _("Work from the field"),
            "conflict": _("Conflict"),
        }
    )
