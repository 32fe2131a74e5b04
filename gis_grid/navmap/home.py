"""What the map page starts with: the user's own area, its grids, the legend."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import Extent
from django.db.models import Count, Min
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import PREFIX_LENGTH, AreaLevel, ancestors
from gis_grid.households.selectors import visible_tags
from gis_grid.territory.models import Grid, GridVersion, Region
from gis_grid.territory.selectors import place_names

Bounds = tuple[float, float, float, float]
# Beyond this many a drop-down is no help: villages only, and the search for the rest.
MOST_GRIDS = 600
TOWNS_ZOOM = 11


@dataclass(frozen=True)
class Crumb:
    """A place of the way down to the user's own area."""

    code: str
    name: str


@dataclass(frozen=True)
class Home:
    """Where the map opens: the frame of what the user sees, west to north in degrees."""

    bounds: Bounds | None
    crumbs: list[Crumb]
    # A county opens on its towns, however few of them are drawn: the nearest zoom allowed.
    nearest_zoom: int | None


def home_of(user: User) -> Home:
    prefixes = user.scope(Permission.MAP_VIEW).prefixes
    sees_towns = any(len(prefix) < PREFIX_LENGTH[AreaLevel.TOWN] for prefix in prefixes)
    return Home(_bounds(user), _crumbs(user), TOWNS_ZOOM if sees_towns else None)


def _bounds(user: User) -> Bounds | None:
    grids = GridVersion.objects.at().visible_to(user)
    found: Bounds | None = grids.aggregate(frame=Extent("geom"))["frame"]
    if found is None:
        regions = Region.objects.filter(user.scope(Permission.MAP_VIEW).q("code"))
        found = regions.aggregate(frame=Extent("geom"))["frame"]
    return found


def first_day_of(user: User) -> str | None:
    """The day (ISO) of the first boundary that the user can see; before it the map is empty."""
    first = GridVersion.objects.visible_to(user).aggregate(day=Min("validity__startswith"))["day"]
    return timezone.localdate(first).isoformat() if first else None


def _crumbs(user: User) -> list[Crumb]:
    """County › town › village down to the smallest place that holds all that the user sees."""
    prefixes = user.scope(Permission.MAP_VIEW).prefixes
    if not prefixes:
        return []
    ways = [
        [code for code in reversed(ancestors(_code_of(prefix))) if len(code.rstrip("0")) > 4]
        for prefix in prefixes
    ]
    shared = [steps[0] for steps in zip(*ways, strict=False) if len(set(steps)) == 1]
    names = place_names(shared)
    return [Crumb(code, names[code]) for code in shared if code in names]


def _code_of(prefix: str) -> str:
    return prefix if len(prefix) == 15 else prefix.ljust(12, "0")


@dataclass(frozen=True)
class Village:
    """A village with its small grids, for choosing an area to filter by."""

    code: str
    name: str
    grids: list[Crumb]


def villages_of(user: User) -> list[Village]:
    versions = GridVersion.objects.at().visible_to(user).order_by("grid__code")
    count = versions.filter(grid__level=Grid.Level.SMALL).aggregate(n=Count("pk"))["n"]
    small: dict[str, list[Crumb]] = {}
    if count <= MOST_GRIDS:
        rows = versions.filter(grid__level=Grid.Level.SMALL, kind=GridVersion.Kind.SMALL)
        for code, name in rows.values_list("grid__code", "name"):
            small.setdefault(code[:12], []).append(Crumb(code, name))
    large = dict(versions.filter(grid__level=Grid.Level.LARGE).values_list("grid__code", "name"))
    # Whoever answers for a single grid does not see the village around it as a choice.
    return [
        Village(code, large.get(code, ""), small.get(code, [])) for code in sorted({*large, *small})
    ]


def legend_of(user: User) -> list[dict[str, Any]]:
    """The tags that the user may see, for legend and symbols."""
    if not user.may(Permission.HOUSEHOLD_VIEW):
        return []
    return [
        {
            "slug": tag.slug,
            "label": tag.label,
            "colour": tag.colour,
            "symbol": tag.symbol,
            "bit": tag.bit,
        }
        for tag in visible_tags(user)
    ]
