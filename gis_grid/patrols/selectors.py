"""Reading patrols, from what the person may see; tracks only for those who answer for them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import prefix_of
from gis_grid.core.finding import one_of
from gis_grid.patrols.judging import Limits, Near
from gis_grid.patrols.models import Route, Run, Squad
from gis_grid.territory import coverage
from gis_grid.territory.models import ReferenceFeature, Region

# A piece of road was walked by a run that came along at least so much of it.
WALKED_SHARE = 0.5
_ROUTES = """
SELECT prefix, count(*) FROM unnest(%(prefixes)s::text[]) AS prefix
JOIN patrols_route r ON r.ended_on IS NULL AND r.area_code LIKE prefix || '%%'
GROUP BY prefix
"""


def the_squad(user: User, squad_id: int) -> Squad:
    """MissingError out of sight."""
    return one_of(Squad.objects.visible_to(user), squad_id)


def the_route(user: User, route_id: int) -> Route:
    """MissingError out of sight."""
    return one_of(Route.objects.visible_to(user).select_related("current", "squad"), route_id)


def the_run(user: User, run_id: int) -> Run:
    """MissingError out of sight."""
    return one_of(Run.objects.visible_to(user).select_related("version__route", "squad"), run_id)


def sees_track(user: User, run: Run) -> bool:
    """Whoever leads the squad or walked, and the staff of village and town (DOMAIN §7)."""
    if user.may(Permission.TRACK_VIEW, run.version.route.area_code):
        return True
    day = timezone.localdate(run.started_at or run.planned_from or run.version.made_at)
    return run.squad.led_by(user, day) or run.members.filter(pk=user.pk).exists()


def pressed_of(run: Run) -> dict[int, dt.datetime]:
    """When a walker first said that a checkpoint was passed, by its order; whoever it was."""
    first: dict[int, dt.datetime] = {}
    for order, at in run.passed.values_list("order", "at"):
        first.setdefault(order, at)
    return first


def statistics(*, user: User, codes: Sequence[str]) -> dict[str, dict[str, int]]:
    """`patrol_routes` of each area within the scope: those that belong to it or lie below it."""
    scope = user.scope(Permission.PATROL_VIEW)
    by_prefix = {prefix_of(code): code for code in codes if scope.covers(prefix_of(code))}
    with connection.cursor() as cursor:
        cursor.execute(_ROUTES, {"prefixes": list(by_prefix)})
        return {by_prefix[prefix]: {"patrol_routes": n} for prefix, n in cursor.fetchall()}


@dataclass(frozen=True)
class Lane:
    """A road or lane and how many runs came along it."""

    name: str
    kind: str
    metres: float
    line: shapely.LineString
    runs: int


@dataclass(frozen=True)
class MonthCoverage:
    """Lanes of an area in a month; `share` is the length that was walked at least once."""

    runs: int
    lanes: list[Lane]

    @property
    def share(self) -> float | None:
        whole = sum(lane.metres for lane in self.lanes)
        walked = sum(lane.metres for lane in self.lanes if lane.runs)
        return walked / whole if whole else None


def month_coverage(
    user: User, area: str, since: dt.datetime, until: dt.datetime
) -> MonthCoverage | None:
    """Which lanes of the area were walked how often in `[since, until)`; None out of sight.

    Of runs that have ended, whoever walked them: no figure is for a person.
    """
    region = Region.objects.filter(code=area).first()
    scope = user.scope(Permission.PATROL_VIEW)
    if region is None or region.geom is None or not scope.covers(prefix_of(area)):
        return None
    shape = shapely.from_wkb(bytes(region.geom.wkb))
    lon = shape.centroid.x
    runs = Run.objects.filter(
        started_at__gte=since,
        started_at__lt=until,
        state__in=(Run.State.ENDED, Run.State.CLOSED),
        walked__bboverlaps=region.geom,
    ).values_list("walked", flat=True)
    ways = [
        coverage.in_metres(shapely.from_wkb(bytes(walked.wkb)), lon)
        for walked in runs
        if walked is not None
    ]
    roads = ReferenceFeature.objects.filter(
        layer=ReferenceFeature.Layer.ROAD, geom__bboverlaps=region.geom
    )
    inside = coverage.in_metres(shape, lon)
    return MonthCoverage(len(ways), _lanes(roads, inside, ways, lon))


def _lanes(
    roads: QuerySet[ReferenceFeature],
    inside: shapely.Geometry,
    ways: Sequence[BaseGeometry],
    lon: float,
) -> list[Lane]:
    reach = Limits().tolerance_m
    tree = shapely.STRtree(ways)
    asked = [Near([way], reach) for way in ways]
    lanes = []
    for name, kind, geom in roads.values_list("name", "kind", "geom"):
        line = coverage.in_metres(shapely.from_wkb(bytes(geom.wkb)), lon)
        for part in shapely.get_parts(shapely.intersection(line, inside)).tolist():
            if part.geom_type != "LineString" or part.length < 1:
                continue
            near = tree.query(part, predicate="dwithin", distance=reach)
            walked = sum(asked[index].share(part) >= WALKED_SHARE for index in near)
            drawn = shapely.LineString(shapely.get_coordinates(coverage.in_degrees(part, lon)))
            lanes.append(Lane(name, kind, part.length, drawn, walked))
    return lanes
