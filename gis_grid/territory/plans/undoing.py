"""Taking operations back and doing them again: patches, bit for bit."""

from collections.abc import Sequence
from uuid import uuid4

from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError
from gis_grid.territory.models import Plan, PlanOperation
from gis_grid.territory.plans import sheets
from gis_grid.territory.plans.recording import Asked, Done, append, cells_of
from gis_grid.territory.redraw.sheet import Changes, Step


def invert(plan: Plan, user: User, asked: Asked) -> Done:
    """The change that undoes or redoes an operation: of the number asked for, or the last one of
    this person's that can be.
    """
    is_undo = asked.type == "undo"
    target = _target(plan, user, asked, is_undo=is_undo)
    return inversion(plan, target, is_undo=is_undo)


def _target(plan: Plan, user: User, asked: Asked, *, is_undo: bool) -> PlanOperation:
    found = plan.operations.filter(inverts=None, dropped="", undone_by__isnull=is_undo)
    number = asked.params.get("operation")
    if number is not None:
        target = found.filter(number=number).first()
    elif is_undo:
        target = found.filter(author=user).order_by("-number").first()
    else:
        # The one undone last: its undo has the highest number.
        target = found.filter(author=user).order_by("-undone_by__number").first()
    if target is None:
        text = _("There is nothing to undo.") if is_undo else _("There is nothing to redo.")
        raise InputError(text, where="operation")
    return target


def inversion(plan: Plan, target: PlanOperation, *, is_undo: bool) -> Done:
    here, there = (1, 0) if is_undo else (0, 1)
    expected, wanted = cells_of(target.patch, here), cells_of(target.patch, there)
    draft = sheets.load(plan, codes=target.grids)
    now = draft.cells
    stale = [code for code, cell in expected.items() if not sheets.same(now.get(code), cell)]
    if stale:
        raise _in_the_way(plan, target, stale)
    steps = [Step(*step) for step in target.lineage] if not is_undo else []
    before: Changes = {code: now.get(code) for code in wanted}
    params = {"operation": target.number}
    return Done(wanted, before, draft, steps, params, inverts=target)


def _in_the_way(plan: Plan, target: PlanOperation, stale: Sequence[str]) -> InputError:
    later = [
        one.number
        for one in plan.operations.filter(
            number__gt=target.number, inverts=None, undone_by=None, dropped=""
        )
        if set(one.grids) & set(stale)
    ]
    numbers = ", ".join(str(number) for number in sorted(later, reverse=True))
    return InputError(
        _("Later steps changed the same grids: undo %(numbers)s first.") % {"numbers": numbers}
        if later
        else _("These grids have been published anew since: the step can't be taken back alone."),
        where="operation",
        details={"operations": later, "grids": list(stale)},
    )


def mark(operation: PlanOperation) -> None:
    """Have the inverted operation know that it is undone, or no longer."""
    target = operation.inverts
    if target is not None:
        target.undone_by = operation if operation.type == "undo" else None
        target.save(update_fields=["undone_by"])


def undo_all(plan: Plan, user: User, operations: Sequence[PlanOperation]) -> None:
    """Undo operations, the newest first, each as an operation of its own."""
    for one in sorted(operations, key=lambda op: -op.number):
        one.refresh_from_db()
        if one.inverts_id is not None or one.undone_by_id is not None:
            continue
        asked = Asked(uuid4(), plan.revision, {"type": "undo", "operation": one.number})
        mark(append(plan, user, asked, inversion(plan, one, is_undo=True)))
