"""A proposal for a grid of 2,000 households in four parts: 60 hamlets and their lanes on 4 km²."""

import time
from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import LineString

from gis_grid.territory.suggest import divide
from tests.bench.figures import Figure, absolute

NEEDS_COUNTY = False
HOUSEHOLDS, HAMLETS, PARTS, ROUNDS = 2_000, 60, 4, 3
WEST, SOUTH, WIDTH = 112.4, 25.6, 0.02


def run() -> Iterator[Figure]:
    yield absolute(
        "suggest_2000_households", [_seconds() for _ in range(ROUNDS)], unit="s", at_most=5
    )


def _seconds() -> float:
    rng = np.random.default_rng(5)
    middles = rng.uniform(0.05, 0.95, (HAMLETS, 2))
    spread = rng.normal(0, 0.015, (HOUSEHOLDS, 2))
    places = np.clip(
        np.repeat(middles, -(-HOUSEHOLDS // HAMLETS), axis=0)[:HOUSEHOLDS] + spread, 0, 1
    )
    homes = np.round([WEST, SOUTH] + places * WIDTH, 7)
    cell = shapely.box(WEST, SOUTH, WEST + WIDTH, SOUTH + WIDTH)
    began = time.perf_counter()
    made = divide(cell, homes, np.ones(HOUSEHOLDS), PARTS, along=_lanes(middles))
    took = time.perf_counter() - began
    if len(made.parts) != PARTS:
        raise RuntimeError(f"{len(made.parts)} parts instead of {PARTS}")
    return took


def _lanes(middles: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> list[LineString]:
    """From each hamlet to the three nearest, with a bend in between."""
    found = []
    for place in middles:
        for other in middles[np.argsort(np.hypot(*(middles - place).T))[1:4]]:
            bend = (place + other) / 2 + (other - place)[::-1] * [0.1, -0.1]
            found.append(LineString([WEST, SOUTH] + np.array([place, bend, other]) * WIDTH))
    return found
