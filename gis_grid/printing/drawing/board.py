"""What all parts of a map draw on: canvas and frame, and what is taken of the paper."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.core.codes import AreaLevel
from gis_grid.core.paper.canvas import Canvas, Ink
from gis_grid.core.paper.labels import Spot, Taken, settled
from gis_grid.core.paper.scales import Bounds, Frame
from gis_grid.core.paper.sizes import Box
from gis_grid.printing.content import Content, House, Way
from gis_grid.printing.ground import Cell, Ground


class Placed(Protocol):
    """Something at a place, with the code of the area that it lies in."""

    @property
    def area(self) -> str: ...
    @property
    def place(self) -> tuple[float, float]: ...


T = TypeVar("T", bound=Placed)


@dataclass(frozen=True)
class Enlarged:
    """A part of the map that is shown once more at a larger scale, for the numbers of its
    households: `bounds` on the ground (metres).
    """

    letter: str
    bounds: Bounds


@dataclass
class Shown:
    """What stands on the map: `keys` for the legend, numbered households by grid for the index."""

    keys: dict[str, int] = field(default_factory=dict)
    index: dict[str, list[House]] = field(default_factory=dict)
    enlarged: list[Enlarged] = field(default_factory=list)
    # Numbers and names for which there was no room.
    numbers_left_out: int = 0
    names_left_out: int = 0

    def saw(self, key: str, count: int = 1) -> None:
        if count:
            self.keys[key] = self.keys.get(key, 0) + count


class Board:
    """One map on one sheet. `unit` scales lines and type, `fine` symbols and small type."""

    def __init__(
        self,
        canvas: Canvas,
        frame: Frame,
        ground: Ground,
        content: Content,
        *,
        unit: float,
        numbered: bool = True,
        changed: frozenset[str] = frozenset(),
        plates: dict[str, int] | None = None,
        part_of: "Board | None" = None,
    ) -> None:
        """`part_of`: the map that this one shows a part of, with the same numbers."""
        self.canvas, self.frame, self.ground, self.content = canvas, frame, ground, content
        self.unit: float = unit
        # Symbols and small type grow less than the sheet.
        self.fine: float = unit**0.5
        self.changed = changed
        self.plates_of = plates or {}
        self.numbered = numbered and ground.level is not AreaLevel.TOWN
        self.taken = Taken(frame.box.inner(0.6))
        # Where households stand close, large symbols give way to each other only.
        self.plates = Taken(frame.box)
        self.seen = frame.seen(2)
        self.plate_of: dict[int, tuple[float, float]] = {}
        self.shown = Shown()
        self.is_part = part_of is not None
        # By identity: two households may be alike in all that is drawn of them.
        self.number_of: dict[int, int] = part_of.number_of if part_of else {}

    def at(self, place: tuple[float, float]) -> tuple[float, float]:
        """A place on the ground (metres) on the paper."""
        x, y = self.frame.box.centre
        k = self.frame.mm_a_metre
        return (
            x + (place[0] - self.frame.middle[0]) * k,
            y - (place[1] - self.frame.middle[1]) * k,
        )

    def on_ground(self, x: float, y: float) -> tuple[float, float]:
        """The place on the ground (metres) of a place on the paper."""
        middle_x, middle_y = self.frame.box.centre
        k = self.frame.mm_a_metre
        return (
            self.frame.middle[0] + (x - middle_x) / k,
            self.frame.middle[1] - (y - middle_y) / k,
        )

    def is_in(self, x: float, y: float) -> bool:
        """Whether a place on the paper lies in the window."""
        box = self.frame.box
        return box.x <= x <= box.right and box.y <= y <= box.bottom

    def take(self, x: float, y: float, rx: float, ry: float | None = None) -> None:
        """No word stands over what is drawn around this place."""
        ry = rx if ry is None else ry
        self.taken.add(Box(x - rx, y - ry, 2 * rx, 2 * ry))

    def take_along(self, line: BaseGeometry) -> None:
        """No name of a road stands on the route that runs over it."""
        step = 0.8 * self.fine
        for number in range(int(line.length / step) + 1):
            point = line.interpolate(number * step)
            self.take(point.x, point.y, step / 2)

    def own(self, things: Sequence[T]) -> list[T]:
        """Those that lie in the area of the sheet and in the window."""
        held = [one for one in things if self.ground.holds(one.area)]
        return [one for one in held if self.is_in(*self.at(one.place))]

    def ways(self, ways: Sequence[Way]) -> list[tuple[Way, BaseGeometry]]:
        """Those in the window, cut to it."""
        shapes = [way.shape for way in ways]
        found = []
        for index in shapely.STRtree(shapes).query(self.seen, predicate="intersects").tolist():
            cut = shapely.intersection(shapes[index], self.seen)
            if not cut.is_empty:
                found.append((ways[index], self.frame.place(cut)))
        return found

    def neighbours(self) -> list[Cell]:
        """Villages around, or the other grids of the village around a grid."""
        ground = self.ground
        others = ground.small if ground.level is AreaLevel.GRID else ground.large
        found = [c for code, c in others.items() if not ground.holds(code)]
        if ground.level is AreaLevel.GRID:
            found += [c for code, c in ground.large.items() if code != ground.area[:12]]
        return [cell for cell in found if cell.shape.intersects(self.seen)]

    def border(self, cells: Sequence[Cell], line: Ink) -> None:
        """Borders of cells, each drawn once: dashes of two would fill each other's gaps."""
        edges = [shapely.boundary(cell.shape) for cell in cells]
        merged = shapely.line_merge(shapely.union_all(edges)) if edges else None
        if merged is not None:
            self.canvas.line(self.frame.place(merged), line)

    def plate(self, place: tuple[float, float], r: float) -> tuple[float, float]:
        """Where a large symbol stands; a thin line and a dot say where it belongs."""
        x, y = self.at(place)
        spot = settled(x, y, r * 1.1, self.taken) or settled(x, y, r * 1.1, self.plates)
        px, py = spot or (x, y)
        self.plates.add(Box(px - r, py - r, 2 * r, 2 * r))
        if (px, py) != (x, y):
            self.canvas.straight(x, y, px, py, Ink("#333333", 0.15 * self.fine))
            self.canvas.circle(x, y, 0.3 * self.fine, fill="#333333")
        self.take(px, py, r * 1.2)
        return px, py

    def lead(self, spot: Spot) -> None:
        """The thin line to a label that stands further off."""
        if spot.from_point is not None:
            x, y = spot.from_point
            thin = Ink("#999999", 0.1 * self.fine)
            # To the label's edge, not through it.
            self.canvas.straight(x, y, x + (spot.x - x) * 0.72, y + (spot.y - y) * 0.72, thin)

    def house_r(self, house: House) -> float:
        """Radius of its symbol."""
        is_town = self.ground.level is AreaLevel.TOWN
        r = (0.8 if is_town else 1.1) if house.tags else (0.35 if is_town else 0.55)
        return r * self.fine
