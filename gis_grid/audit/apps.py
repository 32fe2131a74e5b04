from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "gis_grid.audit"

    def ready(self) -> None:
        from gis_grid.audit.grants import restrict_web_role

        post_migrate.connect(restrict_web_role, sender=self)
