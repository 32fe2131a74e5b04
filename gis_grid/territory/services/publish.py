"""Publishing boundaries: the one write path to `GridVersion`.

Everything happens in one transaction: rules, versions closed and opened, large grids and
region outlines, re-assignment of everything located, data versions, audit.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Func, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import AreaLevel, code_at, contains
from gis_grid.core.crs import CGCS2000
from gis_grid.core.errors import InputError
from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion, Lineage, Region
from gis_grid.territory.services.located import Moved, reassign
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


def _shape(geometry: GEOSGeometry) -> MultiPolygon:
    return MultiPolygon(shapely.get_parts(shapely.from_wkb(bytes(geometry.wkb))).tolist())


def _stored(shape: shapely.Geometry) -> Any:
    # Any: GEOSGeometry builds the subclass that the bytes name, which types can't say.
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=CGCS2000)


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


def _keep_outlines(proposed: Mapping[str, NewCell], villages: Sequence[str]) -> None:
    """CoverageError where a drawn village would win or lose land.

    A wrong code or a shifted file moves a village, and with it what its people may see.
    """
    drawn = Region.objects.filter(code__in=villages, geom__isnull=False)
    issues = []
    for region in drawn.order_by("code"):
        if region.geom is None:
            continue
        after = coverage.union(
            [cell.shape for code, cell in proposed.items() if code.startswith(region.code)]
        )
        issues += coverage.outline_issues(region.code, _shape(region.geom), after)
    if issues:
        raise _refusal(issues)


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


def _publish(
    proposed: Mapping[str, NewCell],
    villages: Sequence[str],
    lineage: Lineage.Kind,
    now: dt.datetime,
    accept_outline: bool,
) -> Publication:
    current = {
        version.grid.code: version
        for version in GridVersion.objects.at(now)
        .filter(grid__level=Grid.Level.SMALL, parent__code__in=villages)
        .select_related("grid")
    }
    result = _difference(proposed, current)
    _check(proposed, villages)
    if not accept_outline:
        _keep_outlines(proposed, villages)
    _refuse_reuse(result.created)
    _write_small(proposed, current, result, now, lineage)
    _write_large(proposed, villages, now)
    _write_regions(villages)
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
            and _shape(version.geom).normalize() == cell.shape.normalize()
        ):
            result.unchanged.append(code)
        else:
            result.changed.append(code)
    return result


def _check(proposed: Mapping[str, NewCell], villages: Sequence[str]) -> None:
    cells = {code: cell.shape for code, cell in proposed.items()}
    frame = shapely.box(*shapely.total_bounds(list(cells.values()))).buffer(1e-4)
    neighbours = {
        code: _shape(geom)
        for code, geom in GridVersion.objects.at()
        .filter(grid__level=Grid.Level.SMALL, geom__bboverlaps=_stored(frame))
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


def _close(versions: Iterable[GridVersion], now: dt.datetime) -> None:
    until = Func(Lower("validity"), Value(now), Value("[)"), function="tstzrange")
    pks = [version.pk for version in versions]
    GridVersion.objects.filter(pk__in=pks).update(validity=until)


def _open(
    grid: Grid, parent: Grid | None, name: str, kind: str, shape: MultiPolygon, now: dt.datetime
) -> GridVersion:
    return GridVersion(
        grid=grid,
        parent=parent,
        validity=DateTimeTZRange(now, None, "[)"),
        name=name,
        kind=kind,
        geom=_stored(shape),
        label_point=_stored(coverage.label_point(shape)),
        area_m2=coverage.area_m2(shape),
    )


def _write_small(
    proposed: Mapping[str, NewCell],
    current: Mapping[str, GridVersion],
    result: Publication,
    now: dt.datetime,
    lineage: Lineage.Kind,
) -> None:
    parents = _large_grids({code[:12] for code in proposed})
    grids = {version.grid.code: version.grid for version in current.values()}
    for code in result.created:
        grids[code] = Grid(code=code, level=Grid.Level.SMALL)
    Grid.objects.bulk_create([grids[code] for code in result.created])
    _close((current[code] for code in (*result.changed, *result.ended)), now)
    GridVersion.objects.bulk_create(
        _open(
            grids[code],
            parents[code[:12]],
            proposed[code].name,
            proposed[code].kind,
            coverage.round_cell(proposed[code].shape),
            now,
        )
        for code in (*result.created, *result.changed)
    )
    steps = [(Lineage.Kind.CREATE, None, code) for code in result.created]
    changed = [(lineage, code, code) for code in result.changed]
    ended = [(Lineage.Kind.END, code, None) for code in result.ended]
    Lineage.objects.bulk_create(
        Lineage(
            kind=kind,
            source=grids[source] if source else None,
            target=grids[target] if target else None,
            at=now,
        )
        for kind, source, target in (*steps, *changed, *ended)
    )


def _large_grids(villages: Iterable[str]) -> dict[str, Grid]:
    Grid.objects.bulk_create(
        [Grid(code=code, level=Grid.Level.LARGE) for code in sorted(villages)],
        ignore_conflicts=True,
    )
    return {grid.code: grid for grid in Grid.objects.filter(code__in=list(villages))}


def _write_large(
    proposed: Mapping[str, NewCell], villages: Sequence[str], now: dt.datetime
) -> None:
    """Each village's outline is the union of its small grids; versioned as they are."""
    names = dict(Region.objects.filter(code__in=villages).values_list("code", "name"))
    grids = _large_grids(villages)
    current = {
        version.grid.code: version
        for version in GridVersion.objects.at(now)
        .filter(grid__code__in=villages)
        .select_related("grid")
    }
    opened = []
    for village in villages:
        shape = coverage.union(
            [cell.shape for code, cell in proposed.items() if code.startswith(village)]
        )
        old = current.get(village)
        if old and old.name == names[village] and _shape(old.geom).equals(shape):
            continue
        if old:
            _close([old], now)
        opened.append(
            _open(grids[village], None, names[village], GridVersion.Kind.SMALL, shape, now)
        )
    GridVersion.objects.bulk_create(opened)


def _write_regions(villages: Sequence[str]) -> None:
    """Outlines of villages, towns and counties follow the large grids, from below upwards."""
    for level in (AreaLevel.VILLAGE, AreaLevel.TOWN, AreaLevel.COUNTY):
        for code in sorted({code_at(village, level) for village in villages}):
            merged = coverage.union([_shape(part) for part in _parts_of_region(code, level)])
            Region.objects.filter(code=code).update(geom=_stored(merged))


def _parts_of_region(code: str, level: AreaLevel) -> Iterable[GEOSGeometry]:
    if level is AreaLevel.VILLAGE:
        return GridVersion.objects.at().filter(grid__code=code).values_list("geom", flat=True)
    children = Region.objects.filter(parent_id=code).values_list("geom", flat=True)
    return [geom for geom in children if geom]
