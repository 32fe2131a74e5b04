"""How long this process waits for a database that doesn't answer.

The server's own limit (`statement_timeout`) ends what takes long; one that is frozen ends
nothing, so the client has a limit too. Commands, imports and the worker have neither.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus

WEB_STATEMENT_S = 30
# A little more, so that a server that is well gives its own answer first.
WEB_PATIENCE_S = 33.0

_patience_s: ContextVar[float | None] = ContextVar("patience_s", default=None)


class _Limits:
    web_s: float | None = None


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Every wait for the database inside lasts at most so long; then OperationalError."""
    token = _patience_s.set(seconds)
    try:
        yield
    finally:
        _patience_s.reset(token)


def limit_web() -> None:
    """Bound statements and waits in this process: it serves people who sit before a page."""
    _Limits.web_s = WEB_PATIENCE_S


def bound(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Give a new connection its limits: receiver of `connection_created`."""
    raw = connection.connection
    if not isinstance(raw, Connection):
        return
    raw.wait = functools.partial(_wait, type(raw).wait, raw)  # type: ignore[method-assign]
    if _Limits.web_s is not None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{WEB_STATEMENT_S}s'")


def named(sql: str, params: Sequence[Any], name: str = "p") -> tuple[str, dict[str, Any]]:
    """A statement as Django's ORM writes it, with names for its parameters: `%s` → `%(p0)s`.

    So that it can stand inside a statement that is written by hand.
    """
    names = tuple(f"%({name}{number})s" for number in range(len(params)))
    text = (sql.replace("%%", "\0") % names).replace("\0", "%%")
    return text, {f"{name}{number}": value for number, value in enumerate(params)}


def watch_connections() -> None:
    connection_created.connect(bound, dispatch_uid="gis_grid.core.database")


def _wait(wait: Callable[..., Any], raw: "Connection[Any]", *args: Any, **kwargs: Any) -> Any:
    limit = _patience_s.get() or _Limits.web_s
    if limit is not None:
        kwargs.setdefault("timeout", limit)
    try:
        return wait(raw, *args, **kwargs)
    except OperationalError:
        # In the middle of a statement whose answer may still come: of no use to anybody.
        if raw.pgconn.transaction_status == TransactionStatus.ACTIVE:
            raw.close()
        raise
