"""The tiles' own connections: warm, binary, prepared, and never more than a few.

Django's connection costs two to three times as much for a query of a fraction of a
millisecond. The pool belongs to one process: a forked one makes its own.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext_lazy as _
from psycopg import Connection, OperationalError
from psycopg.errors import QueryCanceled
from psycopg_pool import ConnectionPool, PoolTimeout

from gis_grid.core.errors import BusyError

Pool = ConnectionPool[Connection[tuple[Any, ...]]]

_lock = threading.Lock()
# By process id. A child keeps its parent's entry and never touches it: closing it would
# say goodbye on the parent's sockets.
_pools: dict[int, Pool] = {}

# The plans below look the same for every tile: planning them anew costs more than running.
_SESSION = """
SET statement_timeout = {timeout_ms};
SET plan_cache_mode = force_generic_plan;
SET jit = off;
"""


def _configure(connection: Connection[tuple[Any, ...]]) -> None:
    connection.autocommit = True
    # A connection's first PostGIS calls load its libraries and the projection data.
    connection.execute(
        b"SELECT ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(112.4, 25.6), 4490), 3857),"
        b" ST_TileEnvelope(0, 0, 0))"
    )
    timeout = int(settings.TILE_STATEMENT_TIMEOUT_MS)
    connection.execute(_SESSION.format(timeout_ms=timeout).encode())
    connection.prepare_threshold = 0


def kwargs() -> dict[str, Any]:
    """What a connection for tiles is opened with."""
    params = connections[DEFAULT_DB_ALIAS].get_connection_params()
    kept = ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "options")
    return {key: params[key] for key in kept if params.get(key)} | {
        "connect_timeout": 5,
        "application_name": "gis_grid tiles",
    }


def connect() -> Connection[tuple[Any, ...]]:
    """A connection for tiles outside the pool; psycopg's errors."""
    connection = Connection.connect(**kwargs())
    _configure(connection)
    return connection


def _make() -> Pool:
    return ConnectionPool(
        kwargs=kwargs(),
        min_size=settings.TILE_POOL_SIZE,
        max_size=settings.TILE_POOL_SIZE,
        timeout=settings.TILE_POOL_WAIT_S,
        configure=_configure,
        name="tiles",
        open=True,
    )


def pool() -> Pool:
    """This process's pool, made at the first call."""
    pid = os.getpid()
    found = _pools.get(pid)
    if found is None:
        with _lock:
            found = _pools.get(pid)
            if found is None:
                found = _pools[pid] = _make()
    return found


def close() -> None:
    """Close this process's pool; the next call makes another."""
    with _lock:
        found = _pools.pop(os.getpid(), None)
    if found is not None:
        found.close()


@contextmanager
def borrow() -> Iterator[Connection[tuple[Any, ...]]]:
    """A connection for one read, in autocommit.

    BusyError (503) where none comes free in time, the statement takes too long, or the
    database is away: the browser asks again, nobody hangs.
    """
    source = pool()
    try:
        connection = source.getconn()
        try:
            yield connection
        finally:
            # A broken one, or one in the middle of something, is not lent again.
            source.putconn(connection)
    except PoolTimeout as error:
        raise BusyError(
            _("The map is asked for more than it can draw at the moment. Try again in a moment.")
        ) from error
    except QueryCanceled as error:
        raise BusyError(
            _("This part of the map takes too long to draw. Zoom in, or filter less widely.")
        ) from error
    except OperationalError as error:
        raise BusyError(_("The database can't be reached. Try again in a moment.")) from error
