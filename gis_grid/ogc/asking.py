"""What an address under `/collections/{name}/items` asks for, read once."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError
from gis_grid.ogc import cql
from gis_grid.ogc.crs import STORED, Crs, crs_named
from gis_grid.ogc.filters import Filter
from gis_grid.territory.datasets import Column, Dataset, Params, Sight, Span, served_columns

USUAL, MOST = 1_000, 10_000
# Areas and lines are long: a page of them stays a few megabytes.
MOST_SHAPES = 1_000
KNOWN = {
    "limit", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs",
    "after", "f", "properties",
}  # fmt: skip
_CURSOR = re.compile(r"(?:(\d{2,15})\.)?(\d{1,18})\Z")


@dataclass(frozen=True)
class Cursor:
    """After which row a page begins."""

    part: str | None
    key: str

    def __str__(self) -> str:
        return self.key if self.part is None else f"{self.part}.{self.key}"


@dataclass(frozen=True)
class Asked:
    """Features of a dataset under a filter, in a system, from a row on."""

    where: str
    params: Params
    columns: list[Column]
    crs: Crs
    limit: int
    after: Cursor | None
    # What is said of it in the log.
    told: dict[str, Any] = field(default_factory=dict)


def asked_of(user: User, dataset: Dataset, sight: Sight, query: Mapping[str, str]) -> Asked:
    """InputError names the parameter that can't be read, or that is none."""
    columns = served_columns(sight)
    names = {column.name: column for column in columns}
    for name in query:
        if name not in KNOWN and name not in names:
            raise InputError(_("There is no such parameter."), where=name[:40])
    conditions, params = [sight.where], dict(sight.params)

    def narrow(condition: str, **more: Any) -> None:
        if condition:
            conditions.append(condition)
            params.update(more)

    if dataset.times is not None:
        when, span = dataset.times.where(_span(query.get("datetime", "")))
        narrow(when, **span)
    box, corners = _bbox(user, dataset, query)
    narrow(box, **corners)
    words, held = _filter(user, dataset, columns, query)
    narrow(words, **held)
    for name in query.keys() & names.keys() - KNOWN:
        said, value = _equal(names[name], query[name], f"prop{len(params)}")
        narrow(said, **value)
    most = MOST if dataset.shape == "Point" else MOST_SHAPES
    return Asked(
        where=" AND ".join(f"({one})" for one in conditions),
        params=params,
        columns=_chosen(columns, query.get("properties")),
        crs=crs_named(user, query.get("crs"), where="crs"),
        limit=min(_limit(query.get("limit", "")), most),
        after=_cursor(dataset, query.get("after", "")),
        # Names only: what somebody looks for may be a person. Not the frame either, since a
        # program asks for another with each move of its map.
        told={"fields": sorted(query.keys() - {"after", "limit", "f", "bbox", "bbox-crs", "crs"})},
    )


def _limit(text: str) -> int:
    if not text:
        return USUAL
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
        raise InputError(_("How many features a page: a whole number from 1."), where="limit")
    return min(int(text), MOST)


def _cursor(dataset: Dataset, text: str) -> Cursor | None:
    if not text:
        return None
    found = _CURSOR.match(text) if text.isascii() else None
    if found is None or (found[1] is None) is not (dataset.part is None):
        raise InputError(
            _("This is no cursor. Follow the link to the next page as it was given."),
            where="after",
        )
    return Cursor(found[1], found[2])


def _span(text: str) -> Span | None:
    """`2026-05-01`, a moment, or two with `/` between, of which one may be `..`."""
    if not text:
        return None
    ends = text.split("/")
    if len(ends) == 1:
        return Span(_end(text, late=False), _end(text, late=True))
    if len(ends) != 2:
        raise _no_time(text)
    since, until = (
        None if end in ("", "..") or _is_never(end) else _end(end, late=late)
        for end, late in zip(ends, (False, True), strict=True)
    )
    if since is not None and until is not None and since > until:
        raise _no_time(text)
    return Span(since, until)


def _is_never(text: str) -> bool:
    """Years at the ends of the calendar, which QGIS writes for an open end."""
    year, dash, _rest = text.partition("-")
    return bool(dash) and year.isascii() and year.isdecimal() and not 1000 <= int(year) < 9000


def _no_time(text: str) -> InputError:
    return InputError(
        _("%(text)s is no time. Write 2026-05-01 or 2026-01-01/2026-06-30; an open end is ..")
        % {"text": text[:60]},
        where="datetime",
    )


