"""A file that was taken out, kept for some days for whoever took it."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_grid.accounts.models import User
from gis_grid.exchange.models.layout import Layout


class TakenOut(models.Model):
    """Asked for, made, and there until it is over. The log keeps it for good."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", pgettext_lazy("file", "Ready")
        FAILED = "failed", _("Failed")
        OVER = "over", _("Taken away")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    dataset = models.CharField(max_length=30)
    form = models.CharField(max_length=10)
    # The view's filter, the columns, the datum.
    options = models.JSONField(default=dict)
    layout = models.ForeignKey(Layout, models.SET_NULL, null=True, related_name="+")
    purpose = models.CharField(max_length=500)
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    expected = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["user", "-asked_at"], name="taken_out_own")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "taken-out" / str(self.pk)

    @property
    def counter(self) -> Path:
        """Where the job says how far it is: its own transaction shows nothing before its end."""
        return self.path.with_suffix(".count")

    @property
    def percent(self) -> int:
        try:
            done = int(self.counter.read_text())
        except (OSError, ValueError):
            return 0
        return min(99, done * 100 // max(self.expected, 1))
