"""Collections of features (RFC 7946) composed by the database and streamed from it.

The database writes the features as text; Python hands the bytes on, so that memory stays flat
however many there are. Coordinates are CGCS2000 lon/lat, which is WGS 84 at seven decimals;
outer rings run counter-clockwise; there is no `crs` member.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from psycopg.abc import Buffer
from psycopg.adapt import Loader

from gis_grid.core.errors import InputError

CONTENT_TYPE = "application/geo+json"
DECIMALS = 7
# Rows a fetch: features, or parts of some hundred features.
FEATURES_A_FETCH = 2_000
PARTS_A_FETCH = 20
# A reader who stops reading must not hold a transaction open for ever.
_STALLED = "SET LOCAL idle_in_transaction_session_timeout = '60s'"


@dataclass(frozen=True)
class Features:
    """A query of features: `feature` is an SQL expression that yields one as text.

    `key` is a unique column, `relation` what stands after FROM, `where` a condition.
    `part`, where there is one, is a column with an index by bytes (text_pattern_ops): what is
    alike in it leaves the database as one value, which spares most of the cost of moving it.
    A whole collection then goes by `part` and `key`, a page by `key` alone.
    """

    feature: str
    relation: str
    where: str
    key: str
    params: dict[str, Any] = field(default_factory=dict)
    part: str | None = None

    def narrowed(self, condition: str, **params: Any) -> "Features":
        where = f"({self.where}) AND {condition}"
        return replace(self, where=where, params=self.params | params)

    def statement(self) -> str:
        """SQL of the features in their order: one a row, or joined by commas part by part."""
        source = f"FROM {self.relation} WHERE {self.where}"
        if self.part is None:
            return f"SELECT {self.feature} {source} ORDER BY {self.key}"
        return (
            f"SELECT string_agg({self.feature}, ',' ORDER BY {self.key}) {source}"
            f" GROUP BY {self.part} ORDER BY {self.part} USING ~<~"
        )


@dataclass(frozen=True)
class Page:
    """At most `limit` features (None: all of them) that come after `cursor`."""

    limit: int | None = None
    cursor: str | None = None


class _Bytes(Loader):
    """Text as it comes from the database, in UTF-8: nobody here needs it decoded."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


def feature_sql(
    key: str, geometry: str, properties: Mapping[str, str], decimals: int = DECIMALS
) -> str:
    """SQL that writes a feature: `key` and the values of `properties` yield JSON text."""
    place = f"coalesce(ST_AsGeoJSON({geometry}, {decimals}, 0), 'null')"
    pieces = ['\'{"type":"Feature","id":\'', key, "',\"geometry\":'", place]
    before = ',"properties":{'
    for name, value in properties.items():
        pieces += [f"'{before}\"{name}\":'", f"coalesce({value}, 'null')"]
        before = ","
    return _joined([*pieces, "'}}'"])


def _joined(pieces: Sequence[str]) -> str:
    """Pieces of text put together by halves: a chain would copy what it has for every piece."""
    if len(pieces) == 1:
        return pieces[0]
    half = len(pieces) // 2
    return f"({_joined(pieces[:half])} || {_joined(pieces[half:])})"


def json_text(expression: str) -> str:
    """SQL that writes a value as JSON."""
    return f"to_json({expression})::text"


def json_word(expression: str, words: Iterable[str]) -> str:
    """The same for a text that is mostly one of a few plain words: these are not escaped anew."""
    known = "".join(f" WHEN '{word}' THEN '\"{word}\"'" for word in words)
    return f"CASE {expression}{known} ELSE {json_text(expression)} END"


def answer(request: HttpRequest, features: Features, page: Page, *, etag: str) -> HttpResponseBase:
    """The collection, streamed; 304 where the client has it; with the link to the next page."""
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None and unchanged.status_code == 304:
        return _headed(unchanged, etag)
    if page.cursor is not None:
        features = features.narrowed(f"{features.key} > %(after)s", after=_key(page.cursor))
    following = None
    if page.limit is not None:
        features, following = _cut(replace(features, part=None), page.limit)
    link = _link(request, following) if following is not None else None
    response = StreamingHttpResponse(collection(features, link), content_type=CONTENT_TYPE)
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


def collection(features: Features, following: str | None = None) -> Iterator[bytes]:
    """The collection's text in UTF-8, from one state of the database."""
    head = f'"next":{json.dumps(following)},' if following else ""
    yield f'{{"type":"FeatureCollection",{head}"features":['.encode()
    at_once = PARTS_A_FETCH if features.part else FEATURES_A_FETCH
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        with connection.cursor() as settings:
            settings.execute(_STALLED)
        cursor.adapters.register_loader("text", _Bytes)
        cursor.execute(features.statement(), features.params)
        joint = b""
        while rows := cursor.fetchmany(at_once):
            yield joint + b",".join([row[0] for row in rows])
            joint = b","
    yield b"]}"
