"""What this app hangs into the registries of the apps above it."""

from gis_grid.households.models import Household
from gis_grid.households.selectors import statistics
from gis_grid.territory.registries import register_located, register_statistics


def register() -> None:
    register_located(Household)
    register_statistics("households", statistics)
