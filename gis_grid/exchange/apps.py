from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "gis_grid.exchange"
