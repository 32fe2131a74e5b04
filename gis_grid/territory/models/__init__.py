"""The ground and its plans: `ground` holds what is published, `plans` what is being drawn."""

from gis_grid.territory.models.ground import (
    DataVersion,
    Grid,
    GridQuerySet,
    GridVersion,
    GridVersionQuerySet,
    Lineage,
    Located,
    ReferenceFeature,
    Region,
)
from gis_grid.territory.models.plans import Plan, PlanCell, PlanOperation, ReservedCode
from gis_grid.territory.models.talk import PlanComment, PlanHearing, PlanPresence

__all__ = [
    "DataVersion",
    "Grid",
    "GridQuerySet",
    "GridVersion",
    "GridVersionQuerySet",
    "Lineage",
    "Located",
    "Plan",
    "PlanCell",
    "PlanComment",
    "PlanHearing",
    "PlanOperation",
    "PlanPresence",
    "ReferenceFeature",
    "Region",
    "ReservedCode",
]
