"""Operations as a hand might ask for them, made from a random source: often sensible, sometimes
not, and fond of places where geometry is hard.
"""

import itertools
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import shapely

from gis_grid.territory.redraw.sheet import DraftCell

Asked = dict[str, Any]
Sheet = Mapping[str, DraftCell]
UNIT = 1e-7


class Hand:
    """Asks for operations on a sheet, one after another."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        # Codes asked for by hand; those allotted begin at 001.
        self._codes = itertools.count(500)

    def ask(self, sheet: Sheet) -> Asked:
        code = self._rng.choice(sorted(sheet))
        kinds = [
            self._split, self._split, self._merge, self._reshape, self._reshape, self._move,
            self._move, self._transfer, self._transfer, self._create, self._describe,
            self._recode,
        ]  # fmt: skip
        return self._rng.choice(kinds)(sheet, code)

    def _split(self, sheet: Sheet, code: str) -> Asked:
        cell = sheet[code]
        lines = [self._line(cell) for _ in range(self._rng.choice([1, 1, 1, 2, 3]))]
        if self._rng.random() < 0.1:
            lines = [self._loop(cell)]
        return {"type": "split", "grid": code, "lines": lines}

    def _merge(self, sheet: Sheet, code: str) -> Asked:
        other = self._rng.choice(self._beside(sheet, code) or sorted(sheet))
        return {"type": "merge", "grids": [code, other], "keep": code}

    def _reshape(self, sheet: Sheet, code: str) -> Asked:
        line = self._line(sheet[code], most=6)
        if self._rng.random() < 0.5:
            line[0], line[-1] = self._on_border(sheet[code]), self._on_border(sheet[code])
        grids = [code, *self._beside(sheet, code)] if self._rng.random() < 0.3 else []
        return {"type": "reshape", "line": line, "grids": grids}

    def _move(self, sheet: Sheet, code: str) -> Asked:
        points = shapely.get_coordinates(sheet[code].shape).tolist()
        at = self._rng.randrange(len(points) - 1)
        a, b = points[at], points[at + 1]
        ways = self._rng.random()
        if ways < 0.2:
            between = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
            return {"type": "move_nodes", "insert": [{"between": [a, b], "at": self._off(between)}]}
        if ways < 0.3:
            return {"type": "move_nodes", "remove": [a]}
        if ways < 0.4:
            # Onto the next vertex: one of both has to go, or the step.
            return {"type": "move_nodes", "moves": [{"from": a, "to": b}]}
        moves = [{"from": a, "to": self._off(a)}]
        if ways < 0.6:
            shift = [x - y for x, y in zip(moves[0]["to"], a, strict=True)]
            moves.append({"from": b, "to": [b[0] - shift[0], b[1] - shift[1]]})
        return {"type": "move_nodes", "moves": moves}

    def _transfer(self, sheet: Sheet, code: str) -> Asked:
        to = self._rng.choice(self._beside(sheet, code) or sorted(sheet))
        if self._rng.random() < 0.3:
            to = sheet[to].village
        area = None if self._rng.random() < 0.2 else [self._loop(sheet[code])]
        return {"type": "transfer", "source": code, "to": to, "area": area}

    def _create(self, sheet: Sheet, code: str) -> Asked:
        cell = sheet[code]
        return {
            "type": "create",
            "village": cell.village,
            "area": [self._loop(cell)],
            "name": "新网格",
        }

    def _describe(self, sheet: Sheet, code: str) -> Asked:
        if self._rng.random() < 0.5:
            return {"type": "rename", "grid": code, "name": f"网格{self._rng.randint(1, 99)}"}
        kind = self._rng.choice(["small", "void", "enclave"])
        return {"type": "set_kind", "grid": code, "kind": kind}

    def _recode(self, sheet: Sheet, code: str) -> Asked:
        village = sheet[self._rng.choice([code, *sheet])].village
        return {"type": "recode", "grid": code, "code": f"{village}{next(self._codes):03d}"}

    @staticmethod
    def _beside(sheet: Sheet, code: str) -> list[str]:
        shape = sheet[code].shape
        return [c for c in sorted(sheet) if c != code and sheet[c].shape.intersects(shape)]

    def _line(self, cell: DraftCell, most: int = 4) -> list[list[float]]:
        return [self._spot(cell) for _ in range(self._rng.randint(2, most))]

    def _loop(self, cell: DraftCell) -> list[list[float]]:
        """A closed ring round some place, some of its corners on hard spots."""
        x, y = self._free(cell, 0.9)
        west, south, east, north = cell.shape.bounds
        radius = self._rng.uniform(0.1, 0.5)
        count = self._rng.randint(3, 12)
        ring = [
            [
                x + (east - west) * radius * math.cos(2 * math.pi * i / count),
                y + (north - south) * radius * math.sin(2 * math.pi * i / count),
            ]
            for i in range(count)
        ]
        if self._rng.random() < 0.4:
            ring[self._rng.randrange(count)] = self._spot(cell)
        return [*ring, ring[0]]

    def _spot(self, cell: DraftCell) -> list[float]:
        ways = self._rng.random()
        if ways < 0.4:
            return self._free(cell, 1.3)
        if ways < 0.6:
            return self._on_border(cell)
        place = self._rng.choice(shapely.get_coordinates(cell.shape).tolist())
        if ways < 0.8:
            return list(place)
        near = self._rng.choice([place, self._on_border(cell)])
        return [near[0] + self._units(3), near[1] + self._units(3)]

    def _units(self, most: int) -> float:
        return self._rng.randint(-most, most) * UNIT

    def _free(self, cell: DraftCell, spread: float) -> list[float]:
        west, south, east, north = cell.shape.bounds
        x, y = cell.shape.representative_point().coords[0]
        half = spread / 2
        return [
            x + (east - west) * self._rng.uniform(-half, half),
            y + (north - south) * self._rng.uniform(-half, half),
        ]

    def _on_border(self, cell: DraftCell) -> list[float]:
        point = cell.shape.boundary.interpolate(self._rng.random(), normalized=True)
        return [point.x, point.y]

    def _off(self, place: Sequence[float]) -> list[float]:
        reach = self._rng.choice([2, 30, 300, 3_000, 20_000])
        return [place[0] + self._units(reach), place[1] + self._units(reach)]
