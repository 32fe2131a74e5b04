"""The feed of what has changed; the database's triggers write it (migration 0002)."""

from django.db import models
from django.db.models.functions import Now


class Change(models.Model):
    """A thing that changed in a village; the table also has `xid`: see `services.pulling`."""

    id = models.BigAutoField(primary_key=True)
    entity = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    village = models.CharField(max_length=12)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.entity} {self.object_id}"
