from django.apps import AppConfig


class OgcConfig(AppConfig):
    name = "gis_grid.ogc"
