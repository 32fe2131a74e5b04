"""Invented patrols for the demo town: squads, routes along its roads, three months of runs.

By the services that people use, with times of the past; from a fixed seed.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely
from django.db.models import Q
from django.utils import timezone
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path
from shapely.ops import substring

from gis_grid.accounts.acting import OPERATOR
from gis_grid.accounts.models import User
from gis_grid.patrols.models import Route, Run, Squad, SquadMember
from gis_grid.patrols.services.routes import Stop, read_rule, save_route, save_schedule
from gis_grid.patrols.services.runs import Fix, add_fixes, close_run, end_run, note, start_run
from gis_grid.patrols.services.squads import save_squad
from gis_grid.territory import coverage
from gis_grid.territory.models import ReferenceFeature, Region

SEED = 20260808
ROUTES, DAYS = 8, 92
WANTED_M, CHECKPOINT_EVERY_M = 2_600.0, 650.0
# By which rule each route is walked, and when it begins.
RULES = (
    ("FREQ=WEEKLY;BYDAY=TU,FR", dt.time(20, 0)),
    ("FREQ=WEEKLY;BYDAY=SA", dt.time(23, 0)),
    ("FREQ=WEEKLY;BYDAY=MO,TH", dt.time(19, 30)),
    ("FREQ=WEEKLY;BYDAY=WE", dt.time(21, 0)),
)
MISSED, CUT_SHORT, WITH_DETOUR = 0.06, 0.18, 0.15
NOTES = (
    "一切正常。",
    "路灯有一盏不亮，已告诉网格员。",
    "桥头有人倒垃圾，劝走了。",
    "独居老人家灯亮着，问过平安。",
)


def make_patrols(town: str, village: str, day: dt.date) -> int:
    """Make a squad of the village and one of the town, their routes, and runs up to `day`.

    Answers how many runs: 0 the second time.
    """
    if Squad.objects.filter(is_demo=True).exists():
        return 0
    dice = np.random.default_rng(SEED)
    people = {user.username: user for user in User.objects.filter(is_demo=True)}
    first = day - dt.timedelta(days=DAYS)
    village_squad = _squad("盘江义务巡逻队", village, "leader", ["worker", "informant"], first)
    town_squad = _squad("晋屏镇巡逻队", town, "police", ["office"], first)
    runs = 0
    for number, (name, line) in enumerate(_ways(town, village), 1):
        squad, walker = (village_squad, "worker") if number <= 3 else (town_squad, "office")
        route = save_route(
            acting_user=OPERATOR,
            name=f"{name}巡逻线（演示）",
            squad_id=squad.pk,
            line=[(x, y) for x, y in shapely.get_coordinates(line).tolist()],
            stops=_stops(line),
            serves=f"第{number}片",
            is_demo=True,
        )
        rule, starts = RULES[number % len(RULES)]
        save_schedule(
            acting_user=OPERATOR, route_id=route.pk, rule=rule, starts=starts, minutes=120,
            holds_from=first,
        )  # fmt: skip
        runs += _walk(route, people[walker], _leader(squad), starts, first, day, dice)
    return runs


def _squad(name: str, area: str, leader: str, members: list[str], since: dt.date) -> Squad:
    squad = save_squad(
        acting_user=OPERATOR, name=name, area_code=area, leader=leader, members=members,
        is_demo=True,
    )  # fmt: skip
    SquadMember.objects.filter(squad=squad).update(starts_on=since)
    return squad


def _leader(squad: Squad) -> User:
    return squad.members.get(is_leader=True, ends_on=None).user


def _ways(town: str, village: str) -> Iterable[tuple[str, shapely.LineString]]:
    """Long ways along the roads: three of the squad's village, the others of others."""
    regions = Region.objects.filter(level="village", code__startswith=town[:9]).order_by("code")
    codes = [village] * 3 + [one.code for one in regions if one.code != village][::3]
    seen: dict[str, int] = {}
    for code in codes[:ROUTES]:
        region = regions.get(code=code)
        line = _way(region, seen.setdefault(code, 0))
        seen[code] += 1
        if line is not None:
            yield f"{region.name}{seen[code]}号" if code == village else region.name, line


def _way(region: Region, rank: int) -> shapely.LineString | None:
    """A way along the roads of the region, about as long as an evening's walk."""
    if region.geom is None:
        return None
    roads = ReferenceFeature.objects.filter(
        Q(kind__in=("county", "town", "village")), layer="road", geom__intersects=region.geom
    )
    shape = shapely.from_wkb(bytes(region.geom.wkb))
    parts = [
        shapely.intersection(shapely.from_wkb(bytes(road.geom.wkb)), shape)
        for road in roads.order_by("pk")
    ]
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(parts))).tolist()
    lines = [one for one in merged if one.geom_type == "LineString"]
    ways = sorted(_through(lines), key=lambda one: abs(one[0] - WANTED_M))
    # Far enough apart in the order that two of one village are different ways.
    return ways[rank * 7][1] if rank * 7 < len(ways) else None


