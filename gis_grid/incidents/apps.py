from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "gis_grid.incidents"

    def ready(self) -> None:
        from gis_grid.incidents import registration

        registration.register()
