"""Models of households, one module a subject."""

from gis_grid.households.models.field import CodeCounter, HouseholdFile, Registration, Visit
from gis_grid.households.models.household import (
    Household,
    HouseholdQuerySet,
    HouseholdTag,
    Resident,
    Tag,
)

__all__ = [
    "CodeCounter",
    "Household",
    "HouseholdFile",
    "HouseholdQuerySet",
    "HouseholdTag",
    "Registration",
    "Resident",
    "Tag",
    "Visit",
]
