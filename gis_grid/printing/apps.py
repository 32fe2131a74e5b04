from django.apps import AppConfig


class PrintingConfig(AppConfig):
    name = "gis_grid.printing"

    def ready(self) -> None:
        from gis_grid.printing import registration

        registration.register()
