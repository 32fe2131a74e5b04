"""Files of operations: taken in pieces, attached when they are whole and their record is there."""

from gis_grid.fieldsync.models import Operation


def attach_waiting(operation: Operation) -> None:
    """Attach what has come for the operation already."""
