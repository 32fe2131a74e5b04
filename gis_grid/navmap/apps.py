from django.apps import AppConfig


class NavmapConfig(AppConfig):
    name = "gis_grid.navmap"

    def ready(self) -> None:
        from gis_grid.navmap import checks, registration  # noqa: F401

        registration.register()
