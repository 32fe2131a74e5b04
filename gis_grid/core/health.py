"""Is the system well: database, migrations, worker, each in one word."""

import datetime as dt
import logging
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from gis_grid.core.database import patience

logger = logging.getLogger(__name__)
# The worker's heart beats every 10 s; it is given up after six missed beats.
PATIENCE_S = 1.5
WORKER_SILENCE = dt.timedelta(seconds=60)


def states() -> dict[str, str]:
    """State of each part: `ok`, `down`, `pending` (migrations), `silent` (worker) or `unknown`."""
    try:
        with patience(PATIENCE_S):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            migrations = "ok" if _migrated() else "pending"
            worker = "ok" if migrations == "ok" and _worker_beats() else "silent"
    except DatabaseError:
        logger.exception("the health check got no answer from the database")
        return {"database": "down", "migrations": "unknown", "worker": "unknown"}
    return {"database": "ok", "migrations": migrations, "worker": worker}


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Every migration in the code; it can't change while the process lives."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def _migrated() -> bool:
    return _known_migrations() <= MigrationRecorder(connection).applied_migrations().keys()


def _worker_beats() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        (last,) = cursor.fetchone()
    return last is not None and timezone.now() - last < WORKER_SILENCE
