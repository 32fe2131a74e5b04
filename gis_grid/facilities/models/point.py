"""Service points: where people go, when somebody is there, and who."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.indexes import GistIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.core.cleaning import check_phone
from gis_grid.territory.models import Located


class ServicePointQuerySet(models.QuerySet["ServicePoint"]):
    def visible_to(
        self, user: ActingUser, permission: Permission = Permission.MAP_VIEW
    ) -> ServicePointQuerySet:
        return self.filter(user.scope(permission).q("area_code"))

    def on(self, day: dt.date) -> ServicePointQuerySet:
        """Those that exist on the day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day))


class ServicePoint(Located):
    """A place with opening hours; `ended_on` is the first day on which it is no more."""

    class Kind(models.TextChoices):
        DESK = "desk", _("service desk")
        POLICE = "police", _("police room")
        LEGAL = "legal", _("legal-service room")
        MEDIATION = "mediation", _("mediation room")
        HEALTH = "health", _("health room")
        BOARD = "board", _("notice board")
        SHELTER = "shelter", _("shelter")
        FIRE = "fire", _("fire point")

    layer: ClassVar[str] = "service_points"

    kind = models.CharField(max_length=9, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("address"), max_length=200, blank=True)
    hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    # The point's own line, on its door; never a person's.
    phone = models.CharField(_("phone"), max_length=20, blank=True, validators=[check_phone])
    ended_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)

    objects = ServicePointQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(OpClass(F("area_code"), "text_pattern_ops"), F("id"), name="point_area"),
            GistIndex(F("geom"), name="point_geom_open", condition=Q(ended_on=None)),
        ]

    def __str__(self) -> str:
        return self.name


class RotaRow(models.Model):
    """Who is there on a day of the week (1 Monday … 7 Sunday), from when to when."""

    point = models.ForeignKey(ServicePoint, models.CASCADE, related_name="rota")
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["weekday", "starts", "pk"]
        constraints = [
            models.CheckConstraint(
                name="rota_day_of_the_week", condition=Q(weekday__gte=1, weekday__lte=7)
            ),
            # Over midnight is two rows: the evening of one day, the night of the next.
            models.CheckConstraint(name="rota_begins_first", condition=Q(starts__lt=F("ends"))),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.weekday} {self.name}"
