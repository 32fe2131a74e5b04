"""Coverages to draw on: each a valid one, of a kind that operations find hard.

All vertices lie on the 1e-7° lattice. `Units` are rings in whole units, as `lattice` has them.
"""

import itertools
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence

import shapely
from shapely.geometry import MultiPolygon, Polygon

from gis_grid.territory import coverage
from gis_grid.territory.redraw.lattice import Point, in_degrees
from gis_grid.territory.redraw.sheet import DraftCell

VILLAGES = ("431024111200", "431024111201", "431024111202")
# The south-western corner, in units.
WEST, SOUTH = 1_124_000_000, 256_000_000
# A grid is some 400 m wide.
STEP = 40_000

Units = Sequence[Point]
Cells = dict[str, DraftCell]
Maker = Callable[[random.Random], Cells]


def place(x: float, y: float) -> Point:
    """A lattice point, counted in units from the corner."""
    return (float(WEST + round(x)), float(SOUTH + round(y)))


def shape_of(*rings: Units) -> MultiPolygon:
    return coverage.round_cell(in_degrees(Polygon(rings[0], rings[1:])))


def sheet_of(shapes: Iterable[MultiPolygon], villages: int = 2) -> Cells:
    """Cells in villages side by side, from west to east."""
    ordered = sorted(shapes, key=lambda shape: (shape.centroid.x, shape.centroid.y))
    made: Cells = {}
    for index, shape in enumerate(ordered):
        village = VILLAGES[index * villages // len(ordered)]
        code = f"{village}{index + 1:03d}"
        kind = "enclave" if len(shape.geoms) > 1 else "small"
        made[code] = DraftCell(village, f"网格{index + 1}", kind, shape)
    return made


def _crooked(ring: Units, rng: random.Random, bends: dict[frozenset[Point], list[Point]]) -> Units:
    """The ring with its sides bent; a side that two rings share bends for both alike."""
    made: list[Point] = []
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        side = frozenset((a, b))
        low, high = min(a, b), max(a, b)
        length = math.dist(a, b)
        if side not in bends:
            count = min(rng.choice([0, 1, 3, 6]), int(length / 4_000))
            parts = [(i + 1) / (count + 1) for i in range(count)]
            swing = length / (count + 1) * 0.15
            bends[side] = [
                (
                    float(round(low[0] + (high[0] - low[0]) * t + rng.uniform(-swing, swing))),
                    float(round(low[1] + (high[1] - low[1]) * t + rng.uniform(-swing, swing))),
                )
                for t in parts
            ]
        made += [a, *(bends[side] if a == low else bends[side][::-1])]
    return made


def voronoi(rng: random.Random) -> Cells:
    """Crooked cells with three at a corner."""
    size = STEP * 4
    seeds = [place(rng.uniform(0, size), rng.uniform(0, size)) for _ in range(rng.randint(14, 22))]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds)))
    frame = shapely.box(*place(-STEP, -STEP), *place(size + STEP, size + STEP))
    bends: dict[frozenset[Point], list[Point]] = {}
    shapes = []
    for cell in cells:
        if frame.contains(cell):
            ring = [
                (float(round(x)), float(round(y)))
                for x, y in shapely.get_coordinates(cell)[:-1].tolist()
            ]
            shapes.append(shape_of(_crooked(ring, rng, bends)))
    return sheet_of(shapes)


def boxes(rng: random.Random) -> Cells:
    """Axis-parallel ones, four at a corner, some corners moved off the square."""
    crooked = rng.random() < 0.5

    def corner(i: int, j: int) -> Point:
        if crooked and 0 < i < 4 and 0 < j < 4:
            return place(i * STEP + shifts[i][j][0], j * STEP + shifts[i][j][1])
        return place(i * STEP, j * STEP)

    shifts = [
        [(rng.randint(-9_000, 9_000), rng.randint(-9_000, 9_000)) for _ in range(5)]
        for _ in range(5)
    ]
    return sheet_of(
        shape_of([corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)])
        for i in range(4)
        for j in range(4)
    )


def strips(rng: random.Random) -> Cells:
    """Thin as alleys and a kilometre long, their borders near-parallel: one drifts from the next
    by units.
    """
    length, y = STEP * 3, 0.0
    borders = []
    widths = [rng.choice([350, 500, 900, 4_000]) for _ in range(rng.randint(4, 8))]
    # At the rim wider than a slit: what is beyond belongs to nobody.
    for width in (900, *widths, 900, 0):
        drift = rng.randint(-9, 9)
        middle = (length * rng.uniform(0.2, 0.8), y + drift / 2 + rng.randint(-2, 2))
        borders.append([place(0, y), place(*middle), place(length, y + drift)])
        y += width
    return sheet_of(shape_of([*low, *reversed(high)]) for low, high in itertools.pairwise(borders))


def near_vertices(rng: random.Random) -> Cells:
    """Borders with vertices that lie a unit off the straight line, and units from each other."""

    def border(x: float, lean: int) -> list[Point]:
        made = [place(x, 0)]
        y = 0
        while (y := y + rng.choice([1, 2, 3, 700, 5_000, 12_000])) < 3 * STEP:
            made.append(place(x + lean * y / (3 * STEP) + rng.choice([-1, 0, 0, 1]), y))
        return [*made, place(x + lean, 3 * STEP)]

    borders = [border(i * STEP / 2, rng.choice([0, 0, 7, 1_000])) for i in range(6)]
    return sheet_of(
        shape_of([*right, *reversed(left)]) for left, right in itertools.pairwise(borders)
    )


def rings(rng: random.Random) -> Cells:
    """A ring round an inner grid in two halves, and an enclave: one part of it in that ring too,
    the other beyond a neighbour.
    """
    bends: dict[frozenset[Point], list[Point]] = {}

    def quad(west: float, south: float, east: float, north: float) -> list[Point]:
        corners = [(west, south), (east, south), (east, north), (west, north)]
        return [place(x * STEP, y * STEP) for x, y in corners]

    def bent(ring: Units) -> Units:
        return _crooked(ring, rng, bends)

    hole, small = quad(1, 1, 2, 2), quad(0.25, 0.25, 0.5, 0.5)
    enclave = [Polygon(bent(small)), Polygon(bent(quad(4, 0, 5, 3)))]
    return sheet_of(
        [
            shape_of(bent(quad(0, 0, 3, 3)), bent(hole), bent(small)),
            shape_of(bent([hole[0], hole[1], hole[2]])),
            shape_of(bent([hole[0], hole[2], hole[3]])),
            shape_of(bent(quad(3, 0, 4, 3))),
            coverage.round_cell(in_degrees(MultiPolygon(enclave))),
        ]
    )


def _sound(make: Maker) -> Maker:
    """Bends at an acute corner may cross each other: then another draw."""

    def made(rng: random.Random) -> Cells:
        while True:
            sheet = make(rng)
            if not coverage.coverage_issues({code: cell.shape for code, cell in sheet.items()}):
                return sheet

    return made


GROUNDS: Mapping[str, Maker] = {
    "voronoi": _sound(voronoi),
    "boxes": _sound(boxes),
    "strips": strips,
    "near vertices": near_vertices,
    "rings": _sound(rings),
}
