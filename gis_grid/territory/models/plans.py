"""Plans: changes of boundaries on their way from a draft to being published."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import AreaLevel, level_of
from gis_grid.core.crs import CGCS2000
from gis_grid.territory.models.ground import GridVersion


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User) -> PlanQuerySet:
        """Plans for areas in the scope; once submitted also those that change land in it.

        Drafts are seen by those who may draw, the rest by everybody who sees the map.
        """
        drafting = user.scope(Permission.PLAN_DRAFT)
        seeing = user.scope(Permission.MAP_VIEW)
        touched = Q(pk__in=[])
        for prefix in seeing.prefixes:
            touched |= Q(touched_areas__contains=[prefix.ljust(12, "0")[:12]])
        private = Q(status__in=[Plan.Status.DRAFT, Plan.Status.REJECTED, Plan.Status.WITHDRAWN])
        public = (seeing.q("area_code") | touched) & ~private
        return self.filter((drafting.q("area_code") & private) | public)


class Plan(models.Model):
    """A set of changes over the published grids; what it does not touch stays as published."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUPERSEDED = "superseded", _("Superseded")

    title = models.CharField(_("title"), max_length=80)
    reason = models.CharField(_("reason"), max_length=500)
    # The area that it may change: a village, a town, a county.
    area_code = models.CharField(max_length=12, db_index=True)
    # Villages that it does change, and all areas above them: for those who see only a part.
    touched_areas = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    effective_on = models.DateField(_("effective date"))
    author = models.ForeignKey(User, models.PROTECT, related_name="plans")
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="supersedes")

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_published_when",
                condition=Q(status="published", published_at__isnull=False)
                | (~Q(status="published") & Q(published_at=None)),
            )
        ]
        indexes = [models.Index(fields=["status", "effective_on"], name="plan_due")]

    def __str__(self) -> str:
        return f"{self.title} ({self.status})"

    @property
    def villages(self) -> list[str]:
        """Codes of the villages that it changes."""
        return [code for code in self.touched_areas if level_of(code) is AreaLevel.VILLAGE]


class PlanOperation(models.Model):
    """One step of a plan, append-only; `undone_by` is set where a later one took it back.

    `patch` holds every changed cell before and after, `{code: [before, after]}` with cells as
    `{village, name, kind, coordinates}` or null: enough to take the step back bit for bit.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="operations")
    number = models.PositiveIntegerField()
    client_op_id = models.UUIDField()
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    type = models.CharField(max_length=12)
    params = models.JSONField()
    # Of the operation as it was sent: the same id with another content is a mistake.
    digest = models.CharField(max_length=64)
    patch = models.JSONField()
    lineage = models.JSONField(default=list)
    # What was answered, to answer the same again.
    answer = models.JSONField(default=dict)
    inverts = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    undone_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    # A rebase could not do it again: why.
    dropped = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "client_op_id"], name="plan_operation_once"),
            models.UniqueConstraint(fields=["plan", "number"], name="plan_operation_number"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.number} {self.type}"

    @property
    def grids(self) -> list[str]:
        return sorted(self.patch)


class PlanCell(models.Model):
    """A grid as the draft has it; without `geom` it ends. `base` is what it was drawn over."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="cells")
    code = models.CharField(max_length=15)
    village = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=7, choices=GridVersion.Kind.choices)
    geom = models.MultiPolygonField(srid=CGCS2000, null=True)
    base = models.ForeignKey(GridVersion, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="plan_cell_one_each")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.code}"


class ReservedCode(models.Model):
    """A code given out to a draft: never given out again, also when the draft is dropped."""

    code = models.CharField(max_length=15, primary_key=True)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="reserved_codes")

    def __str__(self) -> str:
        return self.code
