"""What an operation wants, in words, for people who settle it."""

from typing import Any

from django.utils.translation import gettext as _

from gis_grid.core.errors import DomainError
from gis_grid.core.personal import mask_name, mask_phone
from gis_grid.fieldsync.registry import entity_of

_NAMES = ("head_name", "reporter_name")
_PHONES = ("phone", "reporter_phone")
MOST_SHOWN = 500


def what(entity: str, action: str) -> str:
    """The kind of work: “Incident reported”."""
    words = {
        ("incident", "create"): _("Incident reported"),
        ("incident", "note"): _("Note to an incident"),
        ("household", "create"): _("New household"),
        ("household", "change"): _("Household corrected"),
        ("household", "visit"): _("Household visited"),
        ("camera", "check"): _("Camera checked"),
        ("run", "start"): _("Patrol begun"),
        ("run", "track"): _("Track of a patrol"),
        ("run", "passed"): _("Checkpoint of a patrol"),
        ("run", "note"): _("Note to a patrol"),
        ("run", "end"): _("Patrol ended"),
    }
    return words.get((entity, action), f"{entity} {action}")


def label_of(entity: str, field: str) -> str:
    try:
        return entity_of(entity).label(field)
    except DomainError:
        return field


def shown(entity: str, field: str, value: Any) -> str:
    """A value as people read it; names and phones masked, as everywhere."""
    if value is None or value == "":
        return "—"
    if words := _words(entity, field, value):
        return words
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field in _NAMES:
        return mask_name(str(value))
    if field in _PHONES:
        return mask_phone(str(value))
    if place := place_of(field, value):
        return f"{place[1]:.5f}°N {place[0]:.5f}°E"
    if isinstance(value, list):
        return _("%(n)d entries") % {"n": len(value)}
    return str(value)[:MOST_SHOWN]


def _words(entity: str, field: str, value: Any) -> str | None:
    try:
        return entity_of(entity).words(field, value)
    except DomainError:
        return None


def place_of(field: str, value: Any) -> tuple[float, float] | None:
    """Longitude and latitude where the field is a place."""
    if field != "place" or not isinstance(value, list) or len(value) != 2:
        return None
    if not all(isinstance(one, int | float) and abs(one) <= 180 for one in value):
        return None
    return float(value[0]), float(value[1])
