"""What every table of files has; the apps say on what theirs hang."""

from django.conf import settings
from django.db import models


class KeptFile(models.Model):
    """A photo, file or sound; its bytes lie on a shelf by their digest."""

    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    # Of what is kept, and of what was sent: the same file sent again is found by it.
    digest = models.CharField(max_length=64)
    sent_digest = models.CharField(max_length=64)
    thumb_digest = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
