"""Households, the people in them and the tags that cadres know them by."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.territory.models import Located


class Tag(models.Model):
    """A kind of household: name, colour, symbol, who may see it. A county adds its own."""

    class Visibility(models.TextChoices):
        OPEN = "open", _("Everyone who sees the household")
        WELFARE = "welfare", _("Offices that need it and staff of the area")

    class Symbol(models.TextChoices):
        STAR = "star", _("star")
        DIAMOND = "diamond", _("diamond")
        TRIANGLE = "triangle", _("triangle")
        HEXAGON = "hexagon", _("hexagon")
        RING = "ring", _("ring")
        PLUS = "plus", _("plus")
        SQUARE = "square", _("square")
        CROSS = "cross", _("cross")

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    name_en = models.CharField(max_length=60, blank=True)
    category = models.CharField(max_length=40, blank=True)
    colour = models.CharField(max_length=7)
    symbol = models.CharField(max_length=10, choices=Symbol.choices)
    visibility = models.CharField(max_length=8, choices=Visibility.choices)
    order = models.PositiveSmallIntegerField(default=100)
    # Bit of this tag in `Household.tag_mask`; below 50, so that a browser can hold the mask.
    bit = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ["order", "slug"]
        constraints = [
            models.CheckConstraint(name="tag_bit_fits_mask", condition=Q(bit__lt=50)),
            models.CheckConstraint(
                name="tag_colour_form", condition=Q(colour__regex=r"^#[0-9a-f]{6}$")
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def mask(self) -> int:
        return 1 << self.bit

    @property
    def label(self) -> str:
        language = get_language() or ""
        return self.name if language.startswith("zh") or not self.name_en else self.name_en


class HouseholdQuerySet(models.QuerySet["Household"]):
    def visible_to(self, user: User) -> HouseholdQuerySet:
        return self.filter(user.scope(Permission.HOUSEHOLD_VIEW).q("area_code"))

    def on(self, day: dt.date | None = None) -> HouseholdQuerySet:
        """Households that are registered on `day`; None means today."""
        day = day or timezone.localdate()
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), registered_on__lte=day)


class Household(Located):
    """A household at its house. The phone is encrypted; `tag_mask` is kept by the tag service."""

    class Origin(models.TextChoices):
        RESIDENT = "resident", _("Registered here")
        ELSEWHERE = "elsewhere", _("From elsewhere")

    layer: ClassVar[str] = "households"

    # By bytes, so that the one index of the constraint also finds the beginning of a code.
    code = models.CharField(_("household code"), max_length=20, db_collation="C")
    address = models.CharField(_("address"), max_length=200)
    head_name = models.CharField(_("head of household"), max_length=60)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    phone_cipher = models.BinaryField(default=bytes, blank=True)
    phone_hash = models.BinaryField(default=bytes, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    registered_on = models.DateField(default=timezone.localdate)
    closed_on = models.DateField(null=True, blank=True)
    # Bits of the tags that hold today (`Tag.bit`); people's number, kept with the residents.
    tag_mask = models.BigIntegerField(default=0, db_default=0, editable=False)
    people = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # Raised by each change; not by welfare tags, of which others must not learn by it either.
    revision = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    # When somebody was there last (`Visit`), which changes nothing else.
    visited_on = models.DateField(null=True, blank=True, editable=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["code"], name="household_code_once")]
        indexes = [
            models.Index(OpClass(F("area_code"), "text_pattern_ops"), name="household_area_prefix"),
            models.Index(
                fields=["phone_hash"], name="household_phone", condition=~Q(phone_hash=b"")
            ),
            # Beginnings and endings of one and two characters, too: words are padded with blanks.
            GinIndex(
                OpClass(F("head_name"), "gin_trgm_ops"),
                OpClass(F("address"), "gin_trgm_ops"),
                name="household_text_trgm",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Resident(models.Model):
    """A person of a household. Identity number and phone are encrypted and hashed by key."""

    class Sex(models.TextChoices):
        MALE = "m", _("male")
        FEMALE = "f", _("female")

    household = models.ForeignKey(Household, models.CASCADE, related_name="residents")
    name = models.CharField(_("name"), max_length=60)
    relation = models.CharField(_("relation to the head"), max_length=20)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    id_cipher = models.BinaryField(default=bytes, blank=True)
    id_hash = models.BinaryField(default=bytes, blank=True)
    phone_cipher = models.BinaryField(default=bytes, blank=True)
    phone_hash = models.BinaryField(default=bytes, blank=True)
    is_party_member = models.BooleanField(default=False)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["household", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_hash"],
                name="resident_id_once",
                condition=~Q(id_hash=b"") & Q(left_on=None),
                violation_error_message=_("This identity number is registered already."),
            )
        ]
        indexes = [
            models.Index(
                fields=["phone_hash"], name="resident_phone", condition=~Q(phone_hash=b"")
            ),
            GinIndex(OpClass(F("name"), "gin_trgm_ops"), name="resident_name_trgm"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.pk}"


class HouseholdTag(models.Model):
    """A tag on a household over `[starts_on, ends_on)`, and who said so."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["household", "tag", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "tag", "starts_on"], name="household_tag_once"
            ),
            models.CheckConstraint(
                name="household_tag_period",
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("The end must be later than the start."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.tag_id} {self.starts_on}"
