from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "gis_grid.exchange"

    def ready(self) -> None:
        from gis_grid.exchange import registration

        registration.register()
