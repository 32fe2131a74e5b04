from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gis_grid.core"

    def ready(self) -> None:
        from gis_grid.core import checks  # noqa: F401
