"""Where is walked and when: routes with their checkpoints, and schedules.

A run is judged by the version of the route that it walked, so versions stay as they were.
"""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import OpClass
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.crs import CGCS2000
from gis_grid.patrols.models.squad import Squad, own_or_seen


class RouteQuerySet(models.QuerySet["Route"]):
    def visible_to(
        self, user: ActingUser, permission: Permission = Permission.PATROL_VIEW
    ) -> RouteQuerySet:
        """Routes of the scope, and those of one's own squads."""
        return self.filter(own_or_seen(user, permission, area="area_code", squad="squad"))


class Route(models.Model):
    """The lasting identity of a way; `current` is how it is walked today."""

    name = models.CharField(_("name"), max_length=60)
    squad = models.ForeignKey(Squad, models.PROTECT, related_name="routes")
    # The smallest area that holds all of it: village or town.
    area_code = models.CharField(max_length=12)
    current = models.OneToOneField("RouteVersion", models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    objects = RouteQuerySet.as_manager()

    class Meta:
        ordering = ["area_code", "pk"]
        indexes = [
            models.Index(OpClass(F("area_code"), "text_pattern_ops"), F("id"), name="route_area")
        ]

    def __str__(self) -> str:
        return self.name


class RouteVersion(models.Model):
    """The way as it was drawn at a time; the database refuses to change its line."""

    route = models.ForeignKey(Route, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    line = models.LineStringField(srid=CGCS2000)
    length_m = models.FloatField()
    # The stretch (片区) that it serves, in words.
    serves = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["route", "number"]
        constraints = [
            models.UniqueConstraint(fields=["route", "number"], name="route_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.route_id}/{self.number}"


class Checkpoint(models.Model):
    """A place that has to be passed, within `radius_m`."""

    version = models.ForeignKey(RouteVersion, models.CASCADE, related_name="checkpoints")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60, blank=True)
    geom = models.PointField(srid=CGCS2000)
    radius_m = models.FloatField(default=25)

    class Meta:
        ordering = ["version", "order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "order"], name="checkpoint_order_once"),
            models.CheckConstraint(
                name="checkpoint_radius", condition=Q(radius_m__gte=5, radius_m__lte=200)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.name}"


class Schedule(models.Model):
    """When a route is walked: a recurrence rule (RFC 5545) of days, and a time of day.

    A run that begins at 23:00 and takes 180 minutes ends on the next day: the day is that on
    which it begins. Times are those of Asia/Shanghai.
    """

    route = models.ForeignKey(Route, models.PROTECT, related_name="schedules")
    rule = models.CharField(max_length=200)
    starts = models.TimeField()
    minutes = models.PositiveSmallIntegerField()
    holds_from = models.DateField()
    holds_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["route", "pk"]
        constraints = [
            models.CheckConstraint(
                name="schedule_length", condition=Q(minutes__gte=5, minutes__lte=1440)
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.starts:%H:%M}"
