"""Photos and files of operations, which come in pieces."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.fieldsync.models.device import Device


class Upload(models.Model):
    """A file that is to hang on what an operation made; its bytes lie under MEDIA_ROOT by `id`."""

    class State(models.TextChoices):
        PARTIAL = "partial", _("under way")
        KEPT = "kept", _("whole, waits for its record")
        ATTACHED = "attached", _("attached")
        # Whole, but its person may not hang it there any more: an office does, or refuses it.
        HELD = "held", _("held for an office")
        REFUSED = "refused", _("refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    # Ids, not keys: the file may come before its operation.
    op_id = models.UUIDField()
    attachment = models.UUIDField()
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PARTIAL)
    message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "op_id", "attachment"], name="field_upload_once"
            ),
            models.CheckConstraint(
                name="field_upload_within", condition=Q(offset__lte=models.F("size"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="field_upload_stale", condition=Q(state="partial")
            ),
            models.Index(fields=["op_id"], name="field_upload_of_op"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.offset}/{self.size}"
