"""Reading cameras and service points, from what the person may see."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import connection
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import prefix_of
from gis_grid.core.finding import one_of
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.facilities.sight import watched
from gis_grid.territory import coverage
from gis_grid.territory.models import ReferenceFeature, Region

# So many checks of one site are told.
MOST_TOLD = 200
# Roads that lead somewhere; lanes between houses are nobody's to watch.
MAIN_ROADS = ("county", "town", "village")
_COUNT = """
SELECT prefix, count(*), count(*) FILTER (WHERE c.state = 'broken')
FROM unnest(%(prefixes)s::text[]) AS prefix
JOIN facilities_camera c ON c.area_code LIKE prefix || '%%' AND c.state <> 'removed'
GROUP BY prefix
"""
_POINTS = """
SELECT prefix, count(*) FROM unnest(%(prefixes)s::text[]) AS prefix
JOIN facilities_servicepoint p ON p.area_code LIKE prefix || '%%'
    AND (p.ended_on IS NULL OR p.ended_on > %(day)s)
GROUP BY prefix
"""
# The index gives the nearest by degrees; of a few more than asked metres decide.
_NEAREST = """
SELECT id, ST_Distance(geom::geography, %(point)s::geography) AS metres FROM (
    SELECT id, geom FROM facilities_servicepoint p
    WHERE (ended_on IS NULL OR ended_on > %(day)s) AND {scope} {kind}
    ORDER BY geom <-> %(point)s::geometry LIMIT %(candidates)s
) near ORDER BY metres, id LIMIT %(count)s
"""
MOST_NEAR = 20


def the_camera(user: User, camera_id: int) -> Camera:
    """The camera whose place the person may know; MissingError for any other."""
    return one_of(Camera.objects.visible_to(user), camera_id)


def the_point(user: User, point_id: int) -> ServicePoint:
    """The service point on the person's map; MissingError for any other."""
    return one_of(ServicePoint.objects.visible_to(user), point_id)


def statistics(*, user: User, codes: Sequence[str]) -> dict[str, dict[str, int]]:
    """`cameras` of villages and larger areas to all who see these on the map, of grids to those
    who see the cameras; `cameras_broken` to these only; `service_points` to all.
    """
    shown = user.scope(Permission.MAP_VIEW)
    needed = user.scope(Permission.CAMERA_VIEW)
    by_prefix = {prefix_of(code): code for code in codes if shown.covers(prefix_of(code))}
    params: dict[str, Any] = {"prefixes": list(by_prefix), "day": timezone.localdate()}
    found: dict[str, dict[str, int]] = {code: {} for code in by_prefix.values()}
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, params)
        for prefix, count in cursor.fetchall():
            found[by_prefix[prefix]]["service_points"] = count
        cursor.execute(_COUNT, params)
        for prefix, count, broken in cursor.fetchall():
            may_place = needed.covers(prefix)
            if may_place or len(prefix) <= 12:
                found[by_prefix[prefix]]["cameras"] = count
            if may_place:
                found[by_prefix[prefix]]["cameras_broken"] = broken
    return found


def nearest_points(
    user: User, place: Point, *, count: int = 3, kind: str = ""
) -> list[tuple[ServicePoint, float]]:
    """The service points nearest to a place, with metres on the ellipsoid."""
    scope, params = user.scope(Permission.MAP_VIEW).sql("p.area_code")
    count = min(count, MOST_NEAR)
    params |= {
        "point": place.ewkt,
        "count": count,
        "candidates": count + 10,
        "day": timezone.localdate(),
        "kind": kind,
    }
    with connection.cursor() as cursor:
        which = "AND kind = %(kind)s" if kind else ""
        cursor.execute(_NEAREST.format(scope=scope, kind=which), params)
        metres = {pk: float(far) for pk, far in cursor.fetchall()}
    return [(point, metres[point.pk]) for point in _in_order(metres)]


def _in_order(metres: Mapping[int, float]) -> list[ServicePoint]:
    found = ServicePoint.objects.in_bulk(list(metres))
    return [found[pk] for pk in metres]


