"""Incidents: reported, found, led on, merged; their files, rules, counts and notices."""

import datetime as dt
import uuid
from typing import Any

from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Status, UploadedFile

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record_once
from gis_grid.core.attachments.http import content_of, file_answer, file_row
from gis_grid.core.errors import InputError
from gis_grid.incidents import rows
from gis_grid.incidents.models import Category, Incident, Notice
from gis_grid.incidents.reports import board as board_of
from gis_grid.incidents.reports import circular as circular_of
from gis_grid.incidents.schemas import (
    CategoryIn,
    CategoryOut,
    ConcernIn,
    CountQuery,
    DeadlineIn,
    FilterQuery,
    ListQuery,
    MergeIn,
    NearQuery,
    PageOut,
    PeriodQuery,
    ReadIn,
    ReportIn,
    RevealIn,
    StepIn,
    UploadIn,
)
from gis_grid.incidents.selectors import categories_of_today, open_counts, the_incident
from gis_grid.incidents.services import (
    attaching,
    concerning,
    merging,
    reporting,
    reveal,
    rules,
    steps,
    telling,
    uploading,
)
from gis_grid.incidents.services.writing import log

router = Router(tags=["incidents"])
Json = dict[str, Any]


@router.get("/incidents", response=PageOut, summary="Incidents under a filter")
def incidents(request: HttpRequest, query: Query[ListQuery]) -> Json:
    """Newest first, a page at a time; never what complains of you."""
    user = user_of(request)
    found = query.asked().of(user).select_related("category", "assignee_user").only(*rows.COLUMNS)
    if query.before:
        found = found.filter(pk__lt=query.before)
    page = list(found.order_by("-pk")[: query.limit + 1])
    record_once(
        within=dt.timedelta(minutes=10),
        acting_user=user,
        action="incidents_listed",
        subject_type="incident",
        area_code=user.scope(Permission.INCIDENT_VIEW).common_area(),
    )
    more, page = len(page) > query.limit, page[: query.limit]
    return {"incidents": [rows.row(one) for one in page], "next": page[-1].pk if more else None}


@router.post("/incidents", summary="Report an incident", response={201: dict})
def report(request: HttpRequest, data: ReportIn) -> Status[Json]:
    """With its number of the register; outside of every grid it is taken and flagged."""
    user = user_of(request)
    made = reporting.report(acting_user=user, told=data.told())
    return Status(201, rows.row(made))


@router.get("/incidents/board", summary="How many incidents in each state")
def board(request: HttpRequest, query: Query[FilterQuery]) -> Json:
    """Under the same filter as the list."""
    return {"columns": board_of(user_of(request), query.asked())}


@router.get("/incidents/circular", summary="Circular of a week or month (通报)")
def circular(request: HttpRequest, query: Query[PeriodQuery]) -> Json:
    """By village and by office; `filters` with `moment=<figure>` are the parameters of its list."""
    user = user_of(request)
    user.require(Permission.INCIDENT_VIEW)
    if query.until < query.since:
        raise InputError(_("The end must be later than the start."), where="until")
    return circular_of(user, query.since, query.until)


@router.get("/incidents/counts", summary="Open incidents of areas")
def counts(request: HttpRequest, query: Query[CountQuery]) -> Json:
    """For a choropleth; null where the count is too small to be told to you."""
    return {"counts": open_counts(user_of(request), query.area)}


@router.get("/incidents/near", summary="The same thing, told before?")
def near(request: HttpRequest, query: Query[NearQuery]) -> Json:
    """Open incidents of the category near in place and time, while one is being written."""
    user = user_of(request)
    category = Category.objects.filter(code=query.category).first()
    if category is None:
        raise InputError(_("There is no such category."), where="category")
    point = Point(query.lon, query.lat, srid=4490)
    return _offered(merging.duplicates_near(user, point, category.pk))


def _offered(found: list[tuple[Incident, float]]) -> Json:
    return {"incidents": [rows.row(one) | {"metres": round(far, 1)} for one, far in found]}


@router.get("/incidents/categories", response=list[CategoryOut], summary="Categories of today")
def categories(request: HttpRequest) -> list[Category]:
    """The tree, in its order; leaves can be chosen."""
    user_of(request)
    return categories_of_today()


@router.put("/incidents/categories", response=CategoryOut, summary="Make or change a category")
def save_category(request: HttpRequest, data: CategoryIn) -> Category:
    """By the county, with the source."""
    return rules.save_category(acting_user=user_of(request), **data.dict())


@router.put("/incidents/deadlines", summary="Lay a deadline down")
def set_deadline(request: HttpRequest, data: DeadlineIn) -> Json:
    """By the county, with the source and the day from which it holds."""
    rule = rules.set_deadline(acting_user=user_of(request), **data.dict())
    return {"id": rule.pk}


@router.get("/incidents/{int:incident_id}", summary="The file of an incident")
def incident(request: HttpRequest, incident_id: int) -> Json:
    """Timeline, people masked, files, and the steps that you could take now."""
    user = user_of(request)
    found = the_incident(user, incident_id)
    log(found, user, "incident_read")
    return rows.file_of(found, user)


