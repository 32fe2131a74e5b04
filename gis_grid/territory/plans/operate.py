"""The one way in which a draft changes: an operation, tried, allowed, written, logged."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import contains
from gis_grid.core.errors import InputError, NotAllowedError
from gis_grid.territory.coverage import Issue
from gis_grid.territory.models import Plan, PlanCell, PlanOperation
from gis_grid.territory.plans import conflicts, report, sheets, undoing
from gis_grid.territory.plans.performing import try_operation
from gis_grid.territory.plans.recording import (
    Asked,
    Done,
    append,
    done_of,
    locked_plan,
    operation_json,
    refusal,
    require_draft,
)
from gis_grid.territory.plans.replaying import copy_of
from gis_grid.territory.redraw.sheet import Changes, RefusedError


def operate(*, plan_id: int, acting_user: User, asked: Asked) -> dict[str, Any]:
    """Do one operation on a draft and answer what it comes to.

    The same `client_op_id` again answers what it answered. OperationRefusedError (422) where a rule
    forbids it, PlanConflictError (409) where others changed the same grids since
    `base_revision`, StateError where the plan is no draft.
    """
    with transaction.atomic():
        plan = locked_plan(plan_id, acting_user)
        if (known := _answered(plan, acting_user, asked)) is not None:
            return known
        acting_user.require(Permission.PLAN_DRAFT, plan.area_code)
        require_draft(plan)
        if asked.base_revision > plan.revision:
            raise InputError(_("The draft has no such revision yet."), where="base_revision")
        with transaction.atomic():
            since = plan.operations.filter(number__gt=asked.base_revision)
            if asked.type in ("undo", "redo"):
                done = undoing.invert(plan, acting_user, asked)
            else:
                done = _try(plan, acting_user, asked, since)
            if clash := conflicts.clash(since, done.changes, acting_user):
                if asked.resolve == "new_draft":
                    return _in_new_draft(plan, acting_user, asked)
                if asked.resolve != "mine":
                    raise conflicts.conflict(plan, acting_user, clash)
                undoing.undo_all(plan, acting_user, clash)
                done = _try(plan, acting_user, asked, PlanOperation.objects.none())
            _require_allowed(plan, acting_user, done)
            answer = _write(plan, acting_user, asked, done)
            if asked.dry_run:
                transaction.set_rollback(True)
                return answer | {"dry_run": True, "operation": None}
    return answer


def _answered(plan: Plan, user: User, asked: Asked) -> dict[str, Any] | None:
    known = plan.operations.filter(client_op_id=asked.client_op_id).first()
    if known is None:
        return None
    if known.digest != asked.digest or known.author_id != user.pk:
        raise InputError(
            _("An operation with this id has been sent before, with another content."),
            where="client_op_id",
        )
    return dict(known.answer)


def _try(plan: Plan, user: User, asked: Asked, since: Iterable[PlanOperation]) -> Done:
    try:
        tried = try_operation(plan, user, asked.type, asked.params)
    except RefusedError as error:
        # What others did may be the reason: then that is what has to be told.
        concerned = {code for issue in error.issues for code in issue.grids}
        if clash := conflicts.clash(since, dict.fromkeys(concerned), user):
            raise conflicts.conflict(plan, user, clash) from error
        raise refusal(error.issues) from error
    return done_of(tried)


def _require_allowed(plan: Plan, user: User, done: Done) -> None:
    """Land and words change only in the plan's area and where the person may draw, and not
    where an approved plan waits for its day.
    """
    changed = [
        code
        for code, after in done.changes.items()
        if not report.is_noding(done.before[code], after)
    ]
    for code in changed:
        if not contains(plan.area_code, code):
            raise NotAllowedError(
                _("Grid %(code)s lies outside the area of this plan. Make a plan for a larger one.")
                % {"code": code},
                where=code,
            )
        user.require(Permission.PLAN_DRAFT, code[:12])
    promised = (
        PlanCell.objects.filter(plan__status=Plan.Status.APPROVED, code__in=changed)
        .exclude(plan=plan)
        .select_related("plan")
        .first()
    )
    if promised is not None:
        values = {"plan": promised.plan.title, "day": promised.plan.effective_on.isoformat()}
        raise refusal([Issue("locked", (promised.code,), None, values)])


def _write(plan: Plan, user: User, asked: Asked, done: Done) -> dict[str, Any]:
    operation = append(plan, user, asked, done)
    undoing.mark(operation)
    answer = answer_of(plan, user, operation, done)
    operation.answer = answer
    operation.save(update_fields=["answer"])
    record(
        acting_user=user,
        action="plan_operation",
        subject_type="plan",
        subject_id=plan.pk,
        area_code=plan.area_code,
        detail={"operation": asked.type, "changed": sorted(done.changes)},
    )
    return answer


def answer_of(plan: Plan, user: User, operation: PlanOperation, done: Done) -> dict[str, Any]:
    pairs = published_pairs(plan, done.changes)
    points = report.points_in(user, pairs)
    stats = report.statistics(user, pairs, points)
    scope = user.scope(Permission.MAP_VIEW)
    names = report.names_of(pairs)
    return {
        "revision": plan.revision,
        "dry_run": False,
        "operation": operation_json(operation),
        "changed": [
            report.feature(code, cell, {"state": "changed" if pairs[code][0] else "new"})
            for code, cell in sorted(done.changes.items())
            if cell is not None and scope.covers(code)
        ],
        "ended": sorted(code for code, cell in done.changes.items() if cell is None),
        "statistics": stats,
        "moves": report.moves(user, pairs, points),
        "issues": [
            report.issue_json(issue, "info", names) for issue in report.empty_grids(stats, pairs)
        ],
        "cleaned": operation.params.get("cleaned", []),
    }


def published_pairs(plan: Plan, changes: Changes) -> dict[str, report.Pair]:
    """Each changed grid as it is published, and as the draft has it now."""
    pairs: dict[str, report.Pair] = dict(sheets.changed_cells(plan, changes))
    for code, after in changes.items():
        pairs.setdefault(code, (after, after))
    return pairs


def _in_new_draft(plan: Plan, user: User, asked: Asked) -> dict[str, Any]:
    """A copy of the plan as it was at the person's revision, with the operation done there."""
    copied, replay = copy_of(plan, user, until=asked.base_revision)
    own = Asked(asked.client_op_id, copied.revision, asked.op, asked.dry_run)
    dropped = [operation_json(one) for one in replay.dropped]
    answer = operate(plan_id=copied.pk, acting_user=user, asked=own)
    return answer | {"plan": copied.pk, "dropped": dropped}
