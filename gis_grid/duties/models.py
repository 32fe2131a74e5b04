"""Who holds which post where and since when, and what each grid has fixed (五定)."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import ancestors


class Post(models.Model):
    """A post such as 网格长; `order` is the order of the card, who answers first."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    name_en = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField()
    # True for the four posts of the grid proper; the others are its many hands (多员).
    is_grid_post = models.BooleanField(default=False)

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name if (get_language() or "").startswith("zh") else self.name_en


class Holder(models.Model):
    """A person who holds posts, with or without a login."""

    name = models.CharField(_("name"), max_length=60)
    phone_cipher = models.BinaryField(default=bytes, blank=True)
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="holder")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DutyQuerySet(models.QuerySet["Duty"]):
    def on(self, day: dt.date | None = None) -> DutyQuerySet:
        """Duties that hold on `day`; None means today."""
        day = day or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)

    def visible_to(self, user: User) -> DutyQuerySet:
        """Duties inside the scope, and those of the areas around it: they answer for it too."""
        scope = user.scope(Permission.MAP_VIEW)
        around = {
            code
            for prefix in scope.prefixes
            for code in ancestors(prefix if len(prefix) == 15 else prefix.ljust(12, "0"))
        }
        return self.filter(scope.q("area_code") | Q(area_code__in=around))

    def answering_for(self, area_code: str) -> DutyQuerySet:
        """Duties of the area and of every area around it, the nearest first."""
        return (
            self.filter(area_code__in=ancestors(area_code))
            .select_related("post", "holder")
            .order_by("post__order", "-area_code")
        )


class Duty(models.Model):
    """A post held in an area over `[starts_on, ends_on)`."""

    class Mode(models.TextChoices):
        VILLAGE = "village", _("answers for the village")
        STRETCH = "stretch", _("answers for a stretch")
        GROUP = "group", _("answers for a group")

    post = models.ForeignKey(Post, models.PROTECT, related_name="duties")
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="duties")
    mode = models.CharField(max_length=10, choices=Mode.choices)
    area_code = models.CharField(max_length=15, db_index=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["area_code", "post__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "holder", "area_code", "starts_on"], name="duty_once"
            ),
            models.CheckConstraint(
                name="duty_period",
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("The end must be later than the start."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.holder_id} {self.area_code}"


class FixedPoint(models.Model):
    """Duties, tasks or rewards of an area as laid down in a paper; holds for all inside."""

    class Kind(models.TextChoices):
        DUTIES = "duties", _("Duties")
        TASKS = "tasks", _("Tasks")
        REWARDS = "rewards", _("Rewards and penalties")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    area_code = models.CharField(max_length=15, db_index=True)
    text = models.TextField()
    source = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["area_code", "kind", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "area_code", "starts_on"], name="fixed_point_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.area_code}"
