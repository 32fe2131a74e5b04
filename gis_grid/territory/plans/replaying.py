"""Doing a plan's operations again: over a newer published state, or in a copy."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import uuid4

from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.territory.models import Plan, PlanOperation, ReservedCode
from gis_grid.territory.plans import report
from gis_grid.territory.plans.performing import try_operation
from gis_grid.territory.plans.recording import Asked, append, done_of
from gis_grid.territory.redraw.sheet import RefusedError


@dataclass
class Replay:
    """How often it went through, and what did not, each with its reason."""

    done: int = 0
    dropped: list[PlanOperation] = field(default_factory=list)


def standing(plan: Plan, until: int | None = None) -> list[PlanOperation]:
    """The operations that make up the draft, in order: neither undone nor dropped.

    With `until` as it stood at that revision.
    """
    operations = list(plan.operations.filter(inverts=None, dropped="").select_related("undone_by"))
    if until is not None:
        operations = [one for one in operations if one.number <= until]
    return [
        one
        for one in operations
        if one.undone_by is None or (until is not None and one.undone_by.number > until)
    ]


def copy_of(plan: Plan, user: User, *, until: int | None = None) -> tuple[Plan, Replay]:
    """A new draft of the same area with the operations of this one, and what it could not take."""
    copied = Plan.objects.create(
        title=(plan.title[:70] + _(" (copy)"))[:80],
        reason=plan.reason,
        area_code=plan.area_code,
        effective_on=plan.effective_on,
        author=user,
    )
    return copied, replay(copied, user, standing(plan, until))


def replay(
    plan: Plan, user: User, operations: Iterable[PlanOperation], *, avoid: Iterable[str] = ()
) -> Replay:
    """Do the operations again on `plan`, each as an operation of its own.

    Those that touch a grid in `avoid`, or can't be done any more, are told as dropped. A code that
    belongs to another plan's draft is given out anew.
    """
    unwanted = set(avoid)
    result = Replay()
    for one in operations:
        reason = ""
        if unwanted & set(one.grids):
            reason = _("The published state was kept here.")
            unwanted |= {code for code, (before, _after) in one.patch.items() if before is None}
        else:
            try:
                own = _own_codes(plan, one)
                tried = try_operation(plan, user, one.type, one.params, own)
            except RefusedError as error:
                reason = report.told([report.issue_json(i, "error") for i in error.issues])
            else:
                asked = Asked(uuid4(), plan.revision, {"type": one.type, **one.params})
                append(plan, user, asked, done_of(tried))
                result.done += 1
        if reason:
            one.dropped = reason[:500]
            result.dropped.append(one)
    return result


def _own_codes(plan: Plan, operation: PlanOperation) -> list[str]:
    made = [code for code, (before, _after) in operation.patch.items() if before is None]
    held = ReservedCode.objects.filter(code__in=made, plan=plan).values_list("code", flat=True)
    return [code for code in made if code in set(held)]
