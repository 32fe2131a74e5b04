from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class CoreConfig(AppConfig):
    name = "gis_grid.core"

    def ready(self) -> None:
        from gis_grid.core import checks  # noqa: F401
        from gis_grid.core.database import watch_connections
        from gis_grid.core.paper import fonts

        watch_connections()
        fonts.look_in(Path(settings.FONT_DIR))
