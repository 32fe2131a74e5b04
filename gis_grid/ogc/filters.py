"""CQL2 trees as SQL over the columns that a person sees, and over nothing else.

A column's own expression is what is compared: of a masked name only the mask, of tags only those
that the person may see. Values travel as parameters, of a kind that fits the column, so that no
filter can make the database stumble.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import shapely
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError

from gis_grid.ogc import cql
from gis_grid.ogc.crs import Crs
from gis_grid.territory.datasets import Column, Params

GEOMETRY_NAMES = ("geometry", "geom")
MOST_VERTICES = 2_000
_SPATIAL = {
    "S_INTERSECTS": "ST_Intersects", "S_DISJOINT": "ST_Disjoint", "S_CONTAINS": "ST_Contains",
    "S_WITHIN": "ST_Within", "S_TOUCHES": "ST_Touches", "S_CROSSES": "ST_Crosses",
    "S_OVERLAPS": "ST_Overlaps", "S_EQUALS": "ST_Equals",
}  # fmt: skip
_NUMBERS = ("integer", "number")
_TIMES = ("date", "moment")


class Filter:
    """Writes one filter; `params` are those of all that it has written."""

    def __init__(self, columns: Sequence[Column], geometry: str, crs: Crs) -> None:
        self._columns = {column.name: column for column in columns}
        self._geometry, self._crs = geometry, crs
        self.params: Params = {}

    def sql(self, tree: cql.Tree) -> str:
        if isinstance(tree, cql.Joined):
            return "(" + f" {tree.word} ".join(self.sql(part) for part in tree.parts) + ")"
        if isinstance(tree, cql.Not):
            return f"(NOT {self.sql(tree.inner)})"
        return self._test(tree)

    def _test(self, test: cql.Test) -> str:
        if test.word in _SPATIAL:
            return self._spatial(test)
        if test.word.startswith("T_"):
            return self._temporal(test)
        if test.word.startswith("S_"):
            raise cql.fault(_("The function %(name)s is not offered here.") % {"name": test.word})
        first, *others = test.operands
        if test.word == "NULL":
            return self._null(first)
        if isinstance(first, cql.Value) and isinstance(others[0], cql.Name):
            return self._turned(test)
        return self._compared(test.word, first, others)

    def _null(self, operand: cql.Operand) -> str:
        if isinstance(operand, cql.Name) and operand.name in GEOMETRY_NAMES:
            return f"({self._geometry} IS NULL)"
        return f"({self._column(operand).sql} IS NULL)"

    def _compared(self, word: str, first: cql.Operand, others: Sequence[cql.Operand]) -> str:
        lowered = isinstance(first, cql.Lowered)
        column = self._column(first.inner if isinstance(first, cql.Lowered) else first)
        if (lowered or word == "LIKE") and column.kind != "text":
            raise self._unfit(column)
        left = f"lower({column.sql})" if lowered else f"({column.sql})"
        right = [self._right(column, other) for other in others]
        if word == "LIKE":
            return f"({left} LIKE {right[0]})"
        if word == "BETWEEN":
            return f"({left} BETWEEN {right[0]} AND {right[1]})"
        if word == "IN":
            return f"({left} IN ({', '.join(right)}))"
        return f"({left} {word} {right[0]})"

    def _turned(self, test: cql.Test) -> str:
        """`5 < people` as `people > 5`."""
        turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
        if test.word not in ("=", "<>", *turned):
            raise cql.fault()
        first, second = test.operands
        return self._test(cql.Test(turned.get(test.word, test.word), (second, first)))

    def _column(self, operand: cql.Operand) -> Column:
        if not isinstance(operand, cql.Name):
            raise cql.fault()
        found = self._columns.get(operand.name)
        if found is None:
            raise cql.fault(
                _("There is no property %(name)s. Take one of: %(known)s.")
                % {"name": operand.name[:40], "known": ", ".join(self._columns)}
            )
        return found

    def _right(self, column: Column, operand: cql.Operand) -> str:
        if isinstance(operand, cql.Lowered):
            return f"lower({self._right(column, operand.inner)})"
        if isinstance(operand, cql.Name):
            other = self._column(operand)
            if _family(other.kind) != _family(column.kind):
                raise self._unfit(column)
            return f"({other.sql})"
        if not isinstance(operand, cql.Value):
            raise self._unfit(column)
        return self._held(self.fitting(column, operand))

    def fitting(self, column: Column, value: cql.Value) -> Any:
        """The value as the column compares with it; InputError where the two do not fit."""
        if column.kind in _NUMBERS and value.kind == "number":
            number = value.value
            if isinstance(number, str) or not abs(number) <= 2**53:
                raise self._unfit(column)
            return number
        if column.kind == "flag" and value.kind == "flag":
            return value.value
        if column.kind in _TIMES and value.kind in ("text", *_TIMES):
            return _moment(column.kind, str(value.value))
        if column.kind == "text" and value.kind == "text" and "\0" not in str(value.value):
            return value.value
        raise self._unfit(column)

    def _unfit(self, column: Column) -> Exception:
        return cql.fault(
            _("%(name)s can't be compared with this: it is of the kind %(kind)s.")
            % {"name": column.name, "kind": column.kind}
        )

    def _held(self, value: Any) -> str:
        name = f"cql{len(self.params)}"
        self.params[name] = value
        cast = "::float8" if isinstance(value, float) else ""
        return f"%({name})s{cast}"

    def _spatial(self, test: cql.Test) -> str:
        first, second = test.operands
        if not (isinstance(first, cql.Name) and first.name in GEOMETRY_NAMES):
            raise cql.fault(_("Name the geometry first: S_INTERSECTS(geometry, …)."))
        if not isinstance(second, cql.Wkt):
            raise cql.fault()
        shape = self._crs.taken(f"ST_GeomFromText({self._held(shape_of(second.text))})")
        return f"{_SPATIAL[test.word]}({self._geometry}, {shape})"

    def _temporal(self, test: cql.Test) -> str:
        first, second = test.operands
        column = self._column(first)
        if column.kind not in _TIMES:
            raise self._unfit(column)
        if isinstance(second, cql.Period):
            since, until = (
                None if end == ".." else _moment(column.kind, end, late=late)
                for end, late in ((second.since, False), (second.until, True))
            )
        elif isinstance(second, cql.Value) and second.kind in _TIMES:
            # A day is all of it, also of a column of moments.
            since = _moment(column.kind, str(second.value))
            until = _moment(column.kind, str(second.value), late=True)
        else:
            raise cql.fault()
        return self._when(test.word, column.sql, since, until)

    def _when(self, word: str, sql: str, since: Any, until: Any) -> str:
        def compared(sign: str, end: Any, *, otherwise: str = "true") -> str:
            return otherwise if end is None else f"({sql}) {sign} {self._held(end)}"

        within = f"({compared('>=', since)} AND {compared('<=', until)} AND {sql} IS NOT NULL)"
        writers: Mapping[str, Callable[[], str]] = {
            "T_AFTER": lambda: f"({compared('>', until, otherwise='false')})",
            "T_BEFORE": lambda: f"({compared('<', since, otherwise='false')})",
            "T_DURING": lambda: within,
            "T_INTERSECTS": lambda: within,
            "T_EQUALS": lambda: within,
            "T_DISJOINT": lambda: f"(NOT {within})",
        }
        if word not in writers:
            raise cql.fault(_("The function %(name)s is not offered here.") % {"name": word})
        return writers[word]()


def _family(kind: str) -> str:
    return "number" if kind in _NUMBERS else "time" if kind in _TIMES else kind


def _moment(kind: str, text: str, *, late: bool = False) -> dt.date | dt.datetime:
    """A day or moment as the column has it; `late`: the last instant of a day."""
    try:
        day = parse_date(text) if len(text) <= 10 else None
        moment = None if day else parse_datetime(text)
    except ValueError:
        day = moment = None
    told = day or moment
    if told is None or not 1000 <= told.year < 9000:
        raise cql.fault(
            _("%(text)s is no date. Write it like 2026-05-01 or 2026-05-01T08:30.")
            % {"text": text[:40]}
        )
    if moment is not None and timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if kind == "date":
        return day or timezone.localdate(moment)
    if moment is not None:
        return moment
    clock = dt.time.max if late else dt.time.min
    return timezone.make_aware(dt.datetime.combine(day or dt.date.min, clock))


def shape_of(text: str) -> str:
    """WKT that is sound and small enough to ask with; InputError for any other."""
    try:
        shape = shapely.from_wkt(text)
    except (ShapelyError, ValueError):
        raise cql.fault(_("The geometry of the filter is no WKT.")) from None
    coordinates = shapely.get_coordinates(shape)
    if (
        shape is None
        or shape.is_empty
        or not shape.is_valid
        or shape.has_z
        or len(coordinates) > MOST_VERTICES
        or not all(math.isfinite(number) for number in coordinates.ravel())
        or abs(coordinates).max() > 1e8
    ):
        raise cql.fault(_("The geometry of the filter crosses itself, is empty or too large."))
    return str(shapely.to_wkt(shape, rounding_precision=-1))
