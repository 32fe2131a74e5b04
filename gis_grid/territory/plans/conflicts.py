"""Two people in one draft: what clashes, what the other did, and the three ways on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.territory.models import Plan, PlanOperation
from gis_grid.territory.plans import report
from gis_grid.territory.plans.recording import PlanConflictError, cells_of, operation_json

WAYS = ["mine", "theirs", "new_draft"]


def clash(
    since: Iterable[PlanOperation], changes: Mapping[str, Any], user: User
) -> list[PlanOperation]:
    """Operations among `since` that changed the same grids, and are not all this person's own.

    One's own later steps are known to the page that sends the next: it only sent them faster
    than they were answered.
    """
    found = [one for one in since if set(one.grids) & set(changes)]
    return found if any(one.author_id != user.pk for one in found) else []


def conflict(plan: Plan, user: User, operations: Sequence[PlanOperation]) -> PlanConflictError:
    scope = user.scope(Permission.MAP_VIEW)
    told = [
        operation_json(one)
        | {
            "changed": [
                report.feature(code, cell, {})
                for code, cell in cells_of(one.patch, 1).items()
                if cell is not None and scope.covers(code)
            ]
        }
        for one in operations
    ]
    people = ", ".join(sorted({str(one.author) for one in operations}))
    return PlanConflictError(
        _(
            "%(people)s changed the same grids meanwhile. Keep yours, keep theirs, or go on in a"
            " new draft; nothing is lost."
        )
        % {"people": people},
        details={"revision": plan.revision, "operations": told, "ways": WAYS},
    )
