"""Pulling as a tablet does."""

import time
from typing import Any

from django.db import connection

from tests.conftest import QUANFENG
from tests.fieldsync.tablets import Tablet

_PATIENCE_S = 120
_AT_WORK = """
SELECT pid, backend_xid::text FROM pg_stat_activity
WHERE datname <> current_database() AND backend_xid IS NOT NULL
"""


def wait_for_other_databases() -> None:
    """The feed waits for older transactions of the whole server: also for those of other tests
    that run at the same time, each in a database of its own.
    """
    until = time.monotonic() + _PATIENCE_S
    before = at_work = _at_work()
    while before & at_work and time.monotonic() < until:
        time.sleep(0.02)
        at_work = _at_work()


def _at_work() -> set[tuple[int, str]]:
    with connection.cursor() as cursor:
        # Within a transaction the server shows what it showed at first, unless told not to.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(_AT_WORK)
        return set(cursor.fetchall())


def pull(tablet: Tablet, cursor: str = "", *, areas: str = QUANFENG, **query: Any) -> Any:
    wait_for_other_databases()
    words = "".join(f"&{name}={value}" for name, value in query.items())
    status, body = tablet(f"sync/pull?areas={areas}&cursor={cursor}{words}")
    assert status == 200, body
    return body


def keys(page: Any, entity: str) -> list[int]:
    return [row["id"] for row in page["changes"].get(entity, ())]
