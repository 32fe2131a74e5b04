"""The cards of grids and regions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import MissingError
from gis_grid.duties.selectors import Check, five_fixed
from gis_grid.navmap.cards.parts import (
    Area,
    Child,
    Person,
    Place,
    TagCount,
    children,
    people_of,
    tag_counts,
)
from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion, Lineage, Region
from gis_grid.territory.registries import statistics_of
from gis_grid.territory.selectors import Neighbour, grid_version, neighbours, place_names

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Span:
    """A version of the grid: what it was called and how large, over `[starts, ends)`."""

    starts: dt.datetime
    ends: dt.datetime | None
    name: str
    area: Area


@dataclass(frozen=True)
class Step:
    """A step of the lineage: `kind` is Lineage.Kind, `label` its name in the reader's language."""

    at: dt.datetime
    kind: str
    label: str
    source: str | None
    target: str | None


@dataclass(frozen=True)
class GridCard:
    """A large or small grid at `at`; counts are today's and None for a moment in the past."""

    code: str
    name: str
    level: str
    kind: str
    parent: Place | None
    longitude: float
    latitude: float
    bounds: Bounds
    area: Area
    households: int | None
    people: int | None
    # None where the person sees no incidents there.
    open_incidents: int | None
    # None where the person learns no number.
    cameras: int | None
    cameras_broken: int | None
    service_points: int | None
    patrol_routes: int | None
    tags: list[TagCount]
    five_fixed: list[Check]
    answering: list[Person]
    neighbours: list[Neighbour]
    versions: list[Span]
    lineage: list[Step]
    children: list[Child]
    at: dt.datetime | None


@dataclass(frozen=True)
class RegionCard:
    """A county, town or village-level unit.

    Above the reader's scope it is a name only, without place, area, counts (None) and children:
    its outline is the union of the places inside, also of those out of the scope.
    """

    code: str
    name: str
    level: str
    level_label: str
    parent: Place | None
    longitude: float | None
    latitude: float | None
    bounds: Bounds | None
    area: Area | None
    households: int | None
    people: int | None
    # None where the person sees no incidents there.
    open_incidents: int | None
    # None where the person learns no number.
    cameras: int | None
    cameras_broken: int | None
    service_points: int | None
    patrol_routes: int | None
    tags: list[TagCount]
    answering: list[Person]
    children: list[Child]


def grid_card(user: User, code: str, at: dt.datetime | None = None) -> GridCard:
    """The card of a grid at a moment (None: now); MissingError where none was in the scope."""
    version = grid_version(user, code, at)
    day = timezone.localdate(at) if at else None
    inside = _grids_inside(version, at)
    counts = statistics_of(user=user, codes=[code, *(row[0] for row in inside)]) if not at else {}
    own = counts.get(code, {})
    return GridCard(
        code=code,
        name=version.name,
        level=version.grid.level,
        kind=version.kind,
        parent=_parent(version, at),
        longitude=version.label_point.x,
        latitude=version.label_point.y,
        bounds=version.geom.extent,
        area=Area(version.area_m2),
        households=None if at else own.get("households", 0),
        people=None if at else own.get("people", 0),
        open_incidents=own.get("open_incidents"),
        cameras=own.get("cameras"),
        cameras_broken=own.get("cameras_broken"),
        service_points=own.get("service_points"),
        patrol_routes=own.get("patrol_routes"),
        tags=[] if at else tag_counts(user, own),
        five_fixed=five_fixed(code, day=day),
        answering=people_of(user, code, day=day),
        neighbours=neighbours(user, version, at),
        versions=_versions(version.grid),
        lineage=_lineage(version.grid),
        children=children(inside, counts or {row[0]: {} for row in inside}),
        at=at,
    )


def _parent(version: GridVersion, at: dt.datetime | None) -> Place | None:
    if version.parent:
        code = version.parent.code
        return Place(code, place_names([code], at).get(code, code))
    town = Region.objects.filter(children__code=version.grid.code).first()
    return Place(town.code, town.name) if town else None


def _grids_inside(version: GridVersion, at: dt.datetime | None) -> list[tuple[str, str, str]]:
    rows = GridVersion.objects.at(at).filter(parent_id=version.grid_id)
    return list(rows.order_by("grid__code").values_list("grid__code", "name", "kind"))


def _versions(grid: Grid) -> list[Span]:
    rows = grid.versions.order_by("-validity__startswith").values_list(
        "validity", "name", "area_m2"
    )
    return [Span(span.lower, span.upper, name, Area(m2)) for span, name, m2 in rows]


def _lineage(grid: Grid) -> list[Step]:
    steps = Lineage.objects.filter(Q(source=grid) | Q(target=grid)).select_related(
        "source", "target"
    )
    return [
        Step(
            step.at,
            step.kind,
            step.get_kind_display(),
            step.source.code if step.source else None,
            step.target.code if step.target else None,
        )
        for step in steps.order_by("-at", "pk")
    ]


def region_card(user: User, code: str) -> RegionCard:
    """The card of a region; MissingError where the scope neither holds it nor lies inside."""
    region = Region.objects.visible_to(user).filter(code=code).select_related("parent").first()
    if region is None:
        raise MissingError
    in_scope = user.scope(Permission.MAP_VIEW).covers(code)
    inside = _places_inside(region) if in_scope else []
    counts = statistics_of(user=user, codes=[code, *(row[0] for row in inside)]) if in_scope else {}
    own = counts.get(code, {})
    outline = region.geom if in_scope else None
    point = outline.point_on_surface if outline else None
    return RegionCard(
        code=code,
        name=region.name,
        level=region.level,
        level_label=region.get_level_display(),
        parent=Place(region.parent.code, region.parent.name) if region.parent else None,
        longitude=point.x if point else None,
        latitude=point.y if point else None,
        bounds=outline.extent if outline else None,
        area=Area(_area_m2(outline)) if outline else None,
        households=own.get("households", 0) if in_scope else None,
        people=own.get("people", 0) if in_scope else None,
        open_incidents=own.get("open_incidents"),
        cameras=own.get("cameras"),
        cameras_broken=own.get("cameras_broken"),
        service_points=own.get("service_points"),
        patrol_routes=own.get("patrol_routes"),
        tags=tag_counts(user, own) if in_scope else [],
        answering=people_of(user, code),
        children=children(inside, counts),
    )


def _places_inside(region: Region) -> Sequence[tuple[str, str, str]]:
    if region.level == Region.Level.VILLAGE:
        rows = GridVersion.objects.at().filter(parent__code=region.code)
        return list(rows.order_by("grid__code").values_list("grid__code", "name", "kind"))
    return list(region.children.order_by("code").values_list("code", "name", "level"))


def _area_m2(geom: GEOSGeometry) -> float:
    return coverage.area_m2(shapely.from_wkb(bytes(geom.wkb)))
