"""WSGI entry point for servers other than granian: the same site, tiles by the long way."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_grid.config.settings")
application = get_wsgi_application()
