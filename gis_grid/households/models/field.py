"""What people bring home from the field: who entered a household, who was there, their files."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gis_grid.accounts.acting import shown_as
from gis_grid.accounts.models import User
from gis_grid.core.attachments.models import KeptFile
from gis_grid.households.models.household import Household


class CodeCounter(models.Model):
    """The last running number that a village has given to a household; it never goes back."""

    village_code = models.CharField(max_length=12, primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.village_code} {self.last}"


class Registration(models.Model):
    """Who entered a household by hand; `client_id` is the tablet's own, sent again it is the same.

    A table of its own: most households come by loads, which would pay for every column.
    """

    household = models.OneToOneField(Household, models.CASCADE, related_name="registration")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    user_name = models.CharField(max_length=150)
    at = models.DateTimeField()
    client_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "client_id"],
                name="registration_client_id_once",
                condition=Q(client_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.user_name}"


class Visit(models.Model):
    """Somebody was at a household, `at` this moment by our clock."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="visits")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    user_name = models.CharField(max_length=150)
    at = models.DateTimeField()
    text = models.CharField(max_length=2_000, blank=True)
    client_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "client_id"],
                name="visit_client_id_once",
                condition=Q(client_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.at:%Y-%m-%d}"

    @property
    def who(self) -> str:
        """Who was there, by the name that people know."""
        return shown_as(self.user, self.user_name)


class HouseholdFile(KeptFile):
    """A photo, file or sound of a household, perhaps of one visit."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="files")
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, blank=True, related_name="files")

    class Meta(KeptFile.Meta):
        constraints = [
            models.UniqueConstraint(fields=["household", "sent_digest"], name="household_file_once")
        ]
