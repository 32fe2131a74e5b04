from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    name = "gis_grid.territory"

    def ready(self) -> None:
        from gis_grid.audit.actions import (
            label_subjects,
            name_actions,
            name_areas,
            name_details,
            name_subjects,
        )
        from gis_grid.territory.selectors import place_names

        name_areas(place_names)
        label_subjects("region", place_names)
        name_subjects({"region": _("Area")})
        name_actions(
            {
                "boundaries_published": _("Boundaries published"),
                "regions_loaded": _("Regions loaded"),
                "reference_loaded": _("Roads and waters loaded"),
            }
        )
        name_details(
            {
                "created": _("Made"),
                "changed": _("Changed"),
                "unchanged": _("Unchanged"),
                "ended": _("Ended"),
                "new": _("New"),
                "replaced": _("Replaced"),
                "layer": _("Layer"),
            }
        )
