"""The page for the field: open to anyone, because it holds nothing; map files by a token."""

from django.urls import path

from gis_grid.accounts.access import anyone
from gis_grid.accounts.policies import Permission
from gis_grid.navmap.field import basefiles, views
from gis_grid.navmap.field.basefiles import by_token

urlpatterns = [
    path("", anyone(views.shell), name="field"),
    path("sw.js", anyone(views.service_worker), name="field_worker"),
    path("manifest.webmanifest", anyone(views.manifest), name="field_manifest"),
    path("basemaps.json", by_token(Permission.MAP_VIEW, basefiles.listed), name="field_basemaps"),
    path(
        "basemaps/<slug:name>", by_token(Permission.MAP_VIEW, basefiles.one), name="field_basemap"
    ),
]
