"""Addresses of tiles: each asks for a login itself, and answers 401 instead of a page."""

from django.urls import path

from gis_grid.navmap.tiles.view import tile

urlpatterns = [
    path("tiles/<path:path>", tile, name="tile"),
]
