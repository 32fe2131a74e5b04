"""The page for the field: open to anyone, because it holds nothing."""

from django.urls import path

from gis_grid.accounts.access import anyone
from gis_grid.navmap.field import views

urlpatterns = [
    path("", anyone(views.shell), name="field"),
    path("sw.js", anyone(views.service_worker), name="field_worker"),
    path("manifest.webmanifest", anyone(views.manifest), name="field_manifest"),
]
