from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "gis_grid.incidents"

    def ready(self) -> None:
        from gis_grid.incidents import checks, registration  # noqa: F401 checks register themselves

        registration.register()
