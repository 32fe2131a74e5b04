"""The setting by which the database keeps what a load changes, for as long as a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def kept(intake_id: int) -> Iterator[None]:
    """Have every changed row kept under the intake. Reset at the end, also of a roll-back."""
    _set(str(intake_id))
    try:
        yield
    finally:
        if connection.is_usable() and not connection.needs_rollback:
            _set("")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gis_grid.intake', %s, false)", [value])