def _through(lines: list[shapely.LineString]) -> Iterator[tuple[float, shapely.LineString]]:
    """The shortest way between any two ends of the roads, with its length in metres."""
    ends = sorted({line.coords[n] for line in lines for n in (0, -1)})
    number = {end: n for n, end in enumerate(ends)}
    edges: dict[tuple[int, int], shapely.LineString] = {}
    for line in lines:
        a, b = number[line.coords[0]], number[line.coords[-1]]
        if a != b and ((a, b) not in edges or edges[a, b].length > line.length):
            edges[a, b], edges[b, a] = line, shapely.LineString(line.coords[::-1])
    if not edges:
        return
    weights = coo_array(
        ([coverage.length_m(line) for line in edges.values()], tuple(zip(*edges, strict=True))),
        shape=(len(ends), len(ends)),
    )
    far, before = shortest_path(weights.tocsr(), return_predecessors=True)
    for a in range(len(ends)):
        for b in range(a):
            if not np.isfinite(far[a, b]):
                continue
            stops, node = [b], b
            while node != a:
                node = int(before[a, node])
                stops.append(node)
            steps = [edges[x, y] for x, y in itertools.pairwise(reversed(stops))]
            places = [steps[0].coords[0], *(xy for step in steps for xy in step.coords[1:])]
            yield float(far[a, b]), shapely.LineString(places)


def _stops(line: shapely.LineString) -> list[Stop]:
    count = max(2, round(coverage.length_m(line) / CHECKPOINT_EVERY_M) + 1)
    places = [line.interpolate(share, normalized=True) for share in np.linspace(0, 1, count)]
    names = ["起点", *[""] * (count - 2), "终点"]
    return [Stop(at.x, at.y, name, 30.0) for at, name in zip(places, names, strict=True)]


def _walk(
    route: Route,
    walker: User,
    leader: User,
    starts: dt.time,
    first: dt.date,
    last: dt.date,
    dice: np.random.Generator,
) -> int:
    schedule, version = route.schedules.get(), route.versions.get()
    rule = read_rule(schedule.rule, schedule.holds_from)
    days = rule.between(
        dt.datetime.combine(first, dt.time()), dt.datetime.combine(last, dt.time()), inc=True
    )
    for day in days:
        planned = timezone.make_aware(dt.datetime.combine(day.date(), starts))
        run = Run.objects.create(
            version=version,
            squad=route.squad,
            schedule=schedule,
            state=Run.State.PLANNED,
            planned_from=planned,
            planned_until=planned + dt.timedelta(minutes=schedule.minutes),
            is_demo=True,
        )
        if dice.random() < MISSED:
            Run.objects.filter(pk=run.pk).update(state=Run.State.MISSED)
            continue
        _one(run, walker, leader, planned, dice)
    return len(days)


def _one(
    run: Run, walker: User, leader: User, planned: dt.datetime, dice: np.random.Generator
) -> None:
    began = planned + dt.timedelta(minutes=int(dice.integers(0, 13)))
    start_run(acting_user=walker, run_id=run.pk, at=began, backdated=True)
    line = shapely.LineString(run.version.line.coords)
    if dice.random() < CUT_SHORT:
        part = substring(line, 0, dice.uniform(0.45, 0.85), normalized=True)
        line = shapely.LineString(part.coords)
    fixes = _fixes(line, began, dice)
    add_fixes(acting_user=walker, run_id=run.pk, fixes=fixes)
    ended = fixes[-1].at + dt.timedelta(minutes=3)
    if dice.random() < 0.4:
        note(acting_user=walker, run_id=run.pk, text=str(dice.choice(NOTES)), at=ended)
    end_run(acting_user=walker, run_id=run.pk, at=ended, backdated=True)
    if dice.random() < 0.9:
        close_run(acting_user=leader, run_id=run.pk, at=ended + dt.timedelta(hours=10))


def _fixes(
    line: shapely.LineString, began: dt.datetime, dice: np.random.Generator
) -> Sequence[Fix]:
    """A walk at about 1.2 m/s, a place every 20 seconds some metres off, now and then a spike."""
    metres = coverage.length_m(line)
    steps = max(4, round(metres / 24))
    aside = dice.random() < WITH_DETOUR
    fixes = []
    for n in range(steps + 1):
        place = line.interpolate(n / steps, normalized=True)
        off = dice.normal(0, 3e-5), dice.normal(0, 3e-5)
        if aside and 0.4 < n / steps < 0.47:
            off = off[0] + 6e-4, off[1]
        if dice.random() < 0.005:
            off = 0.02, -0.01
        at = began + dt.timedelta(seconds=20 * n)
        fixes.append(Fix(at, place.x + off[0], place.y + off[1], round(dice.uniform(3, 12), 1)))
    return fixes
