"""What happened, what kind of thing it is, and what was done about it, step by step."""

from gis_grid.incidents.models.category import Category, DeadlineRule, Field, Kind
from gis_grid.incidents.models.incident import (
    IS_OPEN,
    OPEN_STATES,
    Incident,
    IncidentQuerySet,
    IncidentSide,
    RegisterCounter,
    State,
)
from gis_grid.incidents.models.record import Attachment, Notice, Reminder, SavedFilter, Step, Upload

__all__ = [
    "IS_OPEN",
    "OPEN_STATES",
    "Attachment",
    "Category",
    "DeadlineRule",
    "Field",
    "Incident",
    "IncidentQuerySet",
    "IncidentSide",
    "Kind",
    "Notice",
    "RegisterCounter",
    "Reminder",
    "SavedFilter",
    "State",
    "Step",
    "Upload",
]
