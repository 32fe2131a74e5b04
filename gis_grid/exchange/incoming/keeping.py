"""The setting by which the database keeps what a load changes, for as long as a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def kept(intake_id: int) -> Iterator[None]:
    """Have every changed row kept under the intake. Reset at the end, also of a roll-back."""
    _set("gis_grid.intake", str(intake_id))
    try:
        yield
    finally:
        if connection.is_usable() and not connection.needs_rollback:
            _set("gis_grid.intake", "")


def _set(name: str, value: str, *, local: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, %s)", [name, value, local])


def set_undoing(intake_id: int) -> None:
    """Let histories go that this intake has written, until the end of the transaction."""
    _set("gis_grid.undoing", str(intake_id), local=True)
