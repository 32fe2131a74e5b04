from django.apps import AppConfig


class PatrolsConfig(AppConfig):
    name = "gis_grid.patrols"

    def ready(self) -> None:
        from gis_grid.patrols import registration

        registration.register()
