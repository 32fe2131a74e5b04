"""What was done, who was told, and the files that belong to it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.acting import shown_as
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Role
from gis_grid.core.attachments.models import KeptFile
from gis_grid.incidents.models.incident import Incident, State


class Step(models.Model):
    """One step of a case. Append-only: the database refuses to change or remove one."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    # None for the system's clock and the operator's commands; `actor_name` says which.
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)
    step = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=12, choices=State.choices)
    text = models.TextField(blank=True)
    reason = models.CharField(max_length=500, blank=True)
    assignee_role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    assignee_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["incident", "number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="step_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}/{self.number} {self.step}"

    @property
    def by(self) -> str:
        """Who did it, by the name that people know."""
        return shown_as(self.actor, self.actor_name)


class Attachment(KeptFile):
    """A photo, file or sound of a case."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="attachments")
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="attachments")

    class Meta(KeptFile.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "sent_digest"], name="attachment_once_an_incident"
            )
        ]


class Upload(models.Model):
    """A file that comes in pieces; what has come lies under MEDIA_ROOT by the key.

    Once it is whole it has the `attachment`, and stays a while for those who got no answer.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    size = models.PositiveIntegerField()
    offset = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    attachment = models.ForeignKey(
        Attachment, models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["started_at"]

    def __str__(self) -> str:
        return f"{self.name} {self.offset}/{self.size}"


class Notice(models.Model):
    """What a person is told, until read and after."""

    class Why(models.TextChoices):
        REPORTED = "reported", _("New incident")
        ALERT = "alert", _("Emergency")
        ASSIGNED = "assigned", _("Assigned to you")
        URGED = "urged", _("Urged")
        ESCALATED = "escalated", _("Overdue, brought before you")
        REMINDED = "reminded", _("Due soon")
        SENT_UP = "sent_up", _("Sent up")
        REOPENED = "reopened", _("Reopened")
        STEP = "step", _("Something was done")

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="notices")
    why = models.CharField(max_length=10, choices=Why.choices)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_user"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.why} {self.incident_id}"


class Reminder(models.Model):
    """That the clock has reminded, urged or escalated for one deadline: each once."""

    class What(models.TextChoices):
        REMIND = "remind", _("reminded")
        URGE = "urge", _("urged")
        ESCALATE = "escalate", _("escalated")

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    what = models.CharField(max_length=8, choices=What.choices)
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "what", "due_at"], name="reminder_once_a_deadline"
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.what} {self.due_at}"


class SavedFilter(models.Model):
    """A filter of the list that a person comes back to; `query` is that of the list's address."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_once")]

    def __str__(self) -> str:
        return self.name
