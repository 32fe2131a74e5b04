from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    name = "gis_grid.facilities"

    def ready(self) -> None:
        from gis_grid.facilities import registration

        registration.register()
