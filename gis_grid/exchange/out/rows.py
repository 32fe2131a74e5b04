"""Rows of a dataset as a person may take them out, in chunks of one state of the data."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import is_area_code, prefix_of
from gis_grid.core.errors import InputError
from gis_grid.core.params import read_bbox
from gis_grid.territory.datasets import Column, Dataset, Params, Sight, Span, file_columns

CHUNK = 5_000
# A reader of rows is a job or a request that is over soon; one that hangs holds nothing for long.
_STALLED = "SET LOCAL idle_in_transaction_session_timeout = '120s'"


@dataclass(frozen=True)
class Query:
    """A condition over a dataset's relation with its parameters."""

    where: str
    params: Params


@dataclass(frozen=True)
class Chunk:
    """Some rows: their keys, their places as WKB (None where there is none), and by column."""

    keys: Sequence[Any]
    places: Sequence[bytes | None]
    columns: Sequence[Sequence[Any]]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        return zip(*self.columns, strict=True) if self.columns else iter([()] * len(self.keys))


def query_of(user: User, dataset: Dataset, asked: Mapping[str, str]) -> tuple[Query, Sight]:
    """What the view shows of what the person may take out. InputError as the view has it."""
    sight = dataset.sight(user)
    inside, export = user.scope(Permission.EXPORT).sql(dataset.area, "export")
    parts, params = [sight.where, inside], {**sight.params, **export}
    if dataset.times is not None and dataset.times.ends is not None:
        present, today = dataset.times.where(_day(asked))
        parts.append(present)
        params |= today
    narrow = dataset.narrow(user, asked) if dataset.narrow else _in_area(dataset, asked)
    frame = _in_frame(dataset, asked)
    parts += [narrow[0] or "true", frame[0]]
    return Query(" AND ".join(f"({part})" for part in parts), params | narrow[1] | frame[1]), sight


def _day(asked: Mapping[str, str]) -> Span | None:
    """The day that the map was looked at as of, to its last instant; None for now."""
    text = asked.get("at")
    if not text:
        return None
    try:
        day = dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max)
        if not 1900 <= day.year < 2200:
            raise ValueError(text)
    except ValueError:
        raise InputError(_("Write the day like 2026-05-01."), where="at") from None
    moment = timezone.make_aware(day)
    return Span(moment, moment)


def _in_area(dataset: Dataset, asked: Mapping[str, str]) -> tuple[str, Params]:
    """The area of the view, for what has no filter of its own."""
    area = asked.get("area")
    if not area:
        return "true", {}
    if not is_area_code(area):
        raise InputError(
            _("%(code)s is no area code: it has 12 or 15 digits.") % {"code": area[:20]},
            where="area",
        )
    return f"{dataset.area} LIKE %(narrow_area)s", {"narrow_area": f"{prefix_of(area)}%"}


def _in_frame(dataset: Dataset, asked: Mapping[str, str]) -> tuple[str, Params]:
    """The frame of the map."""
    bbox = read_bbox(asked.get("bbox"))
    if bbox is None:
        return "true", {}
    frame = f"{dataset.geometry} && ST_MakeEnvelope(%(nw)s, %(ns)s, %(ne)s, %(nn)s, 4490)"
    return frame, dict(zip(("nw", "ns", "ne", "nn"), bbox, strict=True))


def columns_named(dataset: Dataset, sight: Sight, names: Sequence[str]) -> list[Column]:
    """The columns of those names in that order, all without any; InputError for an unknown."""
    known = {column.name: column for column in file_columns(dataset, sight)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(
            _("There is no column %(name)s.") % {"name": unknown[0][:40]}, where="columns"
        )
    return [known[name] for name in names] if names else list(known.values())


def count_of(dataset: Dataset, query: Query) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {dataset.relation} WHERE {query.where}", query.params)
        return int(cursor.fetchone()[0])


def chunks_of(dataset: Dataset, query: Query, columns: Sequence[Column]) -> Iterator[Chunk]:
    """All rows; a column that is looked up is so for a chunk at a time."""
    values = "".join(f", {column.sql}" for column in columns)
    order = f"{dataset.part} USING ~<~, {dataset.key}" if dataset.part else dataset.key
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        with connection.cursor() as settings:
            settings.execute(_STALLED)
        cursor.execute(
            f"SELECT {dataset.key}, ST_AsBinary({dataset.geometry}){values}"
            f" FROM {dataset.relation} WHERE {query.where} ORDER BY {order}",
            query.params,
        )
        while rows := cursor.fetchmany(CHUNK):
            keys, places, *found = zip(*rows, strict=True)
            told = [
                column.told(held) if column.told else held
                for column, held in zip(columns, found, strict=True)
            ]
            wkb = [None if place is None else bytes(place) for place in places]
            yield Chunk(keys, wkb, told)
