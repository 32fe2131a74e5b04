"""Publishing boundaries: the one write path to `GridVersion`.

Everything happens in one transaction: rules, versions closed and opened, large grids and
region outlines, re-assignment of everything located, data versions, audit.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import shapely
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import AreaLevel, code_at, contains
from gis_grid.core.errors import InputError
from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion, Lineage, Plan, Region
from gis_grid.territory.redraw.sheet import Step
from gis_grid.territory.services.gridversions import (
    close_versions,
    new_version,
    shape_of,
    stored,
)
from gis_grid.territory.services.located import Moved, reassign
from gis_grid.territory.services.outlines import large_grids, outline_changes, write_outlines
from gis_grid.territory.services.sentences import sentence
from gis_grid.territory.services.versions import bump

LAYER = "grids"
TOLD = 5
SMALLEST_VILLAGE_M2 = 20_000


@dataclass(frozen=True)
class NewCell:
    """One small grid as it shall be: shape in lon/lat EPSG:4490."""

    code: str
    name: str
    kind: str
    shape: coverage.Cell


@dataclass
class Publication:
    """What a publish changed, or would change."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)


@dataclass
class CoverageError(InputError):
    """The boundaries can't be published; `issues` say why and where."""

    issues: Sequence[coverage.Issue] = ()
    code = "bad_coverage"


def publish_villages(
    *,
    acting_user: ActingUser,
    cells: Iterable[NewCell],
    lineage: Lineage.Kind = Lineage.Kind.SURVEY,
    since: dt.datetime | None = None,
    accept_outline: bool = False,
    dry_run: bool = False,
) -> Publication:
    """Make `cells` the whole set of small grids of each village that they name.

    Villages not named stay as they are and must fit; those that are drawn keep their
    outline unless `accept_outline` says that its change is meant. `since`: from when the
    boundaries of villages that have none yet have held; else they hold from now on.

    Raises MissingError/NotAllowedError out of scope, CoverageError where a rule of the
    coverage is broken, InputError where a past that was told would be rewritten; nothing is
    written then.
    """
    cells = list(cells)
    if not cells:
        raise InputError(_("There is no grid in what was sent."))
    if issues := cell_issues(cells):
        raise _refusal(issues)
    proposed = {cell.code: _rounded(cell) for cell in cells}
    villages = sorted({code[:12] for code in proposed})
    for village in villages:
        acting_user.require(Permission.BOUNDARY_IMPORT, village)
    with transaction.atomic():
        lock_counties(villages)
        _require_villages(villages)
        now = _first_moment(villages, since) if since else timezone.now()
        result = _publish(proposed, villages, lineage, now, accept_outline)
        if dry_run:
            transaction.set_rollback(True)
            return result
        for town in sorted({code_at(village, AreaLevel.TOWN) for village in villages}):
            record(
                acting_user=acting_user,
                action="boundaries_published",
                subject_type="region",
                subject_id=town,
                area_code=town,
                detail={
                    "created": _inside(result.created, town),
                    "changed": _inside(result.changed, town),
                    "ended": _inside(result.ended, town),
                },
            )
    return result


def _first_moment(villages: Sequence[str], since: dt.datetime) -> dt.datetime:
    """`since`, where it lies in the past and none of the villages has had a boundary."""
    if since > timezone.now():
        raise InputError(_("The boundaries can't hold only from a day to come."), where="since")
    drawn = Grid.objects.filter(code__in=villages).order_by("code").first()
    if drawn is not None:
        raise InputError(
            _(
                "The village %(code)s has boundaries already: their past stays as it is."
                " Leave out since when, and the new ones hold from now on."
            )
            % {"code": drawn.code},
            where=drawn.code,
        )
    return since


def _inside(codes: Sequence[str], town: str) -> list[str]:
    return [code for code in codes if contains(town, code)]


def cell_issues(cells: Iterable[NewCell]) -> list[coverage.Issue]:
    """The first fault of each cell by itself, before its neighbours are looked at."""
    return [issue for cell in cells if (issue := _cell_issue(cell))]


def _cell_issue(cell: NewCell) -> coverage.Issue | None:
    issue = coverage.cell_issue(cell.code, cell.shape)
    if issue is None and cell.kind != GridVersion.Kind.ENCLAVE:
        issue = coverage.parts_issue(cell.code, cell.shape)
    return issue


def _rounded(cell: NewCell) -> NewCell:
    return NewCell(cell.code, cell.name, cell.kind, coverage.round_cell(cell.shape))


def _refusal(issues: Sequence[coverage.Issue]) -> CoverageError:
    """One error for all issues; the message tells the first five, `issues` holds each."""
    told = [sentence(issue) for issue in issues[:TOLD]]
    if len(issues) > TOLD:
        told.append(_("And %(count)d more.") % {"count": len(issues) - TOLD})
    return CoverageError(message=" ".join(told), where=issues[0].grids[0], issues=issues)


def lock_counties(villages: Sequence[str]) -> None:
    """One publish or load at a time in a county: neighbouring towns share borders, so a lock for
    each town would let two of them claim the same land. In the order of codes, so none waits in a
    ring.
    """
    with connection.cursor() as cursor:
        for county in sorted({code_at(village, AreaLevel.COUNTY) for village in villages}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"publish {county}"])


def _require_villages(villages: Sequence[str]) -> None:
    known = set(
        Region.objects.filter(code__in=villages, level=Region.Level.VILLAGE).values_list(
            "code", flat=True
        )
    )
    unknown = [village for village in villages if village not in known]
    if unknown:
        raise InputError(
            _("No village has the code %(codes)s. Load the regions first, or mend the code.")
            % {"codes": ", ".join(unknown)},
            where=unknown[0],
        )


