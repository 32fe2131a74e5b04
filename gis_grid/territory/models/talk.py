"""What people say about a plan, and who is at it: comments, hearings, presence."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.core.crs import CGCS2000
from gis_grid.territory.models.plans import Plan


class PlanComment(models.Model):
    """A remark, pinned to a place where it is about one."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.CharField(max_length=1000)
    place = models.PointField(srid=CGCS2000, null=True)
    # Smallest area that holds the place: who sees that area sees the comment.
    area_code = models.CharField(max_length=15)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:40]


class PlanHearing(models.Model):
    """The village's hearing: the plan was heard before it was vetted."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="hearings")
    village = models.CharField(max_length=12)
    held_on = models.DateField(_("date"))
    present = models.PositiveIntegerField(_("people present"))
    outcome = models.CharField(max_length=1000, blank=True)
    minutes_name = models.CharField(max_length=120, blank=True)
    minutes_type = models.CharField(max_length=80, blank=True)
    minutes = models.BinaryField(null=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["held_on", "pk"]
        constraints = [
            models.CheckConstraint(name="plan_hearing_present", condition=Q(present__gte=1))
        ]

    def __str__(self) -> str:
        return f"{self.village} {self.held_on}"


class PlanPresence(models.Model):
    """Somebody is at a draft now, and works on some grids: a hint to others, not a lock."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="presence")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    grids = models.JSONField(default=list)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "user"], name="plan_presence_one_each")
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.user_id}"
