"""The register of cameras: sites, never pictures."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.contrib.postgres.indexes import GistIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.acting import ActingUser, shown_as
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.crs import CGCS2000, WEB_MERCATOR
from gis_grid.territory.models import Located


class CameraQuerySet(models.QuerySet["Camera"]):
    def visible_to(
        self, user: ActingUser, permission: Permission = Permission.CAMERA_VIEW
    ) -> CameraQuerySet:
        """Cameras whose place the person needs to know; others only learn how many there are."""
        return self.filter(user.scope(permission).q("area_code"))

    def standing(self) -> CameraQuerySet:
        return self.exclude(state=Camera.State.REMOVED)


class Camera(Located):
    """A site. `bearing` counts clockwise from true north; empty for one that looks all round.

    A home camera's bearing is nobody's to see (DOMAIN §8): it is not even kept, so a home
    camera has neither bearing nor sector.
    """

    class Owner(models.TextChoices):
        PUBLIC = "public", _("public camera")
        HOME = "home", _("home camera")

    class Mounting(models.TextChoices):
        POLE = "pole", _("pole")
        WALL = "wall", _("wall")
        ROOF = "roof", _("roof")
        TOWER = "tower", _("tower")

    class State(models.TextChoices):
        WORKING = "working", _("working")
        BROKEN = "broken", _("out of order")
        OFF = "off", _("switched off")
        REMOVED = "removed", _("taken down")

    layer: ClassVar[str] = "cameras"

    name = models.CharField(_("name"), max_length=60)
    owner = models.CharField(max_length=6, choices=Owner.choices)
    # By consent only; the law asks for no more, but whoever answers for it must know since when.
    consent_on = models.DateField(null=True, blank=True)
    mounting = models.CharField(max_length=5, choices=Mounting.choices, default=Mounting.POLE)
    height_m = models.FloatField(validators=[MinValueValidator(0), MaxValueValidator(100)])
    bearing = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(360)]
    )
    field_of_view = models.FloatField(validators=[MinValueValidator(1), MaxValueValidator(360)])
    range_m = models.FloatField(validators=[MinValueValidator(1), MaxValueValidator(2000)])
    device_code = models.CharField(max_length=20, blank=True)
    filing_no = models.CharField(max_length=40, blank=True)
    # What it looks at, on the ground; only `services` writes it. None for a home camera.
    sector = models.PolygonField(srid=CGCS2000, null=True, blank=True)
    sector_3857 = models.GeneratedField(
        expression=Transform("sector", WEB_MERCATOR),
        output_field=models.PolygonField(srid=WEB_MERCATOR, null=True),
        db_persist=True,
    )
    has_sign = models.BooleanField(default=False)
    storage_days = models.PositiveSmallIntegerField(default=30)
    platform = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WORKING)
    # When somebody looked at the site last (`CameraCheck`).
    checked_on = models.DateField(null=True, blank=True, editable=False)
    is_demo = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)

    objects = CameraQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["device_code"], name="camera_device_code_once", condition=~Q(device_code="")
            ),
            models.CheckConstraint(
                name="camera_home_by_consent",
                condition=Q(owner="public", consent_on=None)
                | Q(owner="home", consent_on__isnull=False),
            ),
            models.CheckConstraint(
                name="camera_looks_somewhere",
                condition=Q(owner="public", sector__isnull=False)
                & (Q(bearing__isnull=False) | Q(field_of_view=360))
                | Q(owner="home", bearing=None, sector=None),
            ),
        ]
        indexes = [
            models.Index(OpClass(F("area_code"), "text_pattern_ops"), F("id"), name="camera_area"),
            GistIndex(fields=["geom"], name="camera_place"),
            GistIndex(fields=["sector"], name="camera_sector"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        return self.owner == self.Owner.PUBLIC


class CameraState(models.Model):
    """A change of a camera's state; the database refuses to alter or remove one."""

    camera = models.ForeignKey(Camera, models.PROTECT, related_name="history")
    at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=Camera.State.choices)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.state} {self.at:%Y-%m-%d}"

    @property
    def who(self) -> str:
        """Who changed it, by the name that people know."""
        return shown_as(self.by, self.by_name)
