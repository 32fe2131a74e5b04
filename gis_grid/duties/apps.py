from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    name = "gis_grid.duties"

    def ready(self) -> None:
        from gis_grid.audit.actions import name_actions, name_details

        name_actions({"duties_loaded": _("Duties loaded")})
        name_details({"duty": _("Duties"), "fixed": _("Five fixed points")})
