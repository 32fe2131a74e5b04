"""Bringing a plan over what has been published since it was drawn."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.errors import InputError
from gis_grid.territory.models import Plan
from gis_grid.territory.plans.checks import stale_bases
from gis_grid.territory.plans.recording import locked_plan, operation_json
from gis_grid.territory.plans.replaying import Replay, copy_of, replay, standing
from gis_grid.territory.plans.steps import require_may, require_state

WAYS = ("mine", "theirs", "new_draft")


def rebase(*, plan_id: int, acting_user: User, how: str) -> dict[str, Any]:
    """Draw the plan anew over what is published now.

    `mine`: every operation is done again over the new boundaries. `theirs`: those that touch a
    grid that others published are left out. `new_draft`: as `mine` in a copy, which supersedes
    this plan. What can't be done again stays in the list with its reason. A submitted or approved
    plan becomes a draft again, since it is no longer what was vetted.
    """
    if how not in WAYS:
        raise InputError(_("Choose mine, theirs or new_draft."), where="how")
    with transaction.atomic():
        plan = locked_plan(plan_id, acting_user)
        require_may(plan, acting_user, "rebase")
        require_state(plan, "rebase")
        acting_user.require(Permission.PLAN_DRAFT, plan.area_code)
        if how == "new_draft":
            target, result = copy_of(plan, acting_user)
            plan.status, plan.superseded_by = Plan.Status.SUPERSEDED, target
            plan.save(update_fields=["status", "superseded_by"])
        else:
            target = plan
            result = _again(plan, acting_user, avoid_published=how == "theirs")
        record(
            acting_user=acting_user,
            action="plan_rebased",
            subject_type="plan",
            subject_id=plan.pk,
            area_code=plan.area_code,
            detail={"how": how, "done": result.done, "dropped": len(result.dropped)},
        )
    return {
        "plan": target.pk,
        "revision": target.revision,
        "done": result.done,
        "dropped": [operation_json(one) for one in result.dropped],
    }


def _again(plan: Plan, user: User, *, avoid_published: bool) -> Replay:
    stale = stale_bases(plan)
    operations = standing(plan)
    plan.cells.all().delete()
    plan.status = Plan.Status.DRAFT
    plan.save(update_fields=["status"])
    result = replay(plan, user, operations, avoid=stale if avoid_published else ())
    dropped = {one.pk for one in result.dropped}
    for one in operations:
        # Its place in the list is taken by the operation that did it again.
        one.dropped = one.dropped if one.pk in dropped else _("Done again over the new boundaries.")
        one.save(update_fields=["dropped"])
    return result
