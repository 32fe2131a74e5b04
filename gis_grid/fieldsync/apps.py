from django.apps import AppConfig


class FieldSyncConfig(AppConfig):
    name = "gis_grid.fieldsync"

    def ready(self) -> None:
        from gis_grid.fieldsync import registration

        registration.register()
