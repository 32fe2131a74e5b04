"""A plan's way: made, submitted, approved or rejected, published, withdrawn."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import AreaLevel, is_area_code, level_of
from gis_grid.core.errors import InputError, MissingError, NotAllowedError, StateError
from gis_grid.territory.models import Plan, PlanComment
from gis_grid.territory.plans.checks import blocking
from gis_grid.territory.plans.recording import OperationRefusedError, locked_plan, require_draft
from gis_grid.territory.plans.report import told
from gis_grid.territory.selectors import require_area

_S = Plan.Status
# From which states each step leads on.
STEPS: Mapping[str, tuple[Plan.Status, ...]] = {
    "submit": (_S.DRAFT,),
    "approve": (_S.SUBMITTED,),
    "reject": (_S.SUBMITTED,),
    "reopen": (_S.SUBMITTED, _S.REJECTED),
    "withdraw": (_S.DRAFT, _S.SUBMITTED, _S.APPROVED, _S.REJECTED),
    "publish": (_S.APPROVED,),
    "rebase": (_S.DRAFT, _S.SUBMITTED, _S.APPROVED),
}
_LEVELS = (AreaLevel.VILLAGE, AreaLevel.TOWN, AreaLevel.COUNTY)


def create_plan(
    *, acting_user: User, title: str, reason: str, area_code: str, effective_on: dt.date
) -> Plan:
    """A new draft for a village, town or county in which the person may draw."""
    require_area(acting_user, area_code, where="area_code")
    if not is_area_code(area_code) or level_of(area_code) not in _LEVELS:
        raise InputError(_("A plan is for a village, a town or a county."), where="area_code")
    acting_user.require(Permission.PLAN_DRAFT, area_code)
    with transaction.atomic():
        plan = Plan.objects.create(
            title=_filled(title, "title"),
            reason=_filled(reason, "reason"),
            area_code=area_code,
            effective_on=_day_to_come(effective_on),
            author=acting_user,
        )
        _log(plan, acting_user, "plan_created")
    return plan


def change_plan(*, plan_id: int, acting_user: User, changes: Mapping[str, Any]) -> Plan:
    """Another title, reason or effective date, while it is a draft."""
    with transaction.atomic():
        plan = locked_plan(plan_id, acting_user)
        acting_user.require(Permission.PLAN_DRAFT, plan.area_code)
        require_draft(plan)
        if "effective_on" in changes:
            plan.effective_on = _day_to_come(changes["effective_on"])
        for name in ("title", "reason"):
            if name in changes:
                setattr(plan, name, _filled(changes[name], name))
        plan.save()
        _log(plan, acting_user, "plan_changed", fields=sorted(changes))
    return plan


def _filled(text: str, where: str) -> str:
    if not text.strip():
        raise InputError(_("Say in a few words what the plan is for."), where=where)
    return text.strip()


def _day_to_come(day: dt.date) -> dt.date:
    if day < timezone.localdate():
        raise InputError(
            _("The boundaries can't hold from a day that has passed."), where="effective_on"
        )
    return day


def take_step(*, plan_id: int, acting_user: User, step: str, note: str = "") -> Plan:
    """Lead a plan one step on (`submit`, `approve`, `reject`, `reopen`, `withdraw`).

    MissingError out of sight, NotAllowedError for people who may not take it, StateError from a
    state that does not lead there, OperationRefusedError where the plan can't be submitted.
    """
    with transaction.atomic():
        plan = locked_plan(plan_id, acting_user)
        require_may(plan, acting_user, step)
        require_state(plan, step)
        _TAKE[step](plan, acting_user, note.strip())
        plan.save()
        if note.strip() and step not in ("approve", "reject"):
            keep_note(plan, acting_user, note)
        _log(plan, acting_user, f"plan_{step}", note=bool(note.strip()))
    return plan


def keep_note(plan: Plan, user: User, note: str) -> None:
    """What was said with a step stands among the comments; a decision keeps its own."""
    PlanComment.objects.create(
        plan=plan, author=user, text=note.strip()[:1000], area_code=plan.area_code
    )


def require_state(plan: Plan, step: str) -> None:
    if plan.status not in STEPS[step]:
        raise StateError(
            _("This plan is %(status)s: this step is not possible now.")
            % {"status": plan.get_status_display()}
        )


def require_may(plan: Plan, user: User, step: str) -> None:
    """NotAllowedError (or MissingError) where the person may not take this step."""
    if step in ("approve", "reject"):
        for area in plan.villages or [plan.area_code]:
            user.require(Permission.PLAN_APPROVE, area)
        if step == "approve" and (
            plan.author_id == user.pk or plan.operations.filter(author=user).exists()
        ):
            raise NotAllowedError(_("Whoever drew a plan does not approve it. Ask a colleague."))
    elif step == "publish":
        for area in plan.villages or [plan.area_code]:
            user.require(Permission.PLAN_PUBLISH, area)
    elif step == "withdraw" and user.may(Permission.PLAN_APPROVE, plan.area_code):
        return
    else:
        user.require(Permission.PLAN_DRAFT, plan.area_code)
        if step in ("reopen", "withdraw") and plan.author_id != user.pk:
            raise NotAllowedError(_("Only the plan's author may do this."))


def may(plan: Plan, user: User) -> dict[str, bool]:
    """Which steps the person could take now; the page shows just these."""
    allowed = {}
    for step, states in STEPS.items():
        allowed[step] = plan.status in states
        if allowed[step]:
            try:
                require_may(plan, user, step)
            except (NotAllowedError, MissingError):
                allowed[step] = False
    allowed["draw"] = plan.status == _S.DRAFT and user.may(Permission.PLAN_DRAFT, plan.area_code)
    allowed["comment"] = user.may(Permission.PLAN_DRAFT)
    return allowed


def _submit(plan: Plan, user: User, note: str) -> None:
    if not plan.cells.exists():
        raise OperationRefusedError(_("The plan changes nothing yet. Draw first."))
    if issues := blocking(plan):
        raise OperationRefusedError(told(issues), details={"issues": issues})
    plan.status, plan.submitted_at = _S.SUBMITTED, timezone.now()
    plan.decided_by = plan.decided_at = None
    plan.decision_note = ""


def _decide(plan: Plan, user: User, note: str, status: Plan.Status) -> None:
    plan.status, plan.decided_by, plan.decided_at = status, user, timezone.now()
    plan.decision_note = note[:500]


def _approve(plan: Plan, user: User, note: str) -> None:
    if issues := blocking(plan):
        raise OperationRefusedError(told(issues), details={"issues": issues})
    _decide(plan, user, note, _S.APPROVED)


def _reject(plan: Plan, user: User, note: str) -> None:
    if not note:
        raise InputError(_("Say why, so that the author can mend it."), where="note")
    _decide(plan, user, note, _S.REJECTED)


def _reopen(plan: Plan, user: User, note: str) -> None:
    plan.status, plan.submitted_at = _S.DRAFT, None


def _withdraw(plan: Plan, user: User, note: str) -> None:
    plan.status = _S.WITHDRAWN


_TAKE = {
    "submit": _submit,
    "approve": _approve,
    "reject": _reject,
    "reopen": _reopen,
    "withdraw": _withdraw,
}


def _log(plan: Plan, user: User, action: str, **detail: Any) -> None:
    record(
        acting_user=user,
        action=action,
        subject_type="plan",
        subject_id=plan.pk,
        area_code=plan.area_code,
        detail=detail,
    )