def publish_cells(
    *,
    cells: Iterable[NewCell],
    villages: Sequence[str],
    lineage: Sequence[Step],
    plan: Plan,
    now: dt.datetime,
) -> Publication:
    """Make `cells` the whole set of small grids of `villages`, as a plan has them.

    In the caller's transaction, which holds `lock_counties`; what may be done and by whom is
    settled before. CoverageError where a rule of the coverage is broken.
    """
    proposed = {cell.code: _rounded(cell) for cell in cells}
    return _publish(proposed, villages, _Net(lineage, plan), now, accept_outline=True)


@dataclass(frozen=True)
class _Net:
    """The lineage as a plan knows it."""

    steps: Sequence[Step]
    plan: Plan


def _publish(
    proposed: Mapping[str, NewCell],
    villages: Sequence[str],
    lineage: Lineage.Kind | _Net,
    now: dt.datetime,
    accept_outline: bool,
) -> Publication:
    current = {
        version.grid.code: version
        for version in GridVersion.objects.at(now)
        .filter(grid__level=Grid.Level.SMALL, parent__code__in=villages)
        .select_related("grid")
    }
    shapes = {code: cell.shape for code, cell in proposed.items()}
    result = _difference(proposed, current)
    _check(shapes, villages)
    if not accept_outline and (issues := outline_changes(shapes, villages)):
        raise _refusal(issues)
    _refuse_reuse(result.created)
    _write_small(proposed, current, result, now, lineage)
    write_outlines(shapes, villages, now)
    touched = [*result.created, *result.changed, *result.ended]
    if touched:
        result.moved = reassign(touched)
        bump(LAYER, villages)
    return result


def _difference(proposed: Mapping[str, NewCell], current: Mapping[str, GridVersion]) -> Publication:
    result = Publication(ended=sorted(set(current) - set(proposed)))
    for code, cell in sorted(proposed.items()):
        version = current.get(code)
        if version is None:
            result.created.append(code)
        elif (
            version.name == cell.name
            and version.kind == cell.kind
            and shape_of(version.geom).normalize() == cell.shape.normalize()
        ):
            result.unchanged.append(code)
        else:
            result.changed.append(code)
    return result


def _check(cells: coverage.Cells, villages: Sequence[str]) -> None:
    frame = shapely.box(*shapely.total_bounds(list(cells.values()))).buffer(1e-4)
    neighbours = {
        code: shape_of(geom)
        for code, geom in GridVersion.objects.at()
        .filter(grid__level=Grid.Level.SMALL, geom__bboverlaps=stored(frame))
        .exclude(parent__code__in=villages)
        .values_list("grid__code", "geom")
    }
    found = coverage.coverage_issues(cells, against=neighbours)
    undrawn = _has_undrawn_village(villages)
    issues = [issue for issue in found if not (undrawn and _may_be_a_village(issue))]
    if issues:
        raise _refusal(issues)


def _has_undrawn_village(villages: Sequence[str]) -> bool:
    """True where a village of these towns has no boundary yet, apart from `villages`."""
    towns = {code_at(village, AreaLevel.TOWN) for village in villages}
    undrawn = Region.objects.filter(
        parent_id__in=towns, level=Region.Level.VILLAGE, geom=None
    ).exclude(code__in=villages)
    return undrawn.exists()


def _may_be_a_village(issue: coverage.Issue) -> bool:
    """A hole between several villages, large enough to be one that is not drawn yet."""
    return (
        issue.code == "gap"
        and len({code[:12] for code in issue.grids}) > 1
        and issue.params["area_m2"] >= SMALLEST_VILLAGE_M2
    )


def _refuse_reuse(codes: Sequence[str]) -> None:
    used = list(Grid.objects.filter(code__in=codes).values_list("code", flat=True))
    if used:
        raise InputError(
            _("The code %(codes)s belonged to a grid that has ended. Give the new grid a new code.")
            % {"codes": ", ".join(used)},
            where=used[0],
        )


def _write_small(
    proposed: Mapping[str, NewCell],
    current: Mapping[str, GridVersion],
    result: Publication,
    now: dt.datetime,
    lineage: Lineage.Kind | _Net,
) -> None:
    parents = large_grids({code[:12] for code in proposed})
    grids = {version.grid.code: version.grid for version in current.values()}
    for code in result.created:
        grids[code] = Grid(code=code, level=Grid.Level.SMALL)
    Grid.objects.bulk_create([grids[code] for code in result.created])
    close_versions((current[code] for code in (*result.changed, *result.ended)), now)
    GridVersion.objects.bulk_create(
        new_version(
            grids[code],
            parents[code[:12]],
            proposed[code].name,
            proposed[code].kind,
            coverage.round_cell(proposed[code].shape),
            now,
        )
        for code in (*result.created, *result.changed)
    )
    _write_lineage(grids, result, now, lineage)


def _write_lineage(
    grids: Mapping[str, Grid], result: Publication, now: dt.datetime, lineage: Lineage.Kind | _Net
) -> None:
    if isinstance(lineage, _Net):
        went_on = {step.source for step in lineage.steps}
        steps = [(step.kind, step.source, step.target) for step in lineage.steps]
        ended = [code for code in result.ended if code not in went_on]
    else:
        steps = [(Lineage.Kind.CREATE.value, None, code) for code in result.created]
        steps += [(lineage.value, code, code) for code in result.changed]
        ended = result.ended
    Lineage.objects.bulk_create(
        Lineage(
            kind=kind,
            source=grids[source] if source else None,
            target=grids[target] if target else None,
            at=now,
            plan=lineage.plan if isinstance(lineage, _Net) else None,
        )
        for kind, source, target in (
            *steps,
            *((Lineage.Kind.END.value, code, None) for code in ended),
        )
    )
