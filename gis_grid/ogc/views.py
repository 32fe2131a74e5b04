"""OGC API – Features at `/ogc/`."""

import datetime as dt
import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.audit.services import record_once
from gis_grid.core.errors import DomainError, MissingError
from gis_grid.ogc import documents, editing, openapi, reading
from gis_grid.ogc.access import abilities, by_token
from gis_grid.ogc.asking import Asked, asked_of
from gis_grid.ogc.crs import known_to
from gis_grid.ogc.documents import GEOJSON, OPENAPI, SCHEMA, address, link
from gis_grid.territory.datasets import Dataset, dataset_for, datasets_for

_SEEN_AGAIN = dt.timedelta(minutes=10)
_CACHING = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie, Accept-Language"}


def _json(body: Any, kind: str = "application/json", status: int = 200) -> JsonResponse:
    options = {"ensure_ascii": False}
    return JsonResponse(
        body, content_type=kind, status=status, json_dumps_params=options, headers=_CACHING
    )


@by_token("GET")
def landing(request: HttpRequest, user: User) -> HttpResponse:
    return _json(documents.landing(request))


@by_token("GET")
def conformance(request: HttpRequest, user: User) -> HttpResponse:
    return _json({"conformsTo": documents.CONFORMS})


@by_token("GET")
def api(request: HttpRequest, user: User) -> HttpResponse:
    return _json(openapi.document(request, datasets_for(user)), OPENAPI)


@by_token("GET")
def collections(request: HttpRequest, user: User) -> HttpResponse:
    return _json(documents.collections(request, user, datasets_for(user)))


@by_token("GET")
def collection(request: HttpRequest, user: User, name: str) -> HttpResponse:
    dataset = dataset_for(user, name)
    return _json(documents.collection(request, user, dataset, known_to(user)))


@by_token("GET")
def queryables(request: HttpRequest, user: User, name: str) -> HttpResponse:
    return _json(documents.queryables(request, user, dataset_for(user, name)), SCHEMA)


@by_token("GET")
def schema(request: HttpRequest, user: User, name: str) -> HttpResponse:
    return _json(documents.schema(request, user, dataset_for(user, name)), SCHEMA)


@by_token("GET", "POST", "OPTIONS")
def items(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """A page of features; POST enters one, where that may be done."""
    dataset = dataset_for(user, name)
    if request.method == "OPTIONS":
        return abilities({"GET", *editing.methods_of(name)} - {"PUT", "DELETE"})
    if request.method == "POST":
        return _created(request, user, dataset)
    asked = asked_of(user, dataset, dataset.sight(user), request.GET)
    page = reading.page_of(dataset, asked)
    # Counted with the first page only: the others of a county would each count it anew.
    count = reading.matched(dataset, asked) if asked.after is None else None
    _log(user, dataset, asked)
    tail: dict[str, Any] = {
        "numberReturned": page.returned,
        "timeStamp": timezone.now().isoformat(),
        "links": _links(request, dataset, page),
    }
    if count is not None:
        tail["numberMatched"] = count
    head = b'{"type":"FeatureCollection",'
    rest = json.dumps(tail, ensure_ascii=False)[1:].encode()
    return HttpResponse(
        b"".join((head, b'"features":[', page.text, b"],", rest)),
        content_type=GEOJSON,
        headers=_CACHING | {"Content-Crs": f"<{asked.crs.uri}>"},
    )


def _links(request: HttpRequest, dataset: Dataset, page: reading.Page) -> list[dict[str, Any]]:
    said = [
        link(request.build_absolute_uri(), "self", GEOJSON),
        link(address(request, "ogc_collection", dataset.name), "collection"),
    ]
    if page.following is not None:
        query: QueryDict = request.GET.copy()
        query["after"] = str(page.following)
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        said.append(link(following, "next", GEOJSON))
    return said


def _log(user: User, dataset: Dataset, asked: Asked) -> None:
    """That a list with something personal was read: once for a filter in ten minutes."""
    if dataset.logged_as:
        record_once(
            within=_SEEN_AGAIN,
            acting_user=user,
            action=dataset.logged_as,
            subject_type="service",
            area_code=user.scope(dataset.permission).common_area(),
            detail={"by": "ogc", "layer": dataset.name, **asked.told},
        )


@by_token("GET", "PUT", "DELETE", "OPTIONS")
def item(request: HttpRequest, user: User, name: str, key: str) -> HttpResponse:
    """A feature; PUT changes it and DELETE ends it, where that may be done."""
    dataset = dataset_for(user, name)
    if request.method == "OPTIONS":
        return abilities({"GET", *editing.methods_of(name)} - {"POST"})
    if request.method == "PUT":
        _require(dataset, "PUT")
        editing.replace(user, dataset, _number(key), request, editing.sent_by(request, user))
        return _one(request, user, dataset, key)
    if request.method == "DELETE":
        _require(dataset, "DELETE")
        editing.end(user, dataset, _number(key), request)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return _one(request, user, dataset, key)


def _number(key: str) -> int:
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise MissingError
    return int(key)


class _NotHereError(DomainError):
    status, code = HTTPStatus.METHOD_NOT_ALLOWED, "not_here"


def _require(dataset: Dataset, method: str) -> None:
    if method not in editing.methods_of(dataset.name):
        raise _NotHereError(_("This can't be done here."))


def _created(request: HttpRequest, user: User, dataset: Dataset) -> HttpResponse:
    _require(dataset, "POST")
    key = editing.create(user, dataset, editing.sent_by(request, user))
    answer = _one(request, user, dataset, str(key), status=HTTPStatus.CREATED)
    answer["Location"] = address(request, "ogc_item", dataset.name, str(key))
    return answer


def _one(
    request: HttpRequest, user: User, dataset: Dataset, key: str, status: int = HTTPStatus.OK
) -> HttpResponse:
    sight = dataset.sight(user)
    asked = asked_of(user, dataset, sight, {"crs": request.GET.get("crs", "")})
    text, revision = reading.one_feature(dataset, sight, asked, key)
    _log(user, dataset, asked)
    links = [
        link(address(request, "ogc_item", dataset.name, key), "self", GEOJSON),
        link(address(request, "ogc_collection", dataset.name), "collection"),
    ]
    # The feature's text ends with its bracket.
    body = text[:-1] + b',"links":' + json.dumps(links).encode() + b"}"
    headers = _CACHING | {"Content-Crs": f"<{asked.crs.uri}>"}
    if revision is not None:
        headers["ETag"] = f'"{revision}"'
    return HttpResponse(body, content_type=GEOJSON, status=status, headers=headers)
