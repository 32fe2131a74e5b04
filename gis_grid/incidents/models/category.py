"""Categories of incidents, and how long each step of them may take."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.policies import Role


class Kind(models.TextChoices):
    """How it is handled (DOMAIN §4)."""

    GENERAL = "general", _("General")
    MEDIATION = "mediation", _("Mediation")
    EMERGENCY = "emergency", _("Emergency")
    APPROVAL = "approval", _("Approval")


class Field(models.TextChoices):
    """Fields of joint work (DOMAIN §4)."""

    DISPUTES = "disputes", _("Disputes")
    REQUESTS = "requests", _("Residents' requests")
    AFFAIRS = "affairs", _("Public affairs")
    SAFETY = "safety", _("Public safety")


class Category(models.Model):
    """A node of the tree that a county edits; incidents hang on its leaves.

    It can be chosen over `[starts_on, ends_on)`; what hangs on it stays.
    """

    code = models.SlugField(max_length=20, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    field = models.CharField(max_length=10, choices=Field.choices)
    office = models.CharField(max_length=20, choices=Role.choices)
    order = models.PositiveSmallIntegerField(default=100)
    source = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="category_period",
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("The end must be later than the start."),
            ),
            models.CheckConstraint(
                name="category_source", condition=~Q(source=""),
                violation_error_message=_("Say where this is laid down."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        language = get_language() or ""
        return self.name if language.startswith("zh") or not self.name_en else self.name_en


class DeadlineRule(models.Model):
    """How long a state may last from `since` on; the whole case where `state` is empty.

    Either working days, of which the last one counts to its end, or minutes by the clock.
    A rule of a category goes before one of its parent, that before one of its kind.
    """

    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="deadlines"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, blank=True)
    state = models.CharField(max_length=12, blank=True)
    working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    since = models.DateField()
    source = models.CharField(max_length=100)

    class Meta:
        ordering = ["category", "kind", "state", "-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "kind", "state", "since"],
                name="deadline_once_a_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="deadline_of_category_or_kind",
                condition=Q(category=None) ^ Q(kind=""),
            ),
            models.CheckConstraint(
                name="deadline_days_or_minutes",
                condition=Q(working_days=None) ^ Q(minutes=None),
                violation_error_message=_("Give working days or minutes, not both."),
            ),
            models.CheckConstraint(name="deadline_source", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.category_id or self.kind} {self.state} {self.since}"
