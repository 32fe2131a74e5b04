"""Field sync for tablets and scripts: push, receipts, pull, conflicts (docs/field-sync.md)."""

import base64
import gzip
import json
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router

from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record_once
from gis_grid.core.errors import DomainError, TooLargeError
from gis_grid.fieldsync import reading
from gis_grid.fieldsync.conflicts import as_row, visible_conflicts
from gis_grid.fieldsync.device_auth import DeviceAuth, caller_of
from gis_grid.fieldsync.forms import forms_of
from gis_grid.fieldsync.moments import clock_of, put_right_of
from gis_grid.fieldsync.receipts import receipts_of
from gis_grid.fieldsync.schemas import AreasQuery, HeldIn, PullQuery, ReceiptsIn, SettleIn
from gis_grid.fieldsync.sealed import Header
from gis_grid.fieldsync.services import pulling, pushing, rescuing, settling, uploading
from gis_grid.fieldsync.takealong import areas_of, reference_of, reference_version

router = Router(tags=["field"], auth=DeviceAuth())
Json = dict[str, Any]
# Below this the gain is smaller than the work.
LEAST_ZIPPED = 2_000
MOST_CONFLICTS = 500


class UnreadableBodyError(DomainError):
    status, code = 422, "unreadable"


@router.post("/sync/push", summary="Send operations")
def push(request: HttpRequest) -> Json:
    """Each is kept before it is judged, and answered with its receipt."""
    caller = caller_of(request)
    if len(request.body) > reading.MOST_BYTES:
        raise TooLargeError(
            _("Send %(mb)d MB at a time at most.") % {"mb": reading.MOST_BYTES // 2**20}
        )
    try:
        body = reading.parse_body(request.body)
    except reading.UnreadableError as error:
        text = request.body.decode("utf-8", "backslashreplace")
        pushing.keep_unreadable(caller.user, caller.device, text, error.reason)
        raise UnreadableBodyError(
            _("This can't be read; it is kept and shown to an administrator: %(why)s")
            % {"why": error.reason}
        ) from error
    queue = body.get("queue")
    receipts = pushing.push(
        acting_user=caller.user,
        device=caller.device,
        operations=body["operations"],
        clock=clock_of(body.get("sent_at")),
        put_right=put_right_of(body.get("put_right")),
        queue=queue if isinstance(queue, int) and 0 <= queue < 2**31 else None,
    )
    return {"server_time": timezone.localtime().isoformat(), "receipts": receipts}


@router.post("/sync/receipts", summary="How operations went on")
def receipts(request: HttpRequest, data: ReceiptsIn) -> Json:
    """Receipts of your own operations as they are now, with how far their files have come."""
    caller = caller_of(request)
    pushing.note_queue(caller.device, data.queue)
    uploading.attach_asked(caller.user, data.op_ids)
    found = receipts_of(caller.user, data.op_ids)
    return {"receipts": [receipt for _digest, receipt in found.values()]}


@router.post("/sync/rescue", summary="What opens a rescue file of yours")
def rescue(request: HttpRequest, data: Header) -> Json:
    """By what stands in the clear at the file's front; each time is logged."""
    secret = rescuing.secret_for(acting_user=caller_of(request).user, header=data)
    return {"secret": base64.b64encode(secret).decode()}


@router.get("/sync/areas", summary="What can be taken along")
def areas(request: HttpRequest) -> Json:
    """Towns, villages and small grids of your scope, and about how much each is."""
    return {"areas": areas_of(caller_of(request).user)}


@router.get("/sync/pull", summary="Take along, and what has changed since")
def pull(request: HttpRequest, query: Query[PullQuery]) -> HttpResponse:
    """A page of what lies in the areas; without a cursor from the beginning."""
    user = caller_of(request).user
    answer = pulling.pull(user, query.codes(), query.cursor, limit=query.limit)
    body = {**asdict(answer), "server_time": timezone.localtime().isoformat()}
    if not answer.more and not answer.reset:
        forms = forms_of(user)
        if forms["etag"] != query.forms:
            body["forms"] = forms
    if answer.changes:
        record_once(
            within=pulling.ONE_READING,
            acting_user=user,
            action="field_pulled",
            subject_type="device",
            area_code=user.scope(Permission.MAP_VIEW).common_area(),
            detail={"areas": len(query.codes())},
        )
    return _zipped(request, body)


@router.get("/sync/reference", summary="Roads and water of areas")
def reference(request: HttpRequest, query: Query[AreasQuery]) -> HttpResponse:
    """For finding one's way; with an ETag of their version."""
    user = caller_of(request).user
    found, _left = pulling.areas_in_scope(user, query.codes())
    etag = f'"{reference_version(user)}"'
    if request.headers.get("If-None-Match") == etag:
        answer = HttpResponse(status=304)
    else:
        answer = _zipped(request, reference_of(user, found))
    answer["ETag"] = etag
    return answer


@router.get("/sync/conflicts", summary="Fields that two have changed")
def conflicts(request: HttpRequest) -> Json:
    """Your own open ones, and those of the areas whose field work you settle."""
    user = caller_of(request).user
    seen = visible_conflicts(user).filter(settled_at=None)
    return {"conflicts": [as_row(one, user) for one in seen[:MOST_CONFLICTS]]}


@router.post("/sync/conflicts/{int:conflict_id}", summary="Settle a conflict")
def settle(request: HttpRequest, conflict_id: int, data: SettleIn) -> Json:
    """Mine, theirs or another value; 409 where the server's value is another by now."""
    user = caller_of(request).user
    settled = settling.settle_conflict(acting_user=user, conflict_id=conflict_id, **data.dict())
    return as_row(settled, user)


@router.post("/sync/held/{uuid:op_id}", summary="Settle held work")
def settle_held(request: HttpRequest, op_id: UUID, data: HeldIn) -> Json:
    """Do it in your own name, or refuse it with a reason that its maker reads."""
    row = settling.settle_held(acting_user=caller_of(request).user, op_id=op_id, **data.dict())
    return {"op_id": str(row.pk), "outcome": row.outcome, "message": row.message}


def _zipped(request: HttpRequest, body: Json) -> HttpResponse:
    """JSON, compressed where the client takes it: a town's households shrink to a fifth."""
    content = json.dumps(
        body, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")
    ).encode()
    is_zipped = len(content) >= LEAST_ZIPPED and "gzip" in request.headers.get(
        "Accept-Encoding", ""
    )
    answer = HttpResponse(
        gzip.compress(content, 5) if is_zipped else content, content_type="application/json"
    )
    if is_zipped:
        answer["Content-Encoding"] = "gzip"
    answer["Vary"] = "Accept-Encoding, Authorization"
    answer["Cache-Control"] = "no-store"
    return answer
