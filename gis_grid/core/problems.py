"""Rows of a file as they travel to a service, and what is wrong with them.

Both stay out of memory: rows come in batches, problems are kept in a temporary table of
the session, where rules written in SQL can add to them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.types.json import Jsonb

TABLE = "load_problem"
# Called in the transaction of a dry run, before what it did is rolled back.
Look = Callable[[], object]


def dont_look() -> None:
    """Nobody wants to see what a dry run would change."""


@dataclass(frozen=True)
class Batch:
    """Some rows of one table: `columns[key][i]` is the text of row `rows[i]`.

    `kind` says which table it is (`household`, `person`, …), `sheet` what the file calls it.
    Columns that the file does not have are missing here.
    """

    kind: str
    sheet: str
    rows: Sequence[int]
    columns: Mapping[str, Sequence[str]]

    def has(self, key: str) -> bool:
        """Whether the file has the column: what it does not have says nothing of its rows."""
        return key in self.columns

    def column(self, key: str) -> Sequence[str]:
        """Texts of a column, empty ones where the file does not have it."""
        return self.columns.get(key) or [""] * len(self.rows)


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, or with one row where `column` is empty."""

    kind: str
    row: int
    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class ProblemLog:
    """The problems of one load, in a temporary table named `load_problem`.

    Used as a context manager; made outside the transaction of the load, so that it
    outlives a roll-back.
    """

    def __enter__(self) -> Self:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{TABLE}")
            cursor.execute(
                f"CREATE TEMP TABLE {TABLE} (kind text NOT NULL, row integer NOT NULL,"
                " col text NOT NULL, code text NOT NULL, params jsonb NOT NULL DEFAULT '{}')"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if connection.needs_rollback or connection.connection is None:
            return
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{TABLE}")

    def add(self, problems: Iterable[Problem]) -> None:
        found = list(problems)
        if not found:
            return
        with (
            connection.cursor() as cursor,
            copy_into(cursor, TABLE, ("kind", "row", "col", "code", "params")) as copy,
        ):
            for each in found:
                params = Jsonb(dict(each.params))
                copy.write_row((each.kind, each.row, each.column, each.code, params))

    def count(self) -> int:
        """How many problems there are."""
        return self._number("count(*)")

    def share(self, codes: Sequence[str]) -> float:
        """Which part of the problems, 0 to 1, has one of the codes."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT coalesce(avg((code = ANY(%s))::int), 0) FROM {TABLE}", [list(codes)]
            )
            return float(cursor.fetchone()[0])

    def bad_rows(self) -> int:
        """How many rows have one or more."""
        return self._number("count(DISTINCT (kind, row))")

    def _number(self, expression: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {expression} FROM {TABLE}")
            return int(cursor.fetchone()[0])

    def first(self, number: int) -> list[Problem]:
        """The first problems, in the order of the file's tables and rows."""
        return list(self._select("ORDER BY kind, row, col LIMIT %s", [number]))

    def of_rows(self, kind: str, first: int, last: int) -> list[Problem]:
        """Problems of the rows `first` … `last` of one table."""
        return list(
            self._select(
                "WHERE kind = %s AND row BETWEEN %s AND %s ORDER BY row, col", [kind, first, last]
            )
        )

    def _select(self, rest: str, params: Sequence[Any]) -> Iterator[Problem]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT kind, row, col, code, params FROM {TABLE} {rest}", params)
            for kind, row, column, code, found in cursor.fetchall():
                yield Problem(kind, row, column, code, _decoded(found))


def _decoded(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        import json

        value = json.loads(value)
    return dict(value)


def copy_into(cursor: CursorWrapper, table: str, columns: Sequence[str]) -> Any:
    """psycopg's COPY into a table; the names are constants of the caller.

    Any: Django hands psycopg's cursor through without types.
    """
    raw: Any = cursor.cursor
    return raw.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN")


_ESCAPED = re.compile(r"[\\\t\n\r]")


def copy_columns(cursor: CursorWrapper, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
    """COPY columns of equal length into a table, several times as fast as row by row.

    The names are constants of the caller; values are None, str, bytes, bool, int or dates.
    """
    copy_text(cursor, table, list(columns), text_of(columns.values()))


def text_of(columns: Iterable[Sequence[Any]]) -> str:
    """The rows of columns of equal length in COPY's text format."""
    lines = map("\t".join, zip(*map(_copy_texts, columns), strict=True))
    return "\n".join([*lines, ""])


def copy_text(cursor: CursorWrapper, table: str, columns: Sequence[str], text: str) -> None:
    """COPY rows out of `text_of`; asks nothing of Django, so that any thread may do it."""
    if text:
        with copy_into(cursor, table, columns) as copy:
            copy.write(text)


def _copy_texts(values: Sequence[Any]) -> Sequence[str]:
    """The values as COPY's text format has them."""
    kinds = set(map(type, values))
    if kinds == {bytes}:
        return ["\\\\x" + value.hex() for value in values]
    if kinds == {int}:
        return list(map(str, values))
    if kinds == {str}:
        together = "".join(values)
        if (together.isprintable() and "\\" not in together) or not _ESCAPED.search(together):
            return values
    return [_copy_text(value) for value in values]


def _copy_text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return _ESCAPED.sub(lambda found: f"\\{found.group()}", str(value))


@dataclass
class Counts:
    """Rows that were added, changed, or already as the file says."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass
class LoadResult:
    """What a load did, or would do in a dry run. `warnings` did not keep a row out."""

    bad_rows: int = 0
    written: bool = False
    counts: dict[str, Counts] = field(default_factory=dict)
    # What the register has where the file reaches and the file does not name, in a dry run.
    gone: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)

    def wrote(self, *kinds: str) -> bool:
        """Whether any row of these kinds (none: of any kind) was added or changed."""
        counts = [self.counts[kind] for kind in kinds or self.counts]
        return any(count.new or count.changed for count in counts)

    def as_json(self) -> dict[str, dict[str, int]]:
        return {kind: vars(count) for kind, count in self.counts.items()}
