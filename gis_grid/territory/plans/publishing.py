"""Publishing a plan: all of it in one transaction, or nothing."""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.acting import OPERATOR, ActingUser
from gis_grid.accounts.models import User
from gis_grid.audit.services import SYSTEM, record
from gis_grid.core.errors import DomainError, StateError
from gis_grid.territory.models import Grid, GridVersion, Plan
from gis_grid.territory.plans import report, sheets
from gis_grid.territory.plans.checks import blocking, stale_bases
from gis_grid.territory.plans.recording import (
    OperationRefusedError,
    PlanConflictError,
    locked_plan,
)
from gis_grid.territory.plans.replaying import standing
from gis_grid.territory.plans.steps import keep_note, require_may, require_state
from gis_grid.territory.redraw.sheet import Step
from gis_grid.territory.services.gridversions import shape_of
from gis_grid.territory.services.publish import (
    NewCell,
    Publication,
    lock_counties,
    publish_cells,
)

log = logging.getLogger(__name__)


def publish_plan(*, plan_id: int, acting_user: User, note: str = "") -> Publication:
    """Make an approved plan the boundaries of from now on.

    StateError before its day or from another state; PlanConflictError where other plans have
    changed the same grids since it was drawn; OperationRefusedError where a rule of the
    coverage is broken.
    """
    with transaction.atomic():
        plan = locked_plan(plan_id, acting_user)
        require_may(plan, acting_user, "publish")
        require_state(plan, "publish")
        if note.strip():
            keep_note(plan, acting_user, note)
        return _publish(plan, acting_user)


def publish_due() -> list[int]:
    """Publish the approved plans whose day has come; one that can't be goes back to its author."""
    done = []
    due = Plan.objects.filter(
        status=Plan.Status.APPROVED, effective_on__lte=timezone.localdate()
    ).order_by("decided_at", "pk")
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            plan = Plan.objects.select_for_update().get(pk=pk)
            if plan.status != Plan.Status.APPROVED:
                continue
            try:
                with transaction.atomic():
                    _publish(plan, OPERATOR)
            except DomainError as error:
                _send_back(plan, error)
            else:
                done.append(pk)
    return done


def _send_back(plan: Plan, error: DomainError) -> None:
    plan.status = Plan.Status.DRAFT
    plan.decision_note = str(error)[:500]
    plan.save(update_fields=["status", "decision_note"])
    record(
        acting_user=SYSTEM,
        action="plan_sent_back",
        subject_type="plan",
        subject_id=plan.pk,
        area_code=plan.area_code,
        detail={"reason": error.code},
    )
    log.warning("plan %s was due but could not be published: %s", plan.pk, error.code)


def _publish(plan: Plan, user: ActingUser) -> Publication:
    if plan.effective_on > timezone.localdate():
        raise StateError(
            _("This plan holds from %(day)s on and is published by itself on that day.")
            % {"day": plan.effective_on.isoformat()}
        )
    villages = plan.villages
    lock_counties(villages)
    if stale := stale_bases(plan):
        raise stale_conflict(plan, stale)
    if issues := blocking(plan):
        raise OperationRefusedError(report.told(issues), details={"issues": issues})
    now = timezone.now()
    result = publish_cells(
        cells=_cells(plan, villages),
        villages=villages,
        lineage=net_lineage(plan),
        plan=plan,
        now=now,
    )
    plan.status, plan.published_at = Plan.Status.PUBLISHED, now
    plan.save(update_fields=["status", "published_at"])
    record(
        acting_user=user if user.pk else SYSTEM,
        action="plan_published",
        subject_type="plan",
        subject_id=plan.pk,
        area_code=plan.area_code,
        detail={
            "created": result.created,
            "changed": result.changed,
            "ended": result.ended,
        },
    )
    return result


def stale_conflict(plan: Plan, stale: list[str]) -> PlanConflictError:
    """What others have published over this plan's grids since."""
    first = min(
        cell.base.validity.upper
        for cell in plan.cells.filter(code__in=stale).select_related("base")
        if cell.base is not None
    )
    others = Plan.objects.filter(
        status=Plan.Status.PUBLISHED, published_at__gte=first, cells__code__in=stale
    ).distinct()
    told = [
        {"plan": other.pk, "title": other.title, "published_at": str(other.published_at)}
        for other in others
    ]
    names = "、".join(str(one["title"]) for one in told) or _("a load of boundaries")
    return PlanConflictError(
        _(
            "%(count)d grids of this plan have been published anew meanwhile (%(names)s). Bring the"
            " plan up to date: keep yours, keep theirs, or go on in a new draft."
        )
        % {"count": len(stale), "names": names},
        details={"grids": stale, "plans": told, "ways": ["mine", "theirs", "new_draft"]},
    )


def _cells(plan: Plan, villages: Iterable[str]) -> list[NewCell]:
    """The whole set of small grids of the villages, as they shall be."""
    own = sheets.changed_cells(plan)
    kept = (
        GridVersion.objects.filter(
            validity__endswith=None, grid__level=Grid.Level.SMALL, parent__code__in=list(villages)
        )
        .exclude(grid__code__in=list(own))
        .select_related("grid")
    )
    cells = [NewCell(v.grid.code, v.name, v.kind, shape_of(v.geom)) for v in kept]
    return cells + [
        NewCell(code, cell.name, cell.kind, cell.shape)
        for code, (_before, cell) in own.items()
        if cell is not None
    ]


def net_lineage(plan: Plan) -> list[Step]:
    """From which published grids each changed one comes, over all steps of the plan."""
    origins: dict[str, dict[str, str]] = {}
    for operation in standing(plan):
        for kind, source, target in operation.lineage:
            if source is None:
                origins.setdefault(target, {})
                continue
            reached = origins.get(source, {source: kind})
            ways = origins.setdefault(target, {target: kind} if target == source else {})
            for origin in reached:
                ways[origin] = kind
    steps: list[Step] = []
    for code, (before, after) in sheets.changed_cells(plan).items():
        if after is None:
            continue
        found = origins.get(code, {})
        published = {o: k for o, k in found.items() if o != code or before is not None}
        steps += [Step(kind, origin, code) for origin, kind in sorted(published.items())]
        if not published:
            steps.append(Step("reshape", code, code) if before else Step("create", None, code))
    return steps
