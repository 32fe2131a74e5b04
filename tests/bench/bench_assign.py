"""Placing 300,000 households in 2,500 grids anew, as a publish does, where nothing has moved.

The references: asking for each point which grid holds it, and the bare SELECT that goes
from the grids to the points, which writes and compares nothing.
"""

import time
from collections.abc import Iterator

from django.db import connection, transaction

from gis_grid.territory.models import Grid
from gis_grid.territory.services.located import reassign
from tests.bench.county import HOUSEHOLDS
from tests.bench.figures import Figure, absolute, faster, interleaved, within

ROUNDS = 5
_FROM_POINTS = """
SELECT count(g.grid_id) FROM households_household h CROSS JOIN LATERAL (
    SELECT v.grid_id FROM territory_gridversion v JOIN territory_grid i ON i.id = v.grid_id
    WHERE upper(v.validity) IS NULL AND i.level = 'small' AND ST_Intersects(v.geom, h.geom)
    ORDER BY i.code LIMIT 1
) g
"""
_FROM_GRIDS = """
SELECT count(*) FROM territory_gridversion g JOIN territory_grid i ON i.id = g.grid_id
CROSS JOIN LATERAL (
    SELECT h.id FROM households_household h WHERE ST_Contains(g.geom, h.geom) OFFSET 0
) p
WHERE upper(g.validity) IS NULL AND i.level = 'small'
"""


def run() -> Iterator[Figure]:
    codes = list(Grid.objects.filter(level=Grid.Level.SMALL).values_list("code", flat=True))
    times = interleaved(
        ROUNDS,
        {
            "ours": lambda: _reassign(codes, moved=0),
            "from_points": lambda: _select(_FROM_POINTS),
            "from_grids": lambda: _select(_FROM_GRIDS),
        },
        warm_up=1,
    )
    yield faster("assign_against_points", times["ours"], times["from_points"], at_least=5)
    yield within("assign_against_select", times["ours"], times["from_grids"], at_most=1.3)
    yield absolute("assign_all_anew", [_all_anew(codes) for _ in range(3)], unit="s")


def _select(statement: str) -> float:
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(statement)
        (count,) = cursor.fetchone()
        took = time.perf_counter() - began
    _require(count, HOUSEHOLDS)
    return took


def _reassign(codes: list[str], *, moved: int) -> float:
    began = time.perf_counter()
    with transaction.atomic():
        report = reassign(codes)
    took = time.perf_counter() - began
    _require(sum(item.moved for item in report), moved)
    return took


def _all_anew(codes: list[str]) -> float:
    """Every household written: none of them had a grid before; undone afterwards."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE households_household SET grid_id = NULL")
        took = _reassign(codes, moved=HOUSEHOLDS)
        transaction.set_rollback(True)
    return took


def _require(found: int, expected: int) -> None:
    if found != expected:
        raise RuntimeError(f"{found} households instead of {expected}")
