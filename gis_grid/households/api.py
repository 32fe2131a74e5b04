"""Households as GeoJSON, entered, visited, with their files; and the tags that they can have."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import File, Form, Query, Router, Status, UploadedFile

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.attachments.http import content_of, file_answer, file_row
from gis_grid.core.geojson import Features, answer, feature_sql, json_text, json_word
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Household, Tag
from gis_grid.households.schemas import (
    HouseholdIn,
    HouseholdQuery,
    TagOut,
    VisitIn,
    household_row,
    visit_row,
)
from gis_grid.households.selectors import (
    MASKED_HEAD_SQL,
    VISIBLE_MASK_SQL,
    the_household,
    visible_tags,
)
from gis_grid.households.services.attaching import attach_to_household, open_household_file
from gis_grid.households.services.registering import log, register_household, visit_household
from gis_grid.territory.api import GEOJSON
from gis_grid.territory.etags import etag_of
from gis_grid.territory.selectors import require_area
from gis_grid.territory.services.versions import WELFARE

router = Router(tags=["households"])
LAYERS = ("households", WELFARE, "grids")
Json = dict[str, Any]


@router.get("/households", summary="Households as GeoJSON", openapi_extra=GEOJSON)
def households(request: HttpRequest, query: Query[HouseholdQuery]) -> HttpResponseBase:
    """Households in your scope under a filter, masked as on the card.

    Tags are those that you may see; a tag that you may not see is unknown here.
    """
    user = user_of(request)
    if query.grid:
        require_area(user, query.grid, Permission.HOUSEHOLD_VIEW, where="grid")
    features, tags = household_features(user, query.filter)
    sight = [(tag.slug, tag.bit, tag.visibility) for tag in tags]
    response = answer(
        request, features, query.page, etag=etag_of(user, LAYERS, sight, query.dict())
    )
    if response.status_code == 200:
        _log(user, query)
    return response


def household_features(user: User, filter: HouseholdFilter) -> tuple[Features, list[Tag]]:  # noqa: A002
    """The query of the collection, and the tags that it may name."""
    where, params = filter.where(user)
    tags = visible_tags(user)
    params |= {f"slug{tag.bit}": f'"{tag.slug}"' for tag in tags}
    feature = feature_sql(
        "h.id::text",
        "h.geom",
        {
            "code": json_text("h.code"),
            "address": json_text("h.address"),
            "head": json_text(f"({MASKED_HEAD_SQL})"),
            "people": "h.people::text",
            "origin": json_word("h.origin", Household.Origin.values),
            "grid": "CASE WHEN h.grid_id IS NOT NULL THEN '\"' || h.area_code || '\"' END",
            "village": "'\"' || left(h.area_code, 12) || '\"'",
            "tags": _tags_sql(tags),
        },
    )
    relation = "households_household h"
    return Features(feature, relation, where, "h.id", params, part="h.area_code"), tags


def _tags_sql(tags: list[Tag]) -> str:
    """Slugs of the visible tags as a JSON list; most households have none, and cost one look."""
    names = "".join(
        f", CASE WHEN h.tag_mask & {tag.mask}::bigint <> 0"
        f" AND ({VISIBLE_MASK_SQL}) & {tag.mask}::bigint <> 0 THEN %(slug{tag.bit})s END"
        for tag in tags
    )
    some = sum(tag.mask for tag in tags)
    return (
        f"CASE WHEN h.tag_mask & {some}::bigint = 0 THEN '[]'"
        f" ELSE '[' || concat_ws(','{names}) || ']' END"
    )


def _log(user: User, query: HouseholdQuery) -> None:
    asked: dict[str, Any] = {
        name: value for name, value in query.dict().items() if value not in (None, [])
    }
    record(
        acting_user=user,
        action="households_listed",
        subject_type="household",
        subject_id="",
        area_code=user.scope(Permission.HOUSEHOLD_VIEW).common_area(query.grid),
        detail=asked,
    )


@router.post("/households", summary="Enter a household", response={201: dict})
def enter_household(request: HttpRequest, data: HouseholdIn) -> Status[Json]:
    """At its house, in the grid that holds the place; it gets its code."""
    made = register_household(
        acting_user=user_of(request),
        values=data.values(),
        place=data.place,
        client_id=data.client_id,
    )
    return Status(201, household_row(made))


@router.post(
    "/households/{int:household_id}/visits", summary="Somebody was there", response={201: dict}
)
def visit(request: HttpRequest, household_id: int, data: VisitIn) -> Status[Json]:
    """Nothing else has changed, and the revision stays."""
    made = visit_household(acting_user=user_of(request), household_id=household_id, **data.dict())
    return Status(201, visit_row(made))


@router.get("/households/{int:household_id}/files", summary="Photos and files of a household")
def files(request: HttpRequest, household_id: int) -> Json:
    """The oldest first; reading them is logged as reading the household."""
    user = user_of(request)
    household = the_household(user, household_id)
    found = [file_row(one) | {"visit": one.visit_id} for one in household.files.all()]
    log(household, user, "household_read")
    return {"files": found}


@router.post(
    "/households/{int:household_id}/files", summary="Add a photo or file", response={201: dict}
)
def attach(
    request: HttpRequest,
    household_id: int,
    file: File[UploadedFile],
    visit: Form[int | None] = None,
) -> Status[Json]:
    """Judged by content; pictures lose their EXIF. The same file again is the same one."""
    made = attach_to_household(
        acting_user=user_of(request),
        household_id=household_id,
        name=file.name or "",
        content=content_of(file),
        visit_id=visit,
    )
    return Status(201, file_row(made) | {"visit": made.visit_id})


@router.get("/households/{int:household_id}/files/{int:file_id}", summary="A file")
def one_file(
    request: HttpRequest, household_id: int, file_id: int, thumb: bool = False
) -> HttpResponseBase:
    """Shown or saved; with `thumb` its small picture."""
    found, content = open_household_file(
        acting_user=user_of(request), household_id=household_id, file_id=file_id, thumb=thumb
    )
    return file_answer(found, content, thumb=thumb)


@router.get("/tags", response=list[TagOut], summary="Tags that you may see")
def tags(request: HttpRequest) -> list[Tag]:
    """The legend, in its order."""
    return visible_tags(user_of(request))
