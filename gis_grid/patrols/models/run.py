"""What was walked: runs, their tracks and notes. Nobody is tracked outside of a run (DOMAIN §7)."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_grid.accounts.acting import ActingUser, shown_as
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.crs import CGCS2000
from gis_grid.incidents.models import Incident
from gis_grid.patrols.models.route import RouteVersion, Schedule
from gis_grid.patrols.models.squad import Squad, own_or_seen


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(
        self, user: ActingUser, permission: Permission = Permission.PATROL_VIEW
    ) -> RunQuerySet:
        """Runs of the scope, and those of one's own squads."""
        return self.filter(
            own_or_seen(user, permission, area="version__route__area_code", squad="squad")
        )


class Run(models.Model):
    """One walk of a route by a squad: planned, on, ended, closed by the leader; or missed."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        ON = "on", _("Under way")
        ENDED = "ended", pgettext_lazy("patrol", "Ended")
        CLOSED = "closed", _("Closed by the leader")
        MISSED = "missed", _("Not walked")

    version = models.ForeignKey(RouteVersion, models.PROTECT, related_name="runs")
    squad = models.ForeignKey(Squad, models.PROTECT, related_name="runs")
    schedule = models.ForeignKey(Schedule, models.PROTECT, null=True, related_name="runs")
    state = models.CharField(max_length=7, choices=State.choices)
    planned_from = models.DateTimeField(null=True, blank=True)
    planned_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    members = models.ManyToManyField(User, related_name="+")
    incidents = models.ManyToManyField(Incident, blank=True, related_name="+")
    # The cleaned track and what was found of it when the run ended; see `judging`.
    walked = models.MultiLineStringField(srid=CGCS2000, null=True, blank=True)
    judgement = models.JSONField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)
    # The tablet's own; sent again it is the same run.
    client_id = models.UUIDField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "planned_from"],
                name="run_planned_once",
                condition=Q(schedule__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["squad"], name="run_one_at_a_time", condition=Q(state="on")
            ),
            models.UniqueConstraint(
                fields=["client_id"],
                name="run_client_id_once",
                condition=Q(client_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["started_at"], name="run_started"),
            models.Index(
                fields=["planned_until"], name="run_planned", condition=Q(state="planned")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.state}"


class TrackPoint(models.Model):
    """Where the squad was at a moment of a run; the same moment again is the same point."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="track")
    at = models.DateTimeField()
    lon = models.FloatField()
    lat = models.FloatField()
    accuracy_m = models.FloatField(null=True)

    class Meta:
        ordering = ["run", "at"]
        constraints = [models.UniqueConstraint(fields=["run", "at"], name="track_moment_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.at:%H:%M:%S}"


class Passed(models.Model):
    """A walker says that a checkpoint was passed; what the track says stands beside it."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="passed")
    order = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The tablet's own, to find the operation by; the row is once a walker and checkpoint anyway.
    client_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["order", "at"]
        constraints = [
            models.UniqueConstraint(fields=["run", "order", "by"], name="passed_once_a_walker")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.order} {self.at:%H:%M:%S}"


class RunNote(models.Model):
    """What was seen on the way."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    text = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def who(self) -> str:
        """Who wrote it, by the name that people know."""
        return shown_as(self.by, self.by_name)
