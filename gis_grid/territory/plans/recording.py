"""What every change of a draft has in common: what was asked, what it did, how it is kept."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError, MissingError, StateError
from gis_grid.territory.coverage import Issue
from gis_grid.territory.models import Plan, PlanOperation
from gis_grid.territory.plans import report, sheets
from gis_grid.territory.plans.performing import Tried
from gis_grid.territory.plans.sheets import as_json, from_json
from gis_grid.territory.redraw.sheet import Changes, Step


@dataclass
class OperationRefusedError(InputError):
    """The operation can't be done; `details["issues"]` say why and where."""

    code: ClassVar[str] = "bad_operation"


@dataclass
class PlanConflictError(StateError):
    """Somebody else has changed the same grids meanwhile; nothing of either is lost."""

    code: ClassVar[str] = "conflict"


@dataclass(frozen=True)
class Asked:
    """An operation as it was sent."""

    client_op_id: uuid.UUID
    base_revision: int
    op: Mapping[str, Any]
    dry_run: bool = False
    resolve: str | None = None

    @property
    def type(self) -> str:
        return str(self.op["type"])

    @property
    def params(self) -> dict[str, Any]:
        return {key: value for key, value in self.op.items() if key != "type"}

    @property
    def digest(self) -> str:
        text = json.dumps(self.op, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Done:
    """What an operation did to the draft, before it is told."""

    changes: Changes
    before: dict[str, Any]
    draft: sheets.Draft
    lineage: Sequence[Step] = ()
    params: dict[str, Any] = field(default_factory=dict)
    inverts: PlanOperation | None = None


def locked_plan(plan_id: int, user: User) -> Plan:
    """The plan, locked until the end of the transaction; MissingError out of sight."""
    plan = (
        Plan.objects.filter(pk__in=Plan.objects.visible_to(user).values("pk"))
        .select_for_update()
        .filter(pk=plan_id)
        .first()
    )
    if plan is None:
        raise MissingError
    return plan


def require_draft(plan: Plan) -> None:
    if plan.status != Plan.Status.DRAFT:
        raise StateError(
            _("This plan is %(status)s: only a draft can be drawn on.")
            % {"status": plan.get_status_display()}
        )


def done_of(tried: Tried) -> Done:
    before = {code: tried.draft.cells.get(code) for code in tried.outcome.changes}
    outcome = tried.outcome
    return Done(outcome.changes, before, tried.draft, outcome.lineage, tried.params)


def refusal(issues: Sequence[Issue]) -> OperationRefusedError:
    found = [report.issue_json(issue, "error") for issue in issues]
    where = next((code for issue in issues for code in issue.grids), "")
    return OperationRefusedError(report.told(found), where=where, details={"issues": found})


def append(plan: Plan, user: User, asked: Asked, done: Done) -> PlanOperation:
    """Write the changed cells and the operation; the caller holds the plan's lock."""
    sheets.store(plan, done.draft, done.changes)
    plan.revision += 1
    plan.save(update_fields=["revision", "touched_areas"])
    patch = {
        code: [as_json(done.before[code]), as_json(after)] for code, after in done.changes.items()
    }
    return PlanOperation.objects.create(
        plan=plan,
        number=plan.revision,
        client_op_id=asked.client_op_id,
        author=user,
        at=timezone.now(),
        type=asked.type,
        params=done.params,
        digest=asked.digest,
        patch=patch,
        lineage=[[step.kind, step.source, step.target] for step in done.lineage],
        inverts=done.inverts,
    )


def operation_json(operation: PlanOperation) -> dict[str, Any]:
    return {
        "number": operation.number,
        "client_op_id": str(operation.client_op_id),
        "type": operation.type,
        "author": str(operation.author),
        "at": operation.at.isoformat(),
        "grids": operation.grids,
        "undone": operation.undone_by_id is not None,
        "inverts": operation.inverts.number if operation.inverts else None,
        "dropped": operation.dropped,
    }


def cells_of(patch: Mapping[str, Sequence[Any]], side: int) -> Changes:
    """The cells of a patch before (0) or after (1) it."""
    return {code: from_json(pair[side]) for code, pair in patch.items()}
