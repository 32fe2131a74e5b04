"""Reading the ground: everything starts from the user's scope."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.accounts.scope import Scope
from gis_grid.core.codes import is_area_code
from gis_grid.core.errors import InputError, MissingError
from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion, Lineage, Region


@dataclass(frozen=True)
class Neighbour:
    """A grid with a common border; `border_m` is that border's length in metres."""

    code: str
    name: str
    border_m: float

    @property
    def border_km(self) -> float | None:
        """The length in kilometres where that is how it is spoken of, None below a kilometre."""
        return self.border_m / 1000 if round(self.border_m) >= 1000 else None


@dataclass(frozen=True)
class Stay:
    """The grid that held a point over `[starts, ends)`; None means since ever, or still."""

    code: str
    name: str
    starts: dt.datetime
    ends: dt.datetime | None


def require_area(
    user: User, code: str, permission: Permission = Permission.MAP_VIEW, *, where: str
) -> None:
    """Pass where the area exists and the scope holds it or a part of it.

    InputError (naming the parameter `where`) for what is no area code, MissingError alike
    for areas out of scope and areas that do not exist.
    """
    if not is_area_code(code):
        raise InputError(
            _("%(code)s is no area code: it has 12 or 15 digits.") % {"code": code[:20]},
            where=where,
        )
    if not user.scope(permission).touches(code):
        raise MissingError
    known = Grid.objects.filter(code=code) if len(code) == 15 else Region.objects.filter(code=code)
    if not known.exists():
        raise MissingError


def place_names(codes: Iterable[str], moment: dt.datetime | None = None) -> dict[str, str]:
    """Names of regions and grids by code; a grid that had ended by then has its last name."""
    wanted = set(codes)
    grids = {code for code in wanted if len(code) == 15}
    # As one array: of thousands of parameters Django and psycopg would each write a list.
    among = RawSQL("code = ANY(%s)", [list(wanted - grids)], BooleanField())
    names = dict(Region.objects.filter(among).values_list("code", "name"))
    versions = GridVersion.objects.filter(
        grid__code__in=grids, validity__startswith__lte=moment or timezone.now()
    ).order_by("validity")
    names.update(versions.values_list("grid__code", "name"))
    return names


def names_within(scope: Scope) -> tuple[dict[str, str], dict[str, str]]:
    """Names by code, in one query: of each village that lies in the scope as a whole, and of the
    other regions that its parts are told by, larger ones and villages of which it has grids.
    """
    villages_in_part = {prefix[:12] for prefix in scope.prefixes if len(prefix) > 12}
    known = Region.objects.filter(scope.q("code") | Q(code__in=villages_in_part))
    whole: dict[str, str] = {}
    others: dict[str, str] = {}
    for code, name, level in known.order_by().values_list("code", "name", "level"):
        is_whole = level == Region.Level.VILLAGE and code not in villages_in_part
        (whole if is_whole else others)[code] = name
    return whole, others


def grid_version(user: User, code: str, moment: dt.datetime | None = None) -> GridVersion:
    """The grid's version at `moment`; MissingError where there was none in the scope."""
    version = (
        GridVersion.objects.visible_to(user)
        .at(moment)
        .filter(grid__code=code)
        .select_related("grid", "parent")
        .first()
    )
    if version is None:
        raise MissingError
    return version


def neighbours(
    user: User, version: GridVersion, moment: dt.datetime | None = None
) -> list[Neighbour]:
    """Grids of the same level in the scope that share a border, the longest border first.

    Cells of a coverage meet vertex for vertex, so the common border is the intersection
    of the two outlines; grids that meet in a point only are none.
    """
    outline = shapely.boundary(_shape(version.geom))
    others = (
        GridVersion.objects.visible_to(user)
        .at(moment)
        .filter(grid__level=version.grid.level, geom__bboverlaps=version.geom)
        .exclude(grid_id=version.grid_id)
        .select_related("grid")
    )
    found = []
    for other in others:
        common = shapely.intersection(outline, shapely.boundary(_shape(other.geom)))
        lines = [part for part in shapely.get_parts(common) if part.length > 0]
        if lines:
            length = coverage.length_m(shapely.MultiLineString(lines))
            found.append(Neighbour(other.grid.code, other.name, length))
    return sorted(found, key=lambda one: (-round(one.border_m), one.code))


def stays_of(user: User, point: GEOSGeometry) -> list[Stay]:
    """The small grids in the scope that the point lay in, oldest first.

    Versions of one grid that follow each other are joined. On a common border the lower
    code has the point, as `reassign` decides.
    """
    versions = (
        GridVersion.objects.visible_to(user)
        .filter(geom__intersects=point, grid__level=Grid.Level.SMALL)
        .select_related("grid")
        .order_by("validity__startswith", "grid__code")
    )
    stays: list[Stay] = []
    for version in versions:
        code, span = version.grid.code, version.validity
        last = stays[-1] if stays else None
        if last and last.code == code and last.ends == span.lower:
            stays[-1] = Stay(code, version.name, last.starts, span.upper)
        elif last is None or (last.ends is not None and span.lower >= last.ends):
            stays.append(Stay(code, version.name, span.lower, span.upper))
    return stays


def _shape(geometry: GEOSGeometry) -> shapely.Geometry:
    return shapely.from_wkb(bytes(geometry.wkb))


def lineage_of(user: User, code: str) -> list[dict[str, object]]:
    """The grid's part of the lineage, oldest first; other grids only as far as in the scope.

    MissingError for a grid out of scope or that never was.
    """
    if not Grid.objects.visible_to(user).filter(code=code).exists():
        raise MissingError
    scope = user.scope(Permission.MAP_VIEW)
    steps = (
        Lineage.objects.filter(Q(source__code=code) | Q(target__code=code))
        .select_related("source", "target")
        .order_by("at", "pk")
    )
    found: list[dict[str, object]] = []
    for step in steps:
        ends = {
            name: grid.code if grid is not None and scope.covers(grid.code) else None
            for name, grid in (("source", step.source), ("target", step.target))
        }
        found.append({"kind": step.kind, **ends, "at": step.at.isoformat(), "plan": step.plan_id})
    return found
