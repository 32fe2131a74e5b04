"""An incident and its place in the register."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db import models
from django.db.models import BooleanField, F, Func, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left
from django.db.models.lookups import In
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission, Role
from gis_grid.core.codes import PREFIX_LENGTH, AreaLevel
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.households.models import Household
from gis_grid.incidents.models.category import Category, Field, Kind
from gis_grid.territory.models import Grid, Located


class State(models.TextChoices):
    REPORTED = "reported", _("Reported")
    ACCEPTED = "accepted", _("Accepted")
    IN_GRID = "in_grid", _("Handled in the grid")
    FILED = "filed", _("On file in the village, sent up")
    CENTRE = "centre", _("At the town's centre")
    ASSIGNED = "assigned", _("Assigned")
    ALERT = "alert", _("Alert")
    FOLLOWED = "followed", _("Being followed")
    STOOD_DOWN = "stood_down", _("Stood down")
    MEDIATING = "mediating", _("In mediation")
    AGREED = "agreed", _("Agreement reached")
    COURT = "court", _("Shown the way to court")
    TOLD = "told", _("Procedure told")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Reopened")
    MERGED = "merged", _("Merged into another")


OVER = ("closed", "merged")
OPEN_STATES = tuple(state for state in State if state not in OVER)
# Written as the partial indexes have it: of a list of open states the planner would not know.
IS_OPEN = ~Q(state__in=OVER)
# The county by the area's code, as indexes have it.
COUNTY = Left("area_code", PREFIX_LENGTH[AreaLevel.COUNTY])
# Incidents near a border, for those on the other side. An array and not IN: so both halves of
# the OR can use an index.
_BESIDE = "ARRAY(SELECT s.incident_id FROM incidents_incidentside s WHERE s.area_code LIKE ANY(%s))"


def _beside(patterns: list[str]) -> Func:
    """Whether an incident lies just beyond areas whose codes are like these."""
    theirs = RawSQL(_BESIDE, [patterns])  # noqa: S611 a constant; values travel as parameters
    return Func(
        F("pk"),
        theirs,
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(
        self, user: ActingUser, permission: Permission = Permission.INCIDENT_VIEW
    ) -> IncidentQuerySet:
        """In scope, or within a few metres of it; never what complains of the person."""
        scope = user.scope(permission)
        if not scope:
            return self.none()
        seen = scope.q("area_code")
        # Who sees whole towns sees both sides of nearly every border anyway, but not of all.
        beside = Q(_beside(scope.like_patterns()))
        found = self.filter(seen | beside) if "" not in scope.prefixes else self.all()
        return found._not_against(user)

    def parts_visible_to(self, user: ActingUser) -> list[IncidentQuerySet]:
        """What `visible_to` has, in parts that share no incident, to be counted one by one.

        Each walks an index of its own: for the OR of both every open incident would be read.
        """
        scope = user.scope(Permission.INCIDENT_VIEW)
        if not scope.counties:
            return [self.visible_to(user)]
        seen = scope.q("area_code")
        beside = Q(_beside(scope.like_patterns()))
        # The counties say nothing new; they lead to the indexes that begin with them.
        within = self.filter(seen, In(COUNTY, scope.counties))
        parts = (within, self.filter(beside, ~seen))
        return [part._not_against(user) for part in parts]

    def _not_against(self, user: ActingUser) -> IncidentQuerySet:
        if user.pk is None:
            return self
        return self.filter(Q(complained_of=None) | ~Q(complained_of_id=user.pk))

    def open(self) -> IncidentQuerySet:
        return self.filter(IS_OPEN)


class RegisterCounter(models.Model):
    """The last number given in a town and year; its row lock keeps numbers without gaps."""

    town_code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town_code", "year"], name="register_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.town_code} {self.year}"


class Incident(Located):
    """Something that happened somewhere. Only `services` writes; `steps` tell how it went."""

    class Channel(models.TextChoices):
        MAP = "map", _("Map")
        COUNTER = "counter", _("Counter")
        API = "api", _("API")
        TABLET = "tablet", _("Tablet")
        IMPORT = "import", _("Import")

    class Severity(models.IntegerChoices):
        MINOR = 1, _("minor")
        USUAL = 2, _("usual")
        SERIOUS = 3, _("serious")
        GRAVE = 4, _("grave")

    layer: ClassVar[str] = "incidents"

    town_code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    register_no = models.CharField(max_length=60)

    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    field = models.CharField(max_length=10, choices=Field.choices)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.USUAL)
    what = models.TextField(_("what happened"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField()
    # What a client named the report, so that sending it twice makes one.
    client_id = models.UUIDField(null=True, blank=True)

    is_anonymous = models.BooleanField(default=False)
    reporter_name_cipher = models.BinaryField(default=bytes, blank=True)
    reporter_phone_cipher = models.BinaryField(default=bytes, blank=True)
    reporter_phone_hash = models.BinaryField(default=bytes, blank=True)
    complained_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    households = models.ManyToManyField(Household, blank=True, related_name="+")
    cameras = models.ManyToManyField(Camera, blank=True, related_name="+")
    service_points = models.ManyToManyField(ServicePoint, blank=True, related_name="+")

    # Where it happened by the boundaries of that day; a redraw never touches these.
    grid_then = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    area_then = models.CharField(max_length=15)
    is_outside = models.BooleanField(default=False)

    state = models.CharField(max_length=12, choices=State.choices, default=State.REPORTED)
    assignee_role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    assignee_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # For the state that it is in, and for the whole case; None where nothing is laid down.
    step_due_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    # False where the holidays of a year were not known yet when the deadline was set.
    due_is_certain = models.BooleanField(default=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    urged = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    revision = models.PositiveIntegerField(default=1)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["town_code", "year", "serial"], name="incident_register_once"
            ),
            models.UniqueConstraint(
                fields=["reported_by", "client_id"],
                name="incident_client_id_once",
                condition=~Q(client_id=None),
            ),
            models.CheckConstraint(
                name="incident_merged_state",
                condition=Q(merged_into=None) ^ Q(state="merged"),
            ),
        ]
        indexes = [
            # A list walks down the numbers of an area; the board counts states of one.
            models.Index(
                OpClass(F("area_code"), "text_pattern_ops"), F("id"), name="incident_area"
            ),
            # With these two the board is counted from the indexes alone.
            models.Index(
                fields=["area_code", "state", "kind"],
                opclasses=["text_pattern_ops", "text_ops", "text_ops"],
                include=["id", "complained_of"],
                name="incident_area_open",
                condition=IS_OPEN,
            ),
            models.Index(fields=["state", "id"], name="incident_state"),
            models.Index(fields=["category", "id"], name="incident_category"),
            models.Index(fields=["kind", "id"], name="incident_kind"),
            models.Index(fields=["field", "id"], name="incident_field"),
            models.Index(fields=["id"], name="incident_open", condition=IS_OPEN),
            models.Index(
                fields=["due_at"],
                name="incident_due",
                condition=IS_OPEN,
            ),
            models.Index(
                fields=["step_due_at"],
                name="incident_step_due",
                condition=IS_OPEN,
            ),
            # What the circular counts as overdue.
            models.Index(
                fields=["due_at"],
                name="incident_late",
                condition=Q(closed_at=None) | Q(closed_at__gt=F("due_at")),
            ),
            # What a map draws most often.
            GistIndex(fields=["geom"], name="incident_open_place", condition=IS_OPEN),
            models.Index(fields=["reported_at"], name="incident_reported"),
            models.Index(
                fields=["answered_at"], name="incident_answered", condition=~Q(answered_at=None)
            ),
            models.Index(
                fields=["closed_at"],
                include=["id", "area_code", "state", "complained_of"],
                name="incident_closed",
                condition=~Q(closed_at=None),
            ),
            models.Index(
                fields=["reopened_at"], name="incident_reopened", condition=~Q(reopened_at=None)
            ),
            # The same moments of a county: what the others have had in a month is not read.
            models.Index(COUNTY, F("reported_at"), name="incident_county_reported"),
            models.Index(
                COUNTY,
                F("answered_at"),
                name="incident_county_answered",
                condition=~Q(answered_at=None),
            ),
            models.Index(
                COUNTY,
                F("closed_at"),
                include=["id", "area_code", "state", "complained_of"],
                name="incident_county_closed",
                condition=~Q(closed_at=None),
            ),
            models.Index(
                COUNTY,
                F("reopened_at"),
                name="incident_county_reopened",
                condition=~Q(reopened_at=None),
            ),
            models.Index(
                COUNTY,
                F("due_at"),
                name="incident_county_late",
                condition=Q(closed_at=None) | Q(closed_at__gt=F("due_at")),
            ),
            models.Index(
                fields=["assignee_user", "id"],
                name="incident_assignee",
                condition=~Q(assignee_user=None),
            ),
            models.Index(
                fields=["reporter_phone_hash"],
                name="incident_phone",
                condition=~Q(reporter_phone_hash=b""),
            ),
            GinIndex(
                OpClass(F("what"), "gin_trgm_ops"),
                OpClass(F("address"), "gin_trgm_ops"),
                OpClass(F("register_no"), "gin_trgm_ops"),
                name="incident_text_trgm",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.register_no

    @property
    def is_late(self) -> bool:
        """True where a deadline has passed, unless it waits for the person."""
        due = [moment for moment in (self.step_due_at, self.due_at) if moment is not None]
        return self.is_open and self.paused_at is None and bool(due) and min(due) < timezone.now()

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class IncidentSide(models.Model):
    """A grid that begins within a few metres of where it happened: its people are told, too."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="sides")
    area_code = models.CharField(max_length=15)
    distance_m = models.FloatField()

    class Meta:
        ordering = ["distance_m"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "area_code"], name="incident_side_once")
        ]
        indexes = [
            models.Index(OpClass(F("area_code"), "text_pattern_ops"), name="incident_side_area")
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.area_code}"
