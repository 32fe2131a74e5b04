"""Addresses of tiles; scripts that are not signed in get 401, not a page."""

from django.urls import path

from gis_grid.accounts.access import needs
from gis_grid.accounts.policies import Permission
from gis_grid.navmap.tiles.view import tile

urlpatterns = [
    path("tiles/<path:path>", needs(Permission.MAP_VIEW, tile), name="tile"),
]
