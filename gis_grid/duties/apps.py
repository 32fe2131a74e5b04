from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "gis_grid.duties"
