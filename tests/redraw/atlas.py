"""A coverage not made here: the counties of Kentucky from the npm package us-atlas, made small and
laid into China, where boundaries have to lie.

120 counties with borders along rivers, one of them in two parts (the Kentucky Bend). The atlas
holds whole numbers on a grid of its own and borders as arcs, each once; a whole factor leads them
onto the lattice of 1e-7°, so that what was shared is shared still. The state is then some 27 km
wide and 11 km high, a town with grids of about 2 km².
"""

import functools
import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from shapely.geometry import MultiPolygon, Polygon

from gis_grid.territory import coverage
from gis_grid.territory.redraw.lattice import Point, in_degrees
from tests.redraw.ground import place

STATE = "21"
# Units of the lattice for one of the atlas, eastwards and northwards.
FACTOR = (1_280, 320)


@functools.cache
def _topology() -> dict[str, Any]:
    path = settings.BASE_DIR / "node_modules/us-atlas/counties-10m.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _points(arc: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """An arc's points: each is told as the step from the one before."""
    x = y = 0
    found = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        found.append((x, y))
    return found


def _ring(arcs: Sequence[int]) -> list[tuple[int, int]]:
    """Arcs joined; ~i is arc i backwards."""
    found: list[tuple[int, int]] = []
    for index in arcs:
        points = _points(_topology()["arcs"][index if index >= 0 else ~index])
        found += (points if index >= 0 else points[::-1])[1 if found else 0 :]
    return found


def counties() -> dict[str, MultiPolygon]:
    """The counties by name, their land in degrees on the lattice."""
    drawn = {
        f"{one['properties']['name']} {one['id']}": [
            [_ring(ring) for ring in rings]
            for rings in ([one["arcs"]] if one["type"] == "Polygon" else one["arcs"])
        ]
        for one in _topology()["objects"]["counties"]["geometries"]
        if one["id"].startswith(STATE)
    }
    corners = [xy for parts in drawn.values() for rings in parts for ring in rings for xy in ring]
    west, south = min(x for x, _ in corners), min(y for _, y in corners)

    def laid(ring: Sequence[tuple[int, int]]) -> list[Point]:
        return [place((x - west) * FACTOR[0], (y - south) * FACTOR[1]) for x, y in ring]

    def polygon(rings: Sequence[Sequence[tuple[int, int]]]) -> Polygon:
        return Polygon(laid(rings[0]), [laid(ring) for ring in rings[1:]])

    return {
        name: coverage.round_cell(in_degrees(MultiPolygon([polygon(rings) for rings in parts])))
        for name, parts in drawn.items()
    }
