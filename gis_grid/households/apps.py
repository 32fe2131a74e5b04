from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "gis_grid.households"

    def ready(self) -> None:
        from gis_grid.households import registration

        registration.register()
