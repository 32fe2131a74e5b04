"""One row of a prepared statement, straight from libpq.

The driver's cursor takes longer to adapt, send and load than PostgreSQL to draw a tile
near by; a tile needs three values of known kinds and none of that.
"""

import datetime as dt
import re
import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection, OperationalError, errors, pq

_PARAMETER = re.compile(r"%\((\w+)\)s|%%")
# PostgreSQL's numbers of types; 0 lets it find out, as for a literal in quotes.
_OIDS: dict[type, int] = {float: 701, int: 20, dt.date: 1082, dt.datetime: 1184, str: 0}
_TEXT, BINARY = 0, 1
_FLOAT = struct.Struct("!d").pack

_names: WeakKeyDictionary[Connection[Any], dict[str, bytes]] = WeakKeyDictionary()


@lru_cache(maxsize=512)
def _numbered(text: str) -> tuple[bytes, tuple[str, ...]]:
    """`%(name)s` as `$n`, and the names in the order of their numbers."""
    order: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return "%" if name is None else f"${order.setdefault(name, len(order) + 1)}"

    return _PARAMETER.sub(number, text).encode(), tuple(order)


def values_of(text: str, params: Mapping[str, Any]) -> tuple[list[bytes], list[int]]:
    """The values of a statement in the order of their numbers, and the format of each: numbers
    as the server holds them, so that neither side need write and read digits.
    """
    values, formats = [], []
    for name in _numbered(text)[1]:
        value = params[name]
        is_float = type(value) is float
        values.append(_FLOAT(value) if is_float else str(value).encode())
        formats.append(BINARY if is_float else _TEXT)
    return values, formats


def numbered(text: str, params: Mapping[str, Any]) -> tuple[bytes, Sequence[int]]:
    """The statement as PostgreSQL numbers it, and the types of its values."""
    statement, order = _numbered(text)
    return statement, [_OIDS[type(params[name])] for name in order]


def fetch_row(
    connection: Connection[Any], text: str, params: Mapping[str, Any]
) -> list[bytes | None]:
    """The only row of `text` with `params`, each value in PostgreSQL's binary form.

    Parameters are texts, numbers, days and times; a name stands for one kind of them in
    every run of a text. Raises psycopg's errors.
    """
    known = _names.setdefault(connection, {})
    name = known.get(text)
    if name is None:
        name = f"tile_{len(known)}".encode()
        prepared = connection.pgconn.prepare(name, *numbered(text, params))
        check(prepared, pq.ExecStatus.COMMAND_OK)
        known[text] = name
    return row_of(
        connection.pgconn.exec_prepared(name, *values_of(text, params), result_format=BINARY)
    )


def row_of(result: Any) -> list[bytes | None]:
    """The first row of a result; raises psycopg's errors where it is one."""
    check(result, pq.ExecStatus.TUPLES_OK)
    return [result.get_value(0, column) for column in range(result.nfields)]


def check(result: Any, expected: pq.ExecStatus) -> None:
    """Raise the error that `result` is, unless it is as `expected`."""
    if result.status == expected:
        return
    state = result.error_field(pq.DiagnosticField.SQLSTATE)
    message = result.error_message.decode("utf-8", "replace")
    if state is None:
        raise OperationalError(message)
    raise errors.lookup(state.decode())(message)
