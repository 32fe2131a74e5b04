"""Cards: all that a person may know of a household, a grid or a region, on one side."""

from gis_grid.navmap.cards.household import HouseholdCard, household_card
from gis_grid.navmap.cards.places import GridCard, RegionCard, grid_card, region_card

__all__ = [
    "GridCard",
    "HouseholdCard",
    "RegionCard",
    "grid_card",
    "household_card",
    "region_card",
]
