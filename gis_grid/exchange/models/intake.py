"""A file on its way in, what it changed, and how its layout was read the last time."""

import datetime as dt
import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User

# As long as the file is kept, what it did can be undone.
KEPT = dt.timedelta(days=7)


class Intake(models.Model):
    """A file, from its upload to seven days after its import; seen only by whoever brought it."""

    class State(models.TextChoices):
        NEW = "new", _("to be described")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        IMPORTING = "importing", _("being loaded")
        DONE = "done", _("loaded")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    AT_WORK = (State.CHECKING, State.IMPORTING, State.UNDOING)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.NEW)
    language = models.CharField(max_length=10)
    # What the parsers told, without any row of it.
    found = models.JSONField(default=dict)
    # What was chosen: target, layer, datum, encoding, sheets, columns, options.
    chosen = models.JSONField(default=dict)
    # What the check or the load came to.
    result = models.JSONField(default=dict)
    # Why the last step was not done, as a sentence.
    said = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user", "-id"], name="intake_own")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state} {self.file_name}"

    @property
    def folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "intakes" / str(self.key)

    @property
    def path(self) -> Path:
        return self.folder / "file"

    @property
    def errors_path(self) -> Path:
        return self.folder / "errors.xlsx"

    @property
    def is_at_work(self) -> bool:
        return self.state in self.AT_WORK

    @property
    def can_be_undone(self) -> bool:
        ends = (self.done_at or self.created_at) + KEPT
        return self.state == self.State.DONE and timezone.now() < ends


class IntakeChange(models.Model):
    """A row of another table as it was before the load and as the load left it.

    Written by the database itself (`exchange_keep`) while the setting `gis_grid.intake` is on, and
    by nobody else: by these rows alone a history may lose something (`exchange_take_back`).
    """

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="changes")
    tab = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["intake", "tab", "row_id"], name="intake_change_row")]

    def __str__(self) -> str:
        return f"{self.intake_id} {self.tab} {self.row_id}"


class ColumnMemory(models.Model):
    """How a county's people read a table of these columns the last time."""

    county = models.CharField(max_length=6)
    digest = models.CharField(max_length=64)
    columns = models.JSONField()
    datum = models.CharField(max_length=20, blank=True)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["county", "digest"], name="column_memory_once")
        ]

    def __str__(self) -> str:
        return f"{self.county} {self.digest[:8]}"
