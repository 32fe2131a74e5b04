"""What this app hangs into the registries of the apps above it."""

from django.utils.translation import gettext_lazy as _

from gis_grid.audit.actions import name_actions, name_subjects
from gis_grid.exchange.incoming.targets import register_target
from gis_grid.patrols.dataset import DATASET
from gis_grid.patrols.incoming import TARGET
from gis_grid.patrols.selectors import statistics
from gis_grid.territory.datasets import register_dataset
from gis_grid.territory.registries import register_statistics


def register() -> None:
    register_statistics("patrols", statistics)
    register_target(TARGET)
    register_dataset(DATASET)
    name_actions(
        {
            "squad_saved": _("Squad saved"),
            "route_saved": _("Patrol route drawn"),
            "route_ended": _("Patrol route ended"),
            "schedule_saved": _("Schedule of patrols saved"),
            "schedule_ended": _("Schedule of patrols ended"),
            "run_started": _("Patrol begun"),
            "run_ended": _("Patrol ended"),
            "run_closed": _("Patrol closed"),
            "run_passed": _("Checkpoint of a patrol passed"),
            "run_noted": _("Note of a patrol"),
            "run_incident": _("Incident found on a patrol"),
            "track_added": _("Track of a patrol added"),
            "track_read": _("Track of a patrol read"),
        }
    )
    name_subjects({"squad": _("Squad"), "route": _("Patrol route"), "run": _("Patrol")})
