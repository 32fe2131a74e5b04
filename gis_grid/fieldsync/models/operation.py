"""What tablets have sent, kept as it came, and what became of it."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.fieldsync.models.device import Device


class Outcome(models.TextChoices):
    """What was said of an operation; all but the first are final."""

    RECEIVED = "received", _("received, not judged yet")
    APPLIED = "applied", _("done")
    DUPLICATE = "duplicate", _("was there already")
    CONFLICT = "conflict", _("partly changed by somebody else")
    HELD = "held", _("held for an office")
    REJECTED = "rejected", _("refused")


class Operation(models.Model):
    """One operation of a device with its receipt; the payload is kept encrypted, as it came."""

    op_id = models.UUIDField(primary_key=True)
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="operations")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    entity = models.CharField(max_length=20)
    action = models.CharField(max_length=20)
    record = models.UUIDField(null=True)
    # The refused operation that this one corrects.
    replaces = models.UUIDField(null=True)
    payload_cipher = models.BinaryField()
    # SHA-256 of the payload's JSON with sorted keys and no blanks.
    digest = models.BinaryField(max_length=32)
    received_at = models.DateTimeField(default=timezone.now)
    # How much the tablet's clock was behind the server's when it made this.
    clock = models.DurationField(default=dt.timedelta, db_default=dt.timedelta())
    outcome = models.CharField(
        max_length=9, choices=Outcome.choices, default=Outcome.RECEIVED, db_default="received"
    )
    judged_at = models.DateTimeField(null=True)
    # How often judging broke off for a reason that was not the operation's.
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    object_id = models.BigIntegerField(null=True)
    rev = models.BigIntegerField(null=True)
    number = models.CharField(max_length=40, blank=True, db_default="")
    # Where it is about, as far as known: who looks after held ones there sees them.
    area_code = models.CharField(max_length=15, blank=True, db_default="")
    code = models.CharField(max_length=20, blank=True, db_default="")
    message = models.CharField(max_length=500, blank=True, db_default="")
    where = models.CharField(max_length=60, blank=True, db_default="")
    # A held one, or a conflict's, when a person has settled it.
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["received_at", "seq"]
        indexes = [
            models.Index(
                fields=["received_at"],
                name="operation_unjudged",
                condition=Q(outcome="received"),
            ),
            models.Index(
                fields=["area_code"],
                name="operation_held",
                condition=Q(outcome="held", settled_at=None),
            ),
            models.Index(F("device"), F("received_at").desc(), name="operation_of_device"),
        ]

    def __str__(self) -> str:
        return f"{self.entity}.{self.action} {self.op_id}"


class Record(models.Model):
    """Which thing of the server a tablet's own id stands for."""

    entity = models.CharField(max_length=20)
    record = models.UUIDField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    # How much later than the tablet told it was made, where its maker has corrected that.
    moved = models.DurationField(default=dt.timedelta, db_default=dt.timedelta())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "record"], name="field_record_once")
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.record} = {self.object_id}"


class Conflict(models.Model):
    """A field that two have changed: the server's value stays until a person says otherwise."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="conflicts")
    entity = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    area_code = models.CharField(max_length=15)
    field = models.CharField(max_length=60)
    # JSON of {old, mine, theirs}: names and phones may be among them.
    values_cipher = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    choice = models.CharField(max_length=6, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "field"], name="conflict_once_a_field")
        ]
        indexes = [
            models.Index(fields=["area_code"], name="conflict_open", condition=Q(settled_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.object_id} {self.field}"


class Unreadable(models.Model):
    """A payload that is no operation: kept as it came, for an administrator to look at."""

    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    body_cipher = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=300)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="unreadable_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.received_at:%Y-%m-%d %H:%M}"
