"""The ground of a print: grids and villages as the person sees them, in metres of the zone."""

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_grid.accounts.models import User
from gis_grid.core.codes import AreaLevel, ancestors, level_of, prefix_of
from gis_grid.core.crs import to_zone, zone_epsg
from gis_grid.core.errors import StateError
from gis_grid.core.paper.scales import Bounds
from gis_grid.duties.selectors import Answering, posts_held_in
from gis_grid.households.selectors import statistics
from gis_grid.territory.models import Grid, GridVersion, Region
from gis_grid.territory.selectors import place_names
from gis_grid.territory.services.gridversions import stored

# So much of its size is read around an area: a sheet may be of quite another form.
_AROUND = 0.8


@dataclass(frozen=True)
class Cell:
    """A small grid or a village; `shape` in metres."""

    code: str
    name: str
    kind: str
    shape: BaseGeometry
    area_m2: float
    since: dt.date

    @property
    def village(self) -> str:
        return self.code[:12]


@dataclass(frozen=True)
class Ground:
    """All that the sheets of one print are drawn on; `area` is what a sheet is about."""

    area: str
    lon: float
    small: Mapping[str, Cell]
    large: Mapping[str, Cell]
    names: Mapping[str, str]
    counts: Mapping[str, Mapping[str, int]]
    people: Mapping[str, list[Answering]]
    is_demo: bool

    @property
    def level(self) -> AreaLevel:
        return level_of(self.area)

    @property
    def name(self) -> str:
        return self.names.get(self.area, self.area)

    @property
    def above(self) -> list[str]:
        """Names of the places that the area lies in, the largest first, from the county down."""
        codes = [code for code in reversed(ancestors(self.area)[1:]) if code in self.names]
        return [self.names[code] for code in codes if code[4:6] != "00"]

    def holds(self, code: str) -> bool:
        """Whether the area is or holds what has this code."""
        return code.startswith(_prefix(self.area))

    @property
    def cells(self) -> list[Cell]:
        """The small grids of the area, by code."""
        return [cell for code, cell in self.small.items() if self.holds(code)]

    @property
    def villages(self) -> list[Cell]:
        """The villages of the area; for a grid the one that it lies in."""
        if self.level is AreaLevel.GRID:
            own = self.large.get(self.area[:12])
            return [own] if own else []
        return [cell for code, cell in self.large.items() if self.holds(code)]

    @property
    def outline(self) -> BaseGeometry:
        return shapely.coverage_union_all([cell.shape for cell in self.cells])

    @property
    def bounds(self) -> Bounds:
        west, south, east, north = shapely.total_bounds([c.shape for c in self.cells]).tolist()
        return west, south, east, north

    @property
    def since(self) -> dt.date:
        """The day from which the newest of its boundaries holds."""
        return max(cell.since for cell in self.cells)

    @property
    def area_m2(self) -> float:
        return sum(cell.area_m2 for cell in self.cells)

    def about(self, area: str) -> "Ground":
        """The same ground for a sheet of another area in it."""
        return replace(self, area=area)


# Asked of every household of every sheet.
_prefix = functools.lru_cache(maxsize=500)(prefix_of)


class Metres:
    """From stored lon/lat to metres of one zone, for all sheets of a print."""

    def __init__(self, lon: float) -> None:
        self._zone = to_zone(zone_epsg(lon))

    def __call__(self, shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, self._metres)

    def _metres(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(self._zone.transform(lonlat[:, 0], lonlat[:, 1]))

    def of(self, geom: GEOSGeometry) -> BaseGeometry:
        """The same for what the database holds."""
        return self(shapely.from_wkb(bytes(geom.wkb)))


class Degrees(Metres):
    """Left as it is stored, for maps on a screen."""

    def __call__(self, shape: BaseGeometry) -> BaseGeometry:
        return shape


def ground_of(user: User, area: str, to: type[Metres] = Metres) -> Ground:
    """The ground around the area as the person sees it; StateError where no grid is published."""
    prefix = prefix_of(area)
    seen = GridVersion.objects.visible_to(user).at().select_related("grid")
    own = list(seen.filter(grid__code__startswith=prefix, grid__level=Grid.Level.SMALL))
    if not own:
        raise StateError(_("No boundary is published here yet, so there is nothing to print."))
    west, south, east, north = shapely.total_bounds(
        [shapely.from_wkb(bytes(one.geom.wkb)) for one in own]
    ).tolist()
    wide, high = (east - west) * _AROUND, (north - south) * _AROUND
    room = stored(shapely.box(west - wide, south - high, east + wide, north + high))
    around = Q(geom__bboverlaps=room)
    siblings = Q(grid__code__startswith=area[:9])
    large = seen.filter(around | siblings, grid__level=Grid.Level.LARGE)
    near = seen.filter(around, grid__level=Grid.Level.SMALL, grid__code__startswith=area[:12])
    small = {one.pk: one for one in (*own, *near)}.values()
    metres = to((west + east) / 2)
    codes = [one.grid.code for one in own]
    asked = sorted({area, *codes, *(code[:12] for code in codes)})
    names = place_names({*asked, *ancestors(area)})
    return Ground(
        area=area,
        lon=(west + east) / 2,
        small=_cells(small, metres),
        large=_cells(large, metres),
        names=names,
        counts=statistics(user=user, codes=asked),
        people=posts_held_in(user, asked),
        is_demo=Region.objects.filter(
            code__in=[code for code in ancestors(area) if len(code) == 12],
            level__in=[Region.Level.TOWN, Region.Level.VILLAGE],
            is_demo=True,
        ).exists(),
    )


def _cells(versions: Iterable[GridVersion], metres: Metres) -> dict[str, Cell]:
    found = {
        one.grid.code: Cell(
            code=one.grid.code,
            name=one.name,
            kind=one.kind,
            shape=metres.of(one.geom),
            area_m2=one.area_m2,
            since=timezone.localdate(one.validity.lower),
        )
        for one in versions
    }
    return dict(sorted(found.items()))
