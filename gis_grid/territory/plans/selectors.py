"""Reading plans: everything starts from what the person may see."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import contains, is_area_code, prefix_of
from gis_grid.core.errors import MissingError
from gis_grid.territory.models import Grid, GridVersion, Plan, PlanCell, Region
from gis_grid.territory.norms import households_a_grid
from gis_grid.territory.plans import report, sheets
from gis_grid.territory.plans.checks import blocking, stale_bases
from gis_grid.territory.plans.recording import operation_json
from gis_grid.territory.plans.steps import may
from gis_grid.territory.redraw.sheet import DraftCell
from gis_grid.territory.registries import points_of
from gis_grid.territory.selectors import place_names


def plan_for(user: User, plan_id: int) -> Plan:
    """MissingError out of sight."""
    found = Plan.objects.visible_to(user).select_related("author", "decided_by")
    plan = found.filter(pk=plan_id).first()
    if plan is None:
        raise MissingError
    return plan


def summaries(plans: Iterable[Plan], user: User) -> list[dict[str, Any]]:
    """Several plans, the names of their areas read at once."""
    plans = list(plans)
    names = place_names({plan.area_code for plan in plans})
    return [summary(plan, user, names) for plan in plans]


def summary(plan: Plan, user: User, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    names = place_names([plan.area_code]) if names is None else names
    return {
        "id": plan.pk,
        "title": plan.title,
        "reason": plan.reason,
        "area_code": plan.area_code,
        "area_name": names.get(plan.area_code, ""),
        "status": plan.status,
        "status_label": str(Plan.Status(plan.status).label),
        "revision": plan.revision,
        "effective_on": plan.effective_on.isoformat(),
        "author": str(plan.author),
        "created_at": plan.created_at.isoformat(),
        "published_at": plan.published_at.isoformat() if plan.published_at else None,
        "superseded_by": plan.superseded_by_id,
    }


def detail(plan: Plan, user: User) -> dict[str, Any]:
    """The plan with its operations, comments, hearings, issues and what may be done now."""
    scope = user.scope(Permission.MAP_VIEW)
    operations = plan.operations.select_related("author", "inverts").order_by("number")
    comments = plan.comments.select_related("author")
    hearings = plan.hearings.select_related("recorded_by").defer("minutes")
    pairs = seen_pairs(plan, user)
    names = report.names_of(pairs)
    return summary(plan, user) | {
        "decided_by": str(plan.decided_by) if plan.decided_by else None,
        "decided_at": plan.decided_at.isoformat() if plan.decided_at else None,
        "decision_note": plan.decision_note,
        "is_author": plan.author_id == user.pk,
        "operations": [
            operation_json(one) | {"grids": [code for code in one.grids if scope.covers(code)]}
            for one in operations
            if any(scope.covers(code) for code in one.grids) or one.author_id == user.pk
        ],
        "comments": [
            {
                "id": one.pk,
                "author": str(one.author),
                "at": one.at.isoformat(),
                "text": one.text,
                "place": list(one.place.coords) if one.place else None,
                "area_code": one.area_code,
                "settled": one.settled_at is not None,
            }
            for one in comments
            if scope.covers(one.area_code) or one.author_id == user.pk
        ],
        "hearings": [
            {
                "id": one.pk,
                "village": one.village,
                "village_name": place_names([one.village]).get(one.village, ""),
                "held_on": one.held_on.isoformat(),
                "present": one.present,
                "outcome": one.outcome,
                "minutes": one.minutes_name or None,
                "recorded_by": str(one.recorded_by),
            }
            for one in hearings
            if scope.covers(one.village)
        ],
        "issues": _issues(plan, user),
        "stale": [code for code in stale_bases(plan) if scope.covers(code)]
        if plan.status != Plan.Status.PUBLISHED
        else [],
        "may": may(plan, user),
        "names": names,
    }


def _issues(plan: Plan, user: User) -> list[dict[str, Any]]:
    if plan.status == Plan.Status.PUBLISHED:
        return []
    scope = user.scope(Permission.MAP_VIEW)
    seen = []
    for issue in blocking(plan):
        codes = [code for code in issue["grids"] if is_area_code(code)]
        inside = [code for code in codes if scope.touches(code)]
        if inside or not codes:
            # What lies on the other side of the border is not told, nor where.
            place = issue["place"] if len(inside) == len(codes) else None
            seen.append(issue | {"grids": inside, "place": place})
    return seen


def seen_pairs(plan: Plan, user: User) -> dict[str, report.Pair]:
    """The plan's changed grids within the scope, before and after."""
    scope = user.scope(Permission.MAP_VIEW)
    return {code: pair for code, pair in sheets.changed_cells(plan).items() if scope.covers(code)}


