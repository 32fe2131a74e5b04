"""Borders as edges, and lines put into them node by node.

All coordinates are lattice units. A line that crosses a border gets a vertex there, and so
has every cell at that border: neighbours stay matched vertex for vertex. Crossings are
rounded to the lattice, which moves a border by at most half a unit diagonally; where a rule
needs it (`keep_exact`), a second vertex takes the area back.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from gis_grid.territory.redraw.lattice import TOUCH, Point, balanced, crossing

Key = tuple[Point, Point]
# How often a line may be led aside within one of its segments.
_DEEPEST = 8


def key_of(a: Point, b: Point) -> Key:
    return (a, b) if a < b else (b, a)


def edges_of(shape: MultiPolygon) -> list[tuple[Point, Point]]:
    found = []
    for polygon in shape.geoms:
        for ring in (polygon.exterior, *polygon.interiors):
            points = [tuple(xy) for xy in shapely.get_coordinates(ring).tolist()]
            found += list(itertools.pairwise(points))
    return found


@dataclass
class Linework:
    """The borders of some cells, and lines drawn among them.

    `owners` tells the cells at each border edge; `keep_exact(owners)` whether no side of an
    edge may win or lose any area. `only` is the one cell whose borders lines are put into,
    None for all. `pieces` are the drawn edges that are no border.
    """

    shapes: Mapping[str, MultiPolygon]
    keep_exact: Callable[[frozenset[str]], bool]
    only: str | None = None
    owners: dict[Key, set[str]] = field(default_factory=dict)
    pieces: set[Key] = field(default_factory=set)
    # Border edges that have got vertices: the whole chain between their two ends.
    chains: dict[Key, list[Point]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code, shape in self.shapes.items():
            for a, b in edges_of(shape):
                self.owners.setdefault(key_of(a, b), set()).add(code)
        self._origin: dict[Key, Key] = {key: key for key in self.owners}
        self._keys: list[Key] = [
            key for key, owners in self.owners.items() if self.only in (None, *owners)
        ]
        self._alive = [True] * len(self._keys)
        self._array = np.array(self._keys, dtype=np.float64).reshape(-1, 4)

    def draw(self, points: Iterable[Point]) -> None:
        """Put the line through `points` (whole units) into the linework."""
        last: Point | None = None
        for point in points:
            here = self._anchor(point)
            if last is not None and here != last:
                self._draw_segment(last, here)
            last = here

    def _anchor(self, point: Point) -> Point:
        """Where the line really bends: the vertex or border that `point` touches, or itself."""
        near = self._near(point, point)
        for index in near:
            for end in self._keys[index]:
                if _length(end, point) <= TOUCH:
                    return end
        for index in near:
            key = self._keys[index]
            if _is_beside(point, *key) and _distance(point, *key) <= TOUCH:
                return self._insert(index, point)
        return point

    def _draw_segment(self, p: Point, q: Point, depth: int = 0) -> None:
        d = np.subtract(q, p)
        length2 = float(d @ d)
        nodes: dict[Point, float] = {p: 0.0, q: 1.0}
        astray: set[Point] = set()
        candidates = self._near(p, q)
        for index in candidates:
            for end in self._keys[index]:
                t = float(np.subtract(end, p) @ d) / length2
                if end not in nodes and 0 < t < 1 and _distance(end, p, q) <= TOUCH:
                    nodes[end] = t
        for index in candidates:
            key = self._keys[index]
            if key[0] not in nodes and key[1] not in nodes and _cross(p, q, *key):
                meant = crossing(p, q, *key)
                node = self._insert(index, meant)
                nodes[node] = float(np.subtract(node, p) @ d) / length2
                if _length(node, meant) > TOUCH:
                    astray.add(node)
        ordered = sorted(nodes, key=lambda node: nodes[node])
        for a, b in itertools.pairwise(ordered):
            if depth < _DEEPEST and not astray.isdisjoint((a, b)):
                # Led aside, the line may cross what the straight one does not.
                self._draw_segment(a, b, depth + 1)
            else:
                self._add_piece(a, b)

    def _near(self, p: Point, q: Point) -> list[int]:
        low, high = np.minimum(p, q) - 2, np.maximum(p, q) + 2
        edges = self._array
        ends_low = np.minimum(edges[:, :2], edges[:, 2:])
        ends_high = np.maximum(edges[:, :2], edges[:, 2:])
        hit = np.flatnonzero((ends_low <= high).all(axis=1) & (ends_high >= low).all(axis=1))
        return [int(i) for i in hit if self._alive[i]]

    def _insert(self, index: int, node: Point) -> Point:
        """Set `node` into the edge; answers the vertex that the line has to run through."""
        key = self._keys[index]
        a, b = key
        if node in key:
            return node
        made = [node]
        owners = self.owners.get(key)
        if owners is not None and self.keep_exact(frozenset(owners)):
            made = balanced(a, b, node)
            if not made:
                # Too short for any: the line runs through the nearer end instead.
                return min(key, key=lambda end: _length(end, node))
        self._replace(index, [a, *made, b])
        return min(made, key=lambda vertex: _length(vertex, node))

    def _replace(self, index: int, chain: list[Point]) -> None:
        key = self._keys[index]
        self._alive[index] = False
        steps = [key_of(u, v) for u, v in itertools.pairwise(chain)]
        owners = self.owners.pop(key, None)
        if owners is None:
            self.pieces.discard(key)
            self.pieces.update(steps)
        else:
            origin = self._origin.pop(key)
            whole = self.chains.get(origin, list(origin))
            self.chains[origin] = _spliced(whole, chain)
            for step in steps:
                self.owners[step] = set(owners)
                self._origin[step] = origin
        self._grow(steps)

    def _add_piece(self, a: Point, b: Point) -> None:
        key = key_of(a, b)
        if a == b or key in self.owners or key in self.pieces:
            return
        self.pieces.add(key)
        self._grow([key])

    def _grow(self, keys: list[Key]) -> None:
        self._keys += keys
        self._alive += [True] * len(keys)
        self._array = np.vstack([self._array, np.array(keys, dtype=np.float64).reshape(-1, 4)])

    def noded(self, code: str) -> MultiPolygon:
        """The cell with the vertices that the lines have set into its borders."""
        shape = self.shapes[code]
        if not self.chains:
            return shape
        return MultiPolygon(
            [
                Polygon(self._ring(part.exterior), [self._ring(ring) for ring in part.interiors])
                for part in shape.geoms
            ]
        )

    def _ring(self, ring: shapely.LinearRing) -> list[Point]:
        points = [tuple(xy) for xy in shapely.get_coordinates(ring).tolist()]
        made = [points[0]]
        for a, b in itertools.pairwise(points):
            chain = self.chains.get(key_of(a, b))
            if chain is None:
                made.append(b)
            else:
                made += chain[1:] if chain[0] == a else chain[-2::-1]
        return made

    def touched(self) -> set[str]:
        """Cells whose borders have got vertices."""
        return {code for key in self.chains for code in self._owners_of_chain(key)}

    def _owners_of_chain(self, origin: Key) -> set[str]:
        chain = self.chains[origin]
        return self.owners[key_of(chain[0], chain[1])]

    def faces(self, code: str) -> list[Polygon]:
        """The pieces that the drawn lines cut the cell into; one where they don't divide it."""
        cell = self.noded(code)
        return _faces(cell, [key_of(a, b) for a, b in edges_of(cell)], self.pieces)

    def free_faces(self, area: Polygon) -> list[Polygon]:
        """Pieces of `area` that lie in no cell, bounded by drawn lines and borders."""
        lines = shapely.linestrings([*self.owners, *self.pieces])
        found = shapely.get_parts(shapely.polygonize(list(lines)))
        inner = shapely.point_on_surface(found)
        kept = shapely.contains(area, inner)
        for code in self.shapes:
            kept &= ~shapely.contains(self.noded(code), inner)
        return list(found[kept])