@router.post("/incidents/{int:incident_id}/steps", summary="Take a step")
def step(request: HttpRequest, incident_id: int, data: StepIn) -> Json:
    """409 `conflict` with what others did since `revision`, 409 `wrong_state` with the reason."""
    user = user_of(request)
    led, _taken = steps.take(
        acting_user=user,
        incident_id=incident_id,
        step=data.step,
        revision=data.revision,
        said=data.said(),
    )
    return rows.file_of(led, user)


@router.get("/incidents/{int:incident_id}/duplicates", summary="What may be the same thing")
def duplicates(request: HttpRequest, incident_id: int) -> Json:
    """Open incidents of the category, near in place and time."""
    user = user_of(request)
    return _offered(merging.duplicates_of(user, the_incident(user, incident_id)))


@router.post("/incidents/{int:incident_id}/merge", summary="Merge into another")
def merge(request: HttpRequest, incident_id: int, data: MergeIn) -> Json:
    """The other goes on; whoever reported this one stays in its file."""
    user = user_of(request)
    kept = merging.merge(
        acting_user=user, incident_id=incident_id, into_id=data.into, revision=data.revision
    )
    return rows.file_of(kept, user)


@router.post("/incidents/{int:incident_id}/complained-of", summary="Say whom it complains of")
def complain_of(request: HttpRequest, incident_id: int, data: ConcernIn) -> Json:
    """From then on they neither handle nor see it; by those who assign."""
    user = user_of(request)
    told = concerning.complain_of(
        acting_user=user, incident_id=incident_id, revision=data.revision, login=data.person
    )
    return rows.file_of(told, user)


@router.post("/incidents/{int:incident_id}/reveal", summary="Reveal who reported it")
def reveal_reporter(request: HttpRequest, incident_id: int, data: RevealIn) -> Json:
    """With a reason, which is logged."""
    value = reveal.reveal_reporter(
        acting_user=user_of(request),
        incident_id=incident_id,
        field=data.field,
        reason=data.reason,
    )
    return {"value": value}


@router.post(
    "/incidents/{int:incident_id}/attachments", summary="Add a photo or file", response={201: dict}
)
def attach(request: HttpRequest, incident_id: int, file: File[UploadedFile]) -> Status[Json]:
    """Judged by content; pictures lose their EXIF. The same file again is the same attachment."""
    made = attaching.attach(
        acting_user=user_of(request),
        incident_id=incident_id,
        name=file.name or "",
        content=content_of(file),
    )
    return Status(201, file_row(made))


@router.post("/incidents/{int:incident_id}/uploads", summary="Begin a file", response={201: dict})
def begin_upload(request: HttpRequest, incident_id: int, data: UploadIn) -> Status[Json]:
    """To be sent in pieces of 2 MB at most, and gone on with after a break."""
    begun = uploading.begin(acting_user=user_of(request), incident_id=incident_id, **data.dict())
    return Status(201, {"upload": str(begun.pk), "offset": 0, "size": begun.size})


@router.get("/incidents/{int:incident_id}/uploads/{uuid:key}", summary="How far a file has come")
def upload_state(request: HttpRequest, incident_id: int, key: uuid.UUID) -> Json:
    """From which byte to go on."""
    found = uploading.state_of(acting_user=user_of(request), incident_id=incident_id, key=key)
    return {"upload": str(key), "offset": found.offset, "size": found.size}


@router.put("/incidents/{int:incident_id}/uploads/{uuid:key}", summary="Send a piece")
def add_piece(request: HttpRequest, incident_id: int, key: uuid.UUID, offset: int) -> Json:
    """The body is the piece; 409 says the `offset` that is wanted; the last answers the file."""
    upload, made = uploading.add(
        acting_user=user_of(request),
        incident_id=incident_id,
        key=key,
        offset=offset,
        content=request.body,
    )
    shown: Json = {"upload": str(key), "offset": upload.offset, "size": upload.size}
    return shown | ({"attachment": file_row(made)} if made else {})


@router.get("/incidents/{int:incident_id}/attachments/{int:attachment_id}", summary="A file")
def attachment(
    request: HttpRequest, incident_id: int, attachment_id: int, thumb: bool = False
) -> HttpResponseBase:
    """To be saved; with `thumb` its small picture."""
    found, content = attaching.open_attachment(
        acting_user=user_of(request),
        incident_id=incident_id,
        attachment_id=attachment_id,
        thumb=thumb,
    )
    return file_answer(found, content, thumb=thumb)


@router.get("/notices", summary="What you are told")
def notices(request: HttpRequest, unread: bool = False, before: int | None = None) -> Json:
    """Newest first, fifty at a time, and how many are unread."""
    user = user_of(request)
    own = Notice.objects.filter(user=user)
    shown = own.filter(incident__in=Incident.objects.visible_to(user))
    if unread:
        shown = shown.filter(read_at=None)
    if before is not None:
        shown = shown.filter(pk__lt=min(before, 2**63 - 1))
    return {
        "notices": rows.notices(shown[:50]),
        "unread": own.filter(read_at=None).count(),
        "at": timezone.now(),
    }


@router.post("/notices/read", summary="Mark notices as read")
def read(request: HttpRequest, data: ReadIn) -> Json:
    """Your own; all of them without `ids`."""
    return {"read": telling.mark_read(acting_user=user_of(request), ids=data.ids)}
