"""Collections of features (RFC 7946) composed by the database and streamed from it.

The database writes each feature as text; Python only joins them, so that memory stays flat
however many there are. Coordinates are CGCS2000 lon/lat, which is WGS 84 at seven decimals;
outer rings run counter-clockwise; there is no `crs` member.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from gis_grid.core.errors import InputError

CONTENT_TYPE = "application/geo+json"
DECIMALS = 7
CHUNK = 2_000
# A reader who stops reading must not hold a transaction open for ever.
_STALLED = "SET LOCAL idle_in_transaction_session_timeout = '60s'"


@dataclass(frozen=True)
class Features:
    """A query of features: `feature` is an SQL expression that yields one as text.

    `key` is a unique column, `relation` what stands after FROM, `where` a condition.
    """

    feature: str
    relation: str
    where: str
    key: str
    params: dict[str, Any] = field(default_factory=dict)

    def narrowed(self, condition: str, **params: Any) -> "Features":
        where = f"({self.where}) AND {condition}"
        return Features(self.feature, self.relation, where, self.key, self.params | params)


@dataclass(frozen=True)
class Page:
    """At most `limit` features (None: all of them) that come after `cursor`."""

    limit: int | None = None
    cursor: str | None = None


def feature_sql(key: str, geometry: str, properties: Mapping[str, str]) -> str:
    """SQL that writes a feature: `properties` maps names to expressions that yield JSON text."""
    members = " || ',' || ".join(
        f"'\"{name}\":' || coalesce({value}, 'null')" for name, value in properties.items()
    )
    return (
        f'\'{{"type":"Feature","id":\' || to_json({key})::text || \',"geometry":\''
        f" || coalesce(ST_AsGeoJSON({geometry}, {DECIMALS}, 0), 'null')"
        f" || ',\"properties\":{{' || {members} || '}}}}'"
    )


def json_text(expression: str) -> str:
    """SQL that writes a value as JSON."""
    return f"to_json({expression})::text"


def answer(request: HttpRequest, features: Features, page: Page, *, etag: str) -> HttpResponseBase:
    """The collection, streamed; 304 where the client has it; with the link to the next page."""
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None and unchanged.status_code == 304:
        return _headed(unchanged, etag)
    if page.cursor is not None:
        features = features.narrowed(f"{features.key} > %(after)s", after=_key(page.cursor))
    following = None
    if page.limit is not None:
        features, following = _cut(features, page.limit)
    link = _link(request, following) if following is not None else None
    response = StreamingHttpResponse(
        (part.encode() for part in collection(features, link)), content_type=CONTENT_TYPE
    )
    if link:
        response["Link"] = f'<{link}>; rel="next"'
    return _headed(response, etag)


def _headed(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Cookie, Accept-Language"
    return response


def _key(cursor: str) -> str:
    """Keys are codes or numbers: digits only. PostgreSQL reads them as the column's type."""
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise InputError(
            _("This is no cursor. Follow the link to the next page as it was given."),
            where="cursor",
        )
    return cursor


def _cut(features: Features, limit: int) -> tuple[Features, str | None]:
    """The first `limit` features, and the cursor after them where there are more."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {features.key} FROM {features.relation} WHERE {features.where}"
            f" ORDER BY {features.key} OFFSET %(before_last)s LIMIT 2",
            {**features.params, "before_last": limit - 1},
        )
        rows = cursor.fetchall()
    if len(rows) < 2:
        return features, None
    last = str(rows[0][0])
    return features.narrowed(f"{features.key} <= %(last)s", last=last), last


def _link(request: HttpRequest, cursor: str) -> str:
    query = request.GET.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def collection(features: Features, following: str | None = None) -> Iterator[str]:
    """Text of the collection in parts, from one state of the database."""
    yield '{"type":"FeatureCollection",'
    if following:
        yield f'"next":{json.dumps(following)},'
    yield '"features":['
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        with connection.cursor() as settings:
            settings.execute(_STALLED)
        cursor.execute(
            f"SELECT {features.feature} FROM {features.relation} WHERE {features.where}"
            f" ORDER BY {features.key}",
            features.params,
        )
        joint = ""
        while rows := cursor.fetchmany(CHUNK):
            yield joint + ",".join([row[0] for row in rows])
            joint = ","
    yield "]}"
