"""Pages of features, composed by the database: Python hands the text on.

A page follows another by key. Where a dataset goes by areas, both stand in one index, so that a
page costs what it holds, however much there is around it. A page is at most some megabytes: it
is held as a whole, and no reader who stalls holds a transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DataError, InternalError, OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from gis_grid.core.errors import InputError, MissingError
from gis_grid.core.geojson import feature_sql, json_text
from gis_grid.ogc.asking import Asked, Cursor
from gis_grid.ogc.crs import Crs
from gis_grid.territory.datasets import Column, Dataset, Params, Sight


@dataclass(frozen=True)
class Page:
    """`text`: features with commas between, in UTF-8; `following`: where the next page begins."""

    text: bytes
    returned: int
    following: Cursor | None


def feature_of(dataset: Dataset, columns: Sequence[Column], crs: Crs) -> str:
    key = json_text(dataset.key) if dataset.key_is_code else f"{dataset.key}::text"
    properties = {column.name: column.json() for column in columns}
    return feature_sql(key, crs.out(dataset.geometry), properties, crs.decimals)


def page_of(dataset: Dataset, asked: Asked) -> Page:
    """At most `limit` features after the cursor. InputError for places that no system has."""
    params = asked.params | {"page": asked.limit}
    where = f"{asked.where}{_after(dataset, asked.after, params)}"
    feature = feature_of(dataset, asked.columns, asked.crs)
    part = dataset.part or "''"
    order = f"{dataset.part} USING ~<~, {dataset.key}" if dataset.part else dataset.key
    rows = _fetched(
        "SELECT part, max(key)::text, count(*), string_agg(feature, ',' ORDER BY key) FROM ("
        f" SELECT {part} AS part, {dataset.key} AS key, {feature} AS feature"
        f" FROM {dataset.relation} WHERE {where} ORDER BY {order} LIMIT %(page)s"
        ") page GROUP BY part ORDER BY part USING ~<~",
        params,
    )
    returned = sum(row[2] for row in rows)
    text = ",".join(row[3] for row in rows).encode()
    if returned < asked.limit:
        return Page(text, returned, None)
    last = Cursor(rows[-1][0] if dataset.part else None, rows[-1][1])
    return Page(text, returned, last if _has_more(dataset, asked, last) else None)


def _has_more(dataset: Dataset, asked: Asked, last: Cursor) -> bool:
    params = dict(asked.params)
    where = f"{asked.where}{_after(dataset, last, params)}"
    return bool(_fetched(f"SELECT 1 FROM {dataset.relation} WHERE {where} LIMIT 1", params))


def _after(dataset: Dataset, cursor: Cursor | None, params: Params) -> str:
    if cursor is None:
        return ""
    params["after_key"] = cursor.key
    if dataset.part is None:
        return f" AND {dataset.key} > %(after_key)s"
    params["after_part"] = cursor.part
    # The first condition is what the index walks by.
    return (
        f" AND {dataset.part} ~>=~ %(after_part)s"
        f" AND ({dataset.part} ~>~ %(after_part)s OR {dataset.key} > %(after_key)s)"
    )


def matched(dataset: Dataset, asked: Asked) -> int:
    """How many there are under the filter, on all pages."""
    sql = f"SELECT count(*) FROM {dataset.relation} WHERE {asked.where}"
    return int(_fetched(sql, asked.params)[0][0])


def one_feature(dataset: Dataset, sight: Sight, asked: Asked, key: str) -> tuple[bytes, Any]:
    """The feature of that key and its revision (None where it has none).

    MissingError alike where it is out of sight and where there is none.
    """
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise MissingError
    rows = _fetched(
        f"SELECT {feature_of(dataset, asked.columns, asked.crs)}, {dataset.revision or 'NULL'}"
        f" FROM {dataset.relation} WHERE {asked.where} AND {dataset.key} = %(key)s",
        asked.params | {"key": key},
    )
    if not rows:
        raise MissingError
    return rows[0][0].encode(), rows[0][1]


def _fetched(sql: str, params: Params) -> list[Any]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise InputError(
                _("This takes too long. Ask for a smaller frame, or filter less."), where="filter"
            ) from error
        raise
    except (DataError, InternalError) as error:
        # What was checked before is in order: it is a place beyond what a system can tell.
        raise InputError(
            _("The place lies beyond what the coordinate system can tell."), where="bbox"
        ) from error
