"""What was found at a camera's site, and the photos and files of it."""

from django.db import models
from django.db.models import Q

from gis_grid.accounts.acting import shown_as
from gis_grid.accounts.models import User
from gis_grid.core.attachments.models import KeptFile
from gis_grid.facilities.models.camera import Camera


class CameraCheck(models.Model):
    """Somebody looked at the site `at` this moment by our clock; the newest says how it is."""

    camera = models.ForeignKey(Camera, models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150)
    state = models.CharField(max_length=7, choices=Camera.State.choices)
    note = models.CharField(max_length=200, blank=True)
    client_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "client_id"],
                name="camera_check_client_id_once",
                condition=Q(client_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.state} {self.at:%Y-%m-%d}"

    @property
    def who(self) -> str:
        """Who looked, by the name that people know."""
        return shown_as(self.by, self.by_name)


class CameraFile(KeptFile):
    """A photo, file or sound of a camera's site."""

    camera = models.ForeignKey(Camera, models.PROTECT, related_name="files")

    class Meta(KeptFile.Meta):
        constraints = [
            models.UniqueConstraint(fields=["camera", "sent_digest"], name="camera_file_once")
        ]
