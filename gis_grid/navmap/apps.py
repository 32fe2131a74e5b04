from django.apps import AppConfig


class NavmapConfig(AppConfig):
    name = "gis_grid.navmap"