def diff(plan: Plan, user: User) -> dict[str, Any]:
    """What the plan changes: grids, statistics, moves; of a published one what it changed, told of
    the households of today.
    """
    pairs = seen_pairs(plan, user)
    # Who is handed to a grid out of sight goes there all the same.
    everything = sheets.changed_cells(plan)
    is_published = plan.status == Plan.Status.PUBLISHED
    points = (report.points_before if is_published else report.points_in)(user, everything)
    stats = report.statistics(user, everything, points)
    names = report.names_of(pairs)
    changed = []
    for code, (before, after) in pairs.items():
        cell = after or before
        if cell is not None:
            state = "new" if before is None else "ended" if after is None else "changed"
            changed.append(
                report.feature(
                    code,
                    cell,
                    {"state": state, "before": _geometry(before), "after": _geometry(after)},
                )
            )
    return {
        "revision": plan.revision,
        "changed": changed,
        "ended": [code for code, (_b, after) in pairs.items() if after is None],
        "statistics": stats,
        "moves": report.moves(user, everything, points),
        "issues": _issues(plan, user)
        + [report.issue_json(one, "info", names) for one in report.empty_grids(stats, pairs)],
    }


def _geometry(cell: DraftCell | None) -> dict[str, Any] | None:
    return None if cell is None else dict(shapely.geometry.mapping(cell.shape))


def cells_geojson(plan: Plan, user: User) -> dict[str, Any]:
    """Every small grid of the plan's area in the scope as the draft has it, and those around."""
    scope = user.scope(Permission.MAP_VIEW)
    region = Region.objects.filter(code=plan.area_code).first()
    bounds = region.geom.extent if region is not None and region.geom is not None else None
    inside = GridVersion.objects.filter(
        validity__endswith=None,
        grid__level=Grid.Level.SMALL,
        grid__code__startswith=_prefix(plan),
    ).values_list("grid__code", flat=True)
    codes = [*inside, *plan.cells.values_list("code", flat=True)]
    draft = sheets.load(plan, codes=codes, bounds=bounds)
    changed = set(plan.cells.values_list("code", flat=True))
    promised = _promised(plan)
    drawing = user.scope(Permission.PLAN_DRAFT)
    villages = place_names({cell.village for cell in draft.cells.values()})
    features = []
    for code, cell in sorted(draft.cells.items()):
        if not scope.covers(code):
            continue
        state = "same" if code not in changed else "changed" if code in draft.bases else "new"
        why = _why_locked(plan, code, promised, is_mine=drawing.covers(code))
        features.append(
            report.feature(
                code,
                cell,
                {
                    "state": state,
                    "village_name": villages.get(cell.village, ""),
                    "locked": bool(why),
                    "why": why,
                },
            )
        )
    return {
        "type": "FeatureCollection",
        "features": features,
        "plan": {"id": plan.pk, "revision": plan.revision, "status": plan.status},
    }


def _prefix(plan: Plan) -> str:
    return prefix_of(plan.area_code)


def _promised(plan: Plan) -> dict[str, str]:
    cells = PlanCell.objects.filter(plan__status=Plan.Status.APPROVED).exclude(plan=plan)
    return dict(cells.values_list("code", "plan__title"))


def _why_locked(plan: Plan, code: str, promised: dict[str, str], *, is_mine: bool) -> str:
    if not contains(plan.area_code, code):
        return "outside"
    if code in promised:
        return "promised"
    return "" if is_mine else "not_yours"


def points_columns(plan: Plan, user: User) -> dict[str, Any]:
    """Households of the plan's area as columns, booked as the published state has them."""
    codes = set(Grid.objects.filter(code__startswith=_prefix(plan)).values_list("code", flat=True))
    scope = user.scope(Permission.MAP_VIEW)
    found: dict[str, Any] = {"tags": []}
    for one in points_of(user=user, codes=sorted(code for code in codes if scope.covers(code))):
        tags = [name for name in one.measures if name.startswith("tag:")]
        mask = sum(
            ((one.measures[name] > 0).astype(np.int64) << bit for bit, name in enumerate(tags)),
            start=0 * one.ids,
        )
        found[one.kind + "s"] = {
            "id": one.ids.tolist(),
            "code": list(one.labels),
            "lon": one.xy[:, 0].tolist(),
            "lat": one.xy[:, 1].tolist(),
            "grid": one.grids.tolist(),
            "manual": one.manual.tolist(),
            "mask": mask.tolist(),
            **{
                name: values.tolist()
                for name, values in one.measures.items()
                if name not in tags and name != one.kind + "s"
            },
        }
        if tags:
            found["tags"] = [
                {"slug": name.removeprefix("tag:"), "bit": bit} for bit, name in enumerate(tags)
            ]
    norm = households_a_grid(plan.effective_on)
    setting = {"households_a_grid": [norm.least, norm.most], "source": norm.source}
    return found | {"setting": setting}


def presence_json(plan: Plan, user: User, present: list[Any]) -> dict[str, Any]:
    now = timezone.now()
    scope = user.scope(Permission.MAP_VIEW)
    return {
        "revision": plan.revision,
        "status": plan.status,
        "people": [
            {
                "name": str(one.user),
                "is_me": one.user_id == user.pk,
                "grids": [code for code in one.grids if scope.covers(code)],
                "seconds": max(0, round((one.until - now).total_seconds())),
            }
            for one in present
        ],
    }
