"""Prints that take longer than a page may wait: made by the worker, kept for some days."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User


class PrintJobQuerySet(models.QuerySet["PrintJob"]):
    def visible_to(self, user: User) -> PrintJobQuerySet:
        """One's own, and nobody else's: what stands on a print depends on who asked for it."""
        return self.filter(user=user)


class PrintJob(models.Model):
    """A print that somebody asked for. Its file lies under MEDIA_ROOT by the key."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        RUNNING = "running", _("being made")
        DONE = "done", _("ready")
        FAILED = "failed", _("failed")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    # `Choice.as_json`
    choice = models.JSONField()
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    whole = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    # When the worker last said that it is at it; None while nobody is.
    alive_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    pages = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    # Labels of layers that could not be drawn.
    missing = models.JSONField(default=list)
    # A sentence for the person, where it failed.
    trouble = models.CharField(max_length=300, blank=True)

    objects = PrintJobQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["user", "asked_at"], name="print_job_of")]

    def __str__(self) -> str:
        return f"{self.title} {self.state}"

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.whole) if self.whole else 0

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)
