"""Addresses of tiles; scripts that are not signed in get 401, not a page."""

from django.urls import path

from gis_grid.accounts.access import needs
from gis_grid.accounts.policies import Permission
from gis_grid.navmap.proxy import views as basemap
from gis_grid.navmap.tiles.view import tile

_MAP = Permission.MAP_VIEW
_TILE = "<int:z>/<int:x>/<int:y>"

urlpatterns = [
    path("tiles/<path:path>", needs(_MAP, tile), name="tile"),
    path(f"basemap/<slug:name>/{_TILE}", needs(_MAP, basemap.tile), name="basemap_tile"),
    path(f"basemap/<slug:name>/labels/{_TILE}", needs(_MAP, basemap.labels), name="basemap_labels"),
    path("basemap/<slug:name>/file", needs(_MAP, basemap.file), name="basemap_file"),
]
