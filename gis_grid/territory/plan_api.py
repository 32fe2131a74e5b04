"""Plans of boundaries: drawn, vetted, published."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Status, UploadedFile

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import prefix_of
from gis_grid.core.errors import MissingError, TooLargeError
from gis_grid.territory.models import Plan
from gis_grid.territory.plan_schemas import (
    Balance,
    CommentIn,
    HearingIn,
    Note,
    OperationIn,
    PlanChange,
    PlanIn,
    PlanQuery,
    PresenceIn,
    RebaseIn,
    SuggestIn,
)
from gis_grid.territory.plans import rebase as rebasing
from gis_grid.territory.plans import selectors, steps, suggesting, talk
from gis_grid.territory.plans.operate import operate
from gis_grid.territory.plans.publishing import publish_plan
from gis_grid.territory.plans.recording import Asked
from gis_grid.territory.selectors import lineage_of

router = Router(tags=["plans"])
Json = dict[str, Any]


@router.get("/plans", summary="Plans in sight")
def plans(request: HttpRequest, query: Query[PlanQuery]) -> Json:
    """Newest first; drafts only for those who may draw in their area."""
    user = user_of(request)
    found = Plan.objects.visible_to(user).select_related("author")
    if query.status:
        found = found.filter(status=query.status)
    if query.area:
        found = found.filter(area_code__startswith=prefix_of(query.area))
    return {"plans": selectors.summaries(found[: query.limit], user)}


@router.post("/plans", summary="A new draft", response={201: dict})
def new_plan(request: HttpRequest, data: PlanIn) -> Status[Json]:
    """For a village, a town or a county in which you may draw."""
    user = user_of(request)
    plan = steps.create_plan(acting_user=user, **data.dict())
    return Status(201, selectors.summary(plan, user))


@router.get("/plans/{int:plan_id}", summary="One plan")
def plan(request: HttpRequest, plan_id: int) -> Json:
    """Its operations, comments, hearings, issues, and what you may do now."""
    user = user_of(request)
    return selectors.detail(selectors.plan_for(user, plan_id), user)


@router.patch("/plans/{int:plan_id}", summary="Change title, reason or date")
def change_plan(request: HttpRequest, plan_id: int, data: PlanChange) -> Json:
    """While it is a draft."""
    user = user_of(request)
    changes = data.dict(exclude_none=True)
    changed = steps.change_plan(plan_id=plan_id, acting_user=user, changes=changes)
    return selectors.summary(changed, user)


@router.post("/plans/{int:plan_id}/operations", summary="Do one operation")
def operation(request: HttpRequest, plan_id: int, data: OperationIn) -> Json:
    """The new revision, what changed, statistics before and after, what moves, issues.

    422 `bad_operation` with issues and their places; 409 `conflict` with what others did.
    """
    asked = Asked(
        client_op_id=data.client_op_id,
        base_revision=data.base_revision,
        op=data.op.as_json(),
        dry_run=data.dry_run,
        resolve=data.resolve,
    )
    return operate(plan_id=plan_id, acting_user=user_of(request), asked=asked)


def _step(request: HttpRequest, plan_id: int, step: str, data: Note) -> Json:
    user = user_of(request)
    taken = steps.take_step(plan_id=plan_id, acting_user=user, step=step, note=data.note)
    return selectors.summary(taken, user)


@router.post("/plans/{int:plan_id}/submit", summary="Submit")
def submit(request: HttpRequest, plan_id: int, data: Note) -> Json:
    """A draft without gaps, overlaps or slivers, for the town to vet."""
    return _step(request, plan_id, "submit", data)


@router.post("/plans/{int:plan_id}/approve", summary="Approve")
def approve(request: HttpRequest, plan_id: int, data: Note) -> Json:
    """Not by its author."""
    return _step(request, plan_id, "approve", data)


@router.post("/plans/{int:plan_id}/reject", summary="Reject")
def reject(request: HttpRequest, plan_id: int, data: Note) -> Json:
    """With the reason in `note`."""
    return _step(request, plan_id, "reject", data)


@router.post("/plans/{int:plan_id}/reopen", summary="Back to a draft")
def reopen(request: HttpRequest, plan_id: int, data: Note) -> Json:
    """By its author, after it was rejected or to mend it."""
    return _step(request, plan_id, "reopen", data)


@router.post("/plans/{int:plan_id}/withdraw", summary="Withdraw")
def withdraw(request: HttpRequest, plan_id: int, data: Note) -> Json:
    """For good; its codes are never used again."""
    return _step(request, plan_id, "withdraw", data)


@router.post("/plans/{int:plan_id}/publish", summary="Publish")
def publish(request: HttpRequest, plan_id: int, data: Note) -> Json:
    """An approved plan whose day has come; 409 `conflict` where others published the same grids."""
    user = user_of(request)
    result = publish_plan(plan_id=plan_id, acting_user=user, note=data.note)
    plan = selectors.plan_for(user, plan_id)
    return selectors.summary(plan, user) | {
        "created": result.created,
        "changed": result.changed,
        "ended": result.ended,
        "moved": [vars(moved) for moved in result.moved],
    }


@router.post("/plans/{int:plan_id}/rebase", summary="Bring up to date")
def rebase(request: HttpRequest, plan_id: int, data: RebaseIn) -> Json:
    """Over what has been published since: mine, theirs, or in a new draft."""
    return rebasing.rebase(plan_id=plan_id, acting_user=user_of(request), how=data.how)


@router.post("/plans/{int:plan_id}/suggest", summary="Propose a cut")
def suggest(request: HttpRequest, plan_id: int, data: SuggestIn) -> Json:
    """An operation that cuts an overloaded grid into near-equal parts (`divide`), or those that
    bring the grids of a village nearer each other (`balance`); nothing is done.
    """
    user = user_of(request)
    user.require(Permission.PLAN_DRAFT)
    found = selectors.plan_for(user, plan_id)
    wanted = data.wanted
    if isinstance(wanted, Balance):
        return suggesting.suggest_exchanges(found, user, wanted.village)
    return suggesting.suggest_division(found, user, wanted.grid, wanted.parts)


@router.get("/plans/{int:plan_id}/diff", summary="What it changes")
def diff(request: HttpRequest, plan_id: int) -> Json:
    """Grids before and after, statistics, moves, issues, as far as you see the land."""
    user = user_of(request)
    return selectors.diff(selectors.plan_for(user, plan_id), user)


@router.get("/plans/{int:plan_id}/geojson", summary="The draft's grids")
def geojson(request: HttpRequest, plan_id: int) -> Json:
    """Every small grid of the area in your scope as the draft has it, and those around."""
    user = user_of(request)
    return selectors.cells_geojson(selectors.plan_for(user, plan_id), user)


@router.get("/plans/{int:plan_id}/points", summary="Households of the area")
def points(request: HttpRequest, plan_id: int) -> Json:
    """As columns, without personal data: for statistics while drawing."""
    user = user_of(request)
    user.require(Permission.HOUSEHOLD_VIEW)
    return selectors.points_columns(selectors.plan_for(user, plan_id), user)


@router.post("/plans/{int:plan_id}/presence", summary="I am here")
def presence(request: HttpRequest, plan_id: int, data: PresenceIn) -> Json:
    """A lease of 60 s on the grids that you work on; a hint to others, not a lock."""
    user = user_of(request)
    found = selectors.plan_for(user, plan_id)
    user.require(Permission.PLAN_DRAFT)
    present = talk.be_present(plan=found, acting_user=user, grids=data.grids)
    return selectors.presence_json(found, user, present)


@router.post("/plans/{int:plan_id}/comments", summary="Comment", response={201: dict})
def comment(request: HttpRequest, plan_id: int, data: CommentIn) -> Status[Json]:
    """Pinned to a place where it is about one."""
    user = user_of(request)
    made = talk.comment(plan_id=plan_id, acting_user=user, text=data.text, place=data.place)
    return Status(201, {"id": made.pk, "area_code": made.area_code})


@router.post("/plans/{int:plan_id}/comments/{int:comment_id}/settle", summary="Dealt with")
def settle(request: HttpRequest, plan_id: int, comment_id: int) -> Json:
    """Mark a comment as dealt with."""
    done = talk.settle_comment(plan_id=plan_id, acting_user=user_of(request), comment_id=comment_id)
    return {"id": done.pk}


@router.post("/plans/{int:plan_id}/hearings", summary="Record a hearing", response={201: dict})
def hearing(
    request: HttpRequest,
    plan_id: int,
    data: Form[HearingIn],
    file: File[UploadedFile | None] = None,
) -> Status[Json]:
    """The village has heard the plan; the minutes as a PDF, picture or document (10 MB)."""
    minutes = None
    if file is not None:
        if (file.size or 0) > talk.MOST_MINUTES_BYTES:
            raise TooLargeError(_("The minutes may have 10 MB at most."), where="file")
        minutes = talk.Minutes(file.name or "", file.read())
    made = talk.hold_hearing(
        plan_id=plan_id,
        acting_user=user_of(request),
        village=data.village,
        held_on=data.held_on,
        present=data.present,
        outcome=data.outcome,
        minutes=minutes,
    )
    return Status(201, {"id": made.pk})


@router.get("/plans/{int:plan_id}/hearings/{int:hearing_id}/minutes", summary="Minutes")
def minutes(request: HttpRequest, plan_id: int, hearing_id: int) -> HttpResponseBase:
    """The file, to be saved."""
    user = user_of(request)
    found = selectors.plan_for(user, plan_id).hearings.filter(pk=hearing_id).first()
    # They may name villagers: for those who draw and vet, not for everybody who sees the map.
    seen = user.scope(Permission.PLAN_DRAFT)
    if found is None or found.minutes is None or not seen.covers(found.village):
        raise MissingError
    answer = HttpResponse(bytes(found.minutes), content_type=found.minutes_type)
    ending = talk.ENDINGS.get(found.minutes_type, "")
    answer["Content-Disposition"] = f'attachment; filename="minutes-{found.pk}{ending}"'
    return answer


@router.get("/grids/{code}/lineage", summary="Lineage of a grid")
def lineage(request: HttpRequest, code: str) -> Json:
    """From which grids it came and which came from it, oldest first."""
    return {"code": code, "steps": lineage_of(user_of(request), code)}
