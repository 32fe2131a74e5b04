"""Incidents by the million, over 60,000 grids: board, list, map, circular, and writing one.

The same questions to a database with 1,000,000 incidents and to one with 10,000 (`millions`), by
turns, through the whole stack by Django's test client. The asking person leads a town of some
1,700 incidents, a county of some 42,000, or all of it.
"""

import math
import random
import time
import uuid
from collections.abc import Iterator
from functools import partial

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from gis_grid.incidents.models import Incident
from gis_grid.incidents.services.reporting import Report, report
from gis_grid.territory.services.located import grid_at
from tests.bench import millions
from tests.bench.figures import Figure, absolute, interleaved, within

ROUNDS, ASKED = 5, 20
SMALL, LARGE = millions.SIZES
# West edge of the asking person's county and the middle of the land, in degrees.
_WEST, _SOUTH, _WIDE, _HIGH = 112.2 + 0.43, 25.4, 0.415, 0.415
_MOST_MS = {"board": 200, "list": 200, "tiles": 200, "circular": 1_000}


def run() -> Iterator[Figure]:
    settings.TILE_CACHE_BYTES = 0
    millions.ensure()
    for who in millions.PEOPLE:
        for what, most in _MOST_MS.items():
            p95s: dict[int, list[float]] = {SMALL: [], LARGE: []}
            times = interleaved(
                ROUNDS,
                {
                    str(size): partial(_asked, size, who, what, p95s[size])
                    for size in (SMALL, LARGE)
                },
                warm_up=1,
            )
            yield absolute(f"incidents_{what}_{who}_p95", p95s[LARGE][1:], unit="ms", at_most=most)
            yield within(
                f"incidents_{what}_{who}_million_against_ten_thousand",
                times[str(LARGE)],
                times[str(SMALL)],
                at_most=1.5,
            )
    yield from _writing()


def _asked(size: int, who: str, what: str, p95s: list[float]) -> float:
    """Median seconds of a question; the 95th percentile in ms goes to `p95s`."""
    took = []
    with millions.used(size):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(millions.person(who), backend=settings.AUTHENTICATION_BACKENDS[-1])
        for path in _paths(what, who):
            began = time.perf_counter()
            answer = client.get(path)
            took.append(time.perf_counter() - began)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
    took.sort()
    p95s.append(took[math.ceil(len(took) * 0.95) - 1] * 1000)
    return took[len(took) // 2]


def _paths(what: str, who: str) -> list[str]:
    dice = random.Random(7)
    today = timezone.localdate()
    if what == "board":
        return ["/api/v1/incidents/board?open=true"] * ASKED
    if what == "circular":
        return [f"/api/v1/incidents/circular?since={today.replace(day=1)}&until={today}"] * ASKED
    if what == "list":
        filters = (
            "open=true", "overdue=true", "state=assigned", "kind=mediation", "category=drain",
            f"since={today.replace(day=1)}", "office=police&open=true", "q=水沟堵了",
            "state=closed", "outside=true",
        )  # fmt: skip
        return [f"/api/v1/incidents?{dice.choice(filters)}" for _ in range(ASKED)]
    return [_tile(dice.choice((11, 13, 14, 15, 16)), dice) for _ in range(ASKED)]


def _tile(z: int, dice: random.Random) -> str:
    lon, lat = _WEST + dice.random() * _WIDE, _SOUTH + dice.random() * _HIGH
    n = 2**z
    x = int((lon + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    return f"/tiles/incidents/{z}/{x}/{y}.mvt?look=all"


def _writing() -> Iterator[Figure]:
    """An incident with its grid against the same row alone; and the whole of taking one in."""
    with millions.used(LARGE):
        place = (_WEST + 0.1002, _SOUTH + 0.1003)
        model = report(acting_user=millions.person("all"), told=_told(place))
        times = interleaved(
            ROUNDS,
            {
                "placed": lambda: _inserted(model, with_grid=True),
                "bare": lambda: _inserted(model, with_grid=False),
                "report": lambda: _reported(place),
            },
            warm_up=1,
        )
        yield within("incident_with_grid_against_bare", times["placed"], times["bare"], at_most=1.5)
        yield absolute("incident_taken_in", [one * 1000 for one in times["report"]], unit="ms")


def _told(place: tuple[float, float]) -> Report:
    return Report(category="drain", what="量度：水沟堵了", place=place, client_id=uuid.uuid4())


def _inserted(model: Incident, *, with_grid: bool) -> float:
    """Seconds of a row, of which a town's register has no number yet; taken back afterwards."""
    took = 0.0
    for number in range(ASKED):
        copy = Incident.objects.get(pk=model.pk)
        copy.pk, copy.client_id, copy.serial = None, uuid.uuid4(), 900_000 + number
        copy.register_no = f"量度[0]{copy.serial}号"
        began = time.perf_counter()
        with transaction.atomic():
            if with_grid and copy.geom is not None:
                found = grid_at(*copy.geom.coords)
                copy.grid_id, copy.area_code = found or (None, copy.area_code)
            copy.save(force_insert=True)
        took += time.perf_counter() - began
        Incident.objects.filter(pk=copy.pk).delete()
    return took / ASKED


def _reported(place: tuple[float, float]) -> float:
    user = millions.person("all")
    began = time.perf_counter()
    for _number in range(ASKED):
        report(acting_user=user, told=_told(place))
    return (time.perf_counter() - began) / ASKED
