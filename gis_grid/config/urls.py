"""All addresses, with what each needs."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("gis_grid.navmap.urls_tiles")),
]