@dataclass(frozen=True)
class Gap:
    """A piece of main road that no working public camera sees: its length, and its middle."""

    metres: float
    line: shapely.LineString
    lon: float
    lat: float


@dataclass(frozen=True)
class VillageWatch:
    """What working public cameras see of a village's main roads; places in lon/lat degrees."""

    code: str
    name: str
    road_m: float
    seen_m: float
    junctions: int
    gaps: list[Gap]
    unseen: list[tuple[float, float]]

    @property
    def percent(self) -> float | None:
        """Share of the main roads that is seen; None where there are none."""
        return 100 * self.seen_m / self.road_m if self.road_m else None

    @property
    def junctions_percent(self) -> float | None:
        """Share of the junctions that is seen; None where there are none."""
        if not self.junctions:
            return None
        return 100 * (self.junctions - len(self.unseen)) / self.junctions


def watch_of(user: User, area: str) -> list[VillageWatch]:
    """Coverage of each village of the area in which the person may see the cameras."""
    scope = user.scope(Permission.CAMERA_VIEW)
    villages = Region.objects.filter(
        scope.q("code"), level="village", code__startswith=prefix_of(area)
    ).order_by("code")
    return [_watch(village, village.geom) for village in villages if village.geom is not None]


def _watch(village: Region, geom: GEOSGeometry) -> VillageWatch:
    shape = shapely.from_wkb(bytes(geom.wkb))
    lon = shape.centroid.x
    roads = ReferenceFeature.objects.filter(
        layer=ReferenceFeature.Layer.ROAD, kind__in=MAIN_ROADS, geom__intersects=geom
    )
    # Cameras beyond the border look in, too.
    seeing = Camera.objects.filter(
        owner=Camera.Owner.PUBLIC, state=Camera.State.WORKING, sector__intersects=geom
    )
    found = watched(
        _in_metres(roads.values_list("geom", flat=True), lon),
        coverage.in_metres(shape, lon),
        _in_metres(seeing.values_list("sector", flat=True), lon),
    )
    gaps = [_gap(line, lon) for line in found.gaps]
    return VillageWatch(
        code=village.code,
        name=village.name,
        road_m=found.length_m,
        seen_m=found.seen_m,
        junctions=found.junctions,
        gaps=sorted(gaps, key=lambda gap: -gap.metres),
        unseen=[_place(place, lon) for place in found.unseen],
    )


def _gap(line: shapely.LineString, lon: float) -> Gap:
    shape = shapely.LineString(shapely.get_coordinates(coverage.in_degrees(line, lon)))
    return Gap(line.length, shape, *_place(line.interpolate(0.5, normalized=True), lon))


def _place(point: BaseGeometry, lon: float) -> tuple[float, float]:
    x, y = shapely.get_coordinates(coverage.in_degrees(point, lon))[0]
    return round(float(x), 7), round(float(y), 7)


def _in_metres(shapes: Iterable[GEOSGeometry | None], lon: float) -> list[BaseGeometry]:
    found = [shapely.from_wkb(bytes(one.wkb)) for one in shapes if one is not None]
    return [coverage.in_metres(one, lon) for one in found]


@dataclass(frozen=True)
class Told:
    """Who said when how a camera is, and in which words."""

    at: dt.datetime
    state: str
    who: str
    words: str


def told_of(camera: Camera) -> list[Told]:
    """What was said of its state, in the office and on site, the oldest first; also what came
    too late to be its state.
    """
    checks = list(camera.checks.select_related("by")[:MOST_TOLD])
    # A check that changed the state stands in the history as well.
    on_site = {(one.at, one.by_id) for one in checks}
    told = [Told(one.at, one.get_state_display(), one.who, one.note) for one in checks] + [
        Told(one.at, one.get_state_display(), one.who, one.reason)
        for one in camera.history.select_related("by")
        if (one.at, one.by_id) not in on_site
    ]
    return sorted(told, key=lambda one: one.at)