def _end(text: str, *, late: bool) -> dt.datetime:
    """A day of Asia/Shanghai from its first instant, or (`late`) to its last."""
    # So GDAL writes the day of `-where "reported_at > '2026-10-01'"`.
    text = text.removesuffix("T")
    try:
        day = parse_date(text) if len(text) <= 10 else None
        # A `+` in an address is a blank.
        moment = parse_datetime(text.replace(" ", "+")) if day is None else None
        if day is not None:
            moment = dt.datetime.combine(day, dt.time.max if late else dt.time.min)
    except (ValueError, OverflowError):
        moment = None
    # Years near the ends of the calendar can't be told in every zone.
    if moment is None or not 1000 <= moment.year < 9000:
        raise _no_time(text)
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _bbox(user: User, dataset: Dataset, query: Mapping[str, str]) -> tuple[str, Params]:
    text = query.get("bbox", "")
    if not text:
        return "", {}
    crs = crs_named(user, query.get("bbox-crs"), where="bbox-crs")
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    in_order = len(numbers) == 4 and numbers[0] <= numbers[2] and numbers[1] <= numbers[3]
    if not in_order or not all(math.isfinite(n) and abs(n) <= 1e8 for n in numbers):
        raise InputError(
            _("A frame is four numbers with commas between, the smaller ones first."),
            where="bbox",
        )
    # The query's box is brought to the column: that has the index.
    corners = dict(zip(("bw", "bs", "be", "bn"), numbers, strict=True))
    envelope = "ST_MakeEnvelope(%(bw)s, %(bs)s, %(be)s, %(bn)s)"
    if crs.srid not in (None, 4490, 3857):
        # Straight edges of a zone are bent in degrees.
        envelope = f"ST_Segmentize({envelope}, greatest(%(be)s - %(bw)s, 1) / 32)"
    box = crs.taken(envelope)
    if dataset.shape == "Point" and crs in (STORED, *_straight(crs)):
        # The index rounds its frames: a point a hand's breadth outside would pass.
        return f"{dataset.geometry} && {box} AND ST_Intersects({dataset.geometry}, {box})", corners
    return f"ST_Intersects({_bare(dataset)}, {box})", corners


def _straight(crs: Crs) -> tuple[Crs, ...]:
    """Whether a box of the system is a box in degrees."""
    return (crs,) if crs.srid in (4490, 3857) else ()


def _bare(dataset: Dataset) -> str:
    """The stored column, without what turns its rings: only that has an index."""
    return dataset.geometry.removeprefix("ST_ForcePolygonCCW(").removesuffix(")")


def _filter(
    user: User, dataset: Dataset, columns: list[Column], query: Mapping[str, str]
) -> tuple[str, Params]:
    text = query.get("filter", "")
    if query.get("filter-lang", "cql2-text") != "cql2-text":
        raise InputError(_("Filters are written in cql2-text here."), where="filter-lang")
    if not text:
        return "", {}
    crs = crs_named(user, query.get("filter-crs"), where="filter-crs")
    writer = Filter(columns, _bare(dataset), crs)
    return writer.sql(cql.read(text)), writer.params


def _equal(column: Column, text: str, name: str) -> tuple[str, Params]:
    """`people=4` in an address: the value as the column has it."""
    writer = Filter([column], "", STORED)
    tree: cql.Value
    if column.kind == "flag":
        if text not in ("true", "false"):
            raise InputError(_("Write true or false."), where=column.name)
        tree = cql.Value(text == "true", "flag")
    elif column.kind in ("integer", "number"):
        try:
            tree = cql.Value(float(text), "number")
        except ValueError:
            raise InputError(_("Write a number."), where=column.name) from None
    else:
        tree = cql.Value(text, "text")
    return f"({column.sql}) = %({name})s", {name: writer.fitting(column, tree)}


def _chosen(columns: list[Column], text: str | None) -> list[Column]:
    if text is None:
        return columns
    wanted = set(text.split(","))
    unknown = wanted - {column.name for column in columns}
    if unknown - {""}:
        raise InputError(
            _("There is no property %(name)s. Take one of: %(known)s.")
            % {
                "name": min(unknown - {""})[:40],
                "known": ", ".join(column.name for column in columns),
            },
            where="properties",
        )
    return [column for column in columns if column.name in wanted]
