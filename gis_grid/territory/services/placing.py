"""Placing many points by themselves, while the database has other work."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray

from gis_grid.core.codes import AreaLevel, code_at

_STAMP = "SELECT coalesce(sum(version), 0) FROM territory_dataversion WHERE layer = 'grids'"
_GRIDS = """
SELECT g.grid_id, i.code, ST_AsBinary(g.geom)
FROM territory_gridversion g JOIN territory_grid i ON i.id = g.grid_id
WHERE upper(g.validity) IS NULL AND i.level = 'small'
    AND g.geom && ST_MakeEnvelope(%s, %s, %s, %s, 4490)
ORDER BY i.code
"""
# What is read at once reaches so much of its size beyond what is asked for.
_BEYOND = 0.5


class Placer:
    """The small grids of today, as far as points ask for them: the rule of `located._ARRIVE`.

    A publish may come between: `still_holds` says whether none has since this was made.
    `wait` is called before the database is asked.
    """

    def __init__(self, wait: Callable[[], object] = lambda: None) -> None:
        self._wait = wait
        # Before any grid is read: what is published meanwhile is then noticed, not missed.
        self._stamp = _stamp()
        self._frame = np.array([np.inf, np.inf, -np.inf, -np.inf])
        self._ids = np.zeros(0, dtype=np.int64)
        self._codes: list[str] = []
        self._shapes: NDArray[Any] = np.zeros(0, dtype=object)
        self._tree = shapely.STRtree([])
        self._of_village: dict[str, list[int]] = {}

    def still_holds(self) -> bool:
        """Whether the grids are still those that the points were placed in."""
        return _stamp() == self._stamp

    def place(
        self, xy: NDArray[np.float64], villages: Sequence[str]
    ) -> tuple[list[int | None], list[str | None]]:
        """Grid id and code of each point (n, 2) in lon/lat degrees CGCS2000, None in no grid.

        A point on a border belongs to the lowest code. `villages` say where each is thought to
        lie: looked up there first, most are found in a third of the time.
        """
        if not len(xy):
            return [], []
        self._read(np.concatenate([xy.min(axis=0), xy.max(axis=0)]))
        nowhere = len(self._codes)
        found = np.full(len(xy), nowhere)
        self._inside_own(xy, villages, found)
        rest = np.flatnonzero(found == nowhere)
        if rest.size:
            self._anywhere(xy, rest, found)
        ids: list[int | None] = [*self._ids.tolist(), None]
        codes: list[str | None] = [*self._codes, None]
        return [ids[at] for at in found.tolist()], [codes[at] for at in found.tolist()]

    def _inside_own(
        self, xy: NDArray[np.float64], villages: Sequence[str], found: NDArray[np.int64]
    ) -> None:
        """Points amid a grid of their village: no other can hold them."""
        names, which = np.unique(np.array(villages, dtype=np.str_), return_inverse=True)
        for at, name in enumerate(names.tolist()):
            rows = np.flatnonzero(which == at)
            for grid in self._of_village.get(name, ()):
                inside = shapely.contains_xy(self._shapes[grid], *xy[rows].T)
                found[rows[inside]] = grid
                rows = rows[~inside]

    def _anywhere(
        self, xy: NDArray[np.float64], rows: NDArray[np.int64], found: NDArray[np.int64]
    ) -> None:
        points: Any = shapely.points(xy[rows])
        which, grids = self._tree.query(points)
        inside = shapely.intersects_xy(self._shapes[grids], *xy[rows[which]].T)
        np.minimum.at(found, rows[which[inside]], grids[inside])

    def _read(self, wanted: NDArray[np.float64]) -> None:
        """Have the grids of `wanted` (west, south, east, north) at hand."""
        frame = self._frame
        if (wanted[:2] >= frame[:2]).all() and (wanted[2:] <= frame[2:]).all():
            return
        low, high = np.minimum(frame[:2], wanted[:2]), np.maximum(frame[2:], wanted[2:])
        margin = (high - low) * _BEYOND
        self._frame = np.concatenate([low - margin, high + margin])
        self._wait()
        with connection.cursor() as cursor:
            cursor.execute(_GRIDS, self._frame.tolist())
            rows = cursor.fetchall()
        self._ids = np.array([row[0] for row in rows], dtype=np.int64)
        self._codes = [row[1] for row in rows]
        self._shapes = shapely.from_wkb([bytes(row[2]) for row in rows])
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self._of_village = {}
        for at, code in enumerate(self._codes):
            self._of_village.setdefault(code_at(code, AreaLevel.VILLAGE), []).append(at)


def _stamp() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        return int(cursor.fetchone()[0])
