from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gis_grid.core"

    def ready(self) -> None:
        from gis_grid.core import checks  # noqa: F401
        from gis_grid.core.database import watch_connections

        watch_connections()
