from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "gis_grid.territory"
