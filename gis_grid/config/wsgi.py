"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_grid.config.settings")
_django = get_wsgi_application()

# Imported when the apps are ready.
from gis_grid.config.worker import end_with_master, without_process_environment  # noqa: E402
from gis_grid.core.database import limit_web  # noqa: E402
from gis_grid.navmap.tiles.shortcut import tiles_first  # noqa: E402

end_with_master()
limit_web()
application = tiles_first(without_process_environment(_django))