def _faces(cell: MultiPolygon, own: list[Key], pieces: Iterable[Key]) -> list[Polygon]:
    drawn = list(pieces)
    if not drawn:
        return list(cell.geoms)
    middles = np.array(drawn, dtype=np.float64).mean(axis=1)
    inside = shapely.contains_xy(cell, middles[:, 0], middles[:, 1])
    kept = [key for key, is_inside in zip(drawn, inside, strict=True) if is_inside]
    lines = shapely.linestrings([*own, *kept])
    faces = shapely.get_parts(shapely.polygonize(list(lines)))
    within = shapely.contains(cell, shapely.point_on_surface(faces))
    return list(faces[within])


def _length(a: Point, b: Point) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def _distance(point: Point, a: Point, b: Point) -> float:
    """From a point to the line through a and b."""
    length = _length(a, b)
    return abs((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])) / length


def _is_beside(point: Point, a: Point, b: Point) -> bool:
    """True where the foot of the point lies between a and b."""
    d = np.subtract(b, a)
    t = float(np.subtract(point, a) @ d) / float(d @ d)
    return 0 < t < 1


def _cross(p: Point, q: Point, a: Point, b: Point) -> bool:
    """True where the segments cross properly: neither has an end on the other."""
    return _sides(p, q, a, b) < 0 and _sides(a, b, p, q) < 0


def _sides(p: Point, q: Point, a: Point, b: Point) -> float:
    ux, uy = q[0] - p[0], q[1] - p[1]
    left = ux * (a[1] - p[1]) - uy * (a[0] - p[0])
    right = ux * (b[1] - p[1]) - uy * (b[0] - p[0])
    return float(np.sign(left) * np.sign(right))


def _spliced(whole: list[Point], chain: list[Point]) -> list[Point]:
    """`whole` with its step from chain's one end to the other replaced by `chain`."""
    for i, (u, v) in enumerate(itertools.pairwise(whole)):
        if (u, v) == (chain[0], chain[-1]):
            return [*whole[:i], *chain, *whole[i + 2 :]]
        if (v, u) == (chain[0], chain[-1]):
            return [*whole[:i], *chain[::-1], *whole[i + 2 :]]
    raise AssertionError("the step is part of the chain")
