"""What system coordinates are in, and their way to CGCS2000. Pure: knows no framework.

A datum is named by a word: in degrees `wgs84`, `cgcs2000`, `gcj02` (高德, 腾讯, 奥维), `bd09`
(百度), or `epsg:N` for what PROJ knows; `:yx` behind it says that the two axes are swapped.
Eastings of Gauss–Krüger zones with a zone number in front (38 500 000) and without one are
systems of their own, as they are in EPSG.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import geocoordinates_ffi as geo
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gis_grid.core.crs import CGCS2000, in_country

Points = NDArray[np.float64]
Box = tuple[float, float, float, float]
SWAPPED = ":yx"
DEGREES = ("wgs84", "cgcs2000", "gcj02", "bd09")
# Where PROJ has nothing to move: they agree to a few centimetres.
AS_IT_IS = frozenset({4326, 4490, 4979, 4480})
# CGCS2000 / Gauss–Krüger: EPSG code of the first zone, number of the first zone, zones.
_PREFIXED_3 = (4513, 25, 21)
_PREFIXED_6 = (4491, 13, 11)
_MERIDIAN_3 = (4534, 75, 21)
_MERIDIAN_6 = (4502, 75, 11)
_MERCATOR = 3857
# So much of the points must lie in the box for a system to be thought of at all.
_ENOUGH = 0.5
# A web map is off by 100 to 700 m in China: what moves by that was drawn on one.
WEB_MAP_JUMP_M = (100.0, 700.0)


@dataclass(frozen=True)
class Candidate:
    """A system that the points may be in: how many of them then lie in the box (0 to 1)."""

    datum: str
    inside: float


def zones() -> dict[str, str]:
    """Datum → what people call the zone: every CGCS2000 zone of 3° and of 6°."""
    found = {}
    for (first, number, count), width in ((_PREFIXED_3, 3), (_PREFIXED_6, 6)):
        for i in range(count):
            zone = number + i
            meridian = zone * 3 if width == 3 else zone * 6 - 3
            found[f"epsg:{first + i}"] = f"{width}° · {zone} · {meridian}°E · {zone} xxx xxx m"
    for (first, meridian, count), width in ((_MERIDIAN_3, 3), (_MERIDIAN_6, 6)):
        for i in range(count):
            found[f"epsg:{first + i}"] = f"{width}° · {meridian + i * width}°E · 500 000 m"
    return found


def is_datum(name: str) -> bool:
    base = name.removesuffix(SWAPPED)
    if base in DEGREES:
        return True
    number = base.removeprefix("epsg:")
    return base.startswith("epsg:") and number.isdecimal() and _known(int(number))


def _known(number: int) -> bool:
    try:
        system = CRS.from_epsg(number)
    except CRSError:
        return False
    return bool(system.is_geographic or system.is_projected)


def to_cgcs2000(points: Points, datum: str) -> Points:
    """(n, 2) coordinates in `datum` as lon/lat degrees of CGCS2000; what can't be is not finite.

    Rounded to the lattice of 1e-7° that everything is stored on. ValueError for no datum.
    """
    if not is_datum(datum):
        raise ValueError(f"{datum[:40]} is no datum")
    base = datum.removesuffix(SWAPPED)
    xy = points[:, ::-1] if datum.endswith(SWAPPED) else points
    if base == "gcj02":
        xy = _each(xy, lambda lon, lat: geo.gcj02_to_wgs84_refined(geo.Gcj02(lat=lat, lon=lon)))
    elif base == "bd09":
        xy = _each(xy, lambda lon, lat: geo.bd09_to_wgs84_refined(geo.Bd09(lat=lat, lon=lon)))
    elif base.startswith("epsg:") and int(base[5:]) not in AS_IT_IS:
        transformer = Transformer.from_crs(int(base[5:]), CGCS2000, always_xy=True)
        xy = np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    return np.asarray(np.round(xy, 7), dtype=np.float64)


def _each(xy: Points, turned: Callable[[float, float], Any]) -> Points:
    out = np.full(xy.shape, np.nan)
    for i, (lon, lat) in enumerate(xy.tolist()):
        # The offset of web maps is defined in China alone.
        if in_country(lon, lat):
            place = turned(lon, lat)
            out[i] = place.lon, place.lat
    return out


def candidates(points: Points, box: Box) -> list[Candidate]:
    """Systems in which most of the points lie in `box` (lon/lat), the likeliest first.

    Of systems that place all points alike only one is named.
    """
    held = points[np.isfinite(points).all(axis=1)]
    if not len(held):
        return []
    found: list[Candidate] = []
    for datum in _thinkable(held):
        share = _inside(to_cgcs2000(held, datum), box)
        if share >= _ENOUGH:
            found.append(Candidate(datum, share))
    return sorted(found, key=lambda one: -one.inside)


def _thinkable(points: Points) -> Iterator[str]:
    """Systems that the size of the numbers allows."""
    x, y = (float(np.median(points[:, i])) for i in (0, 1))
    for first, second, suffix in ((x, y, ""), (y, x, SWAPPED)):
        if in_country(first, second):
            yield from (name + suffix for name in ("wgs84", "gcj02", "bd09"))
        zone = int(first // 1_000_000)
        if not 300_000 <= second <= 6_000_000:
            continue
        for epsg, number, count in (_PREFIXED_3, _PREFIXED_6):
            if number <= zone < number + count:
                yield f"epsg:{epsg + zone - number}{suffix}"
        if 8_000_000 <= first <= 15_200_000:
            yield f"epsg:{_MERCATOR}{suffix}"
        if 50_000 <= first <= 950_000:
            # Zones of 6° have the meridians of every second zone of 3°, and the same metres.
            epsg, _meridian, count = _MERIDIAN_3
            yield from (f"epsg:{epsg + i}{suffix}" for i in range(count))


def _inside(points: Points, box: Box) -> float:
    west, south, east, north = box
    x, y = points[:, 0], points[:, 1]
    with np.errstate(invalid="ignore"):
        held = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return float(held.mean())


def jump_m(before: Points, after: Points) -> float | None:
    """Metres by which points move in the median; None where `before` are no degrees."""
    if not len(before) or np.abs(before).max(initial=0) > 360:
        return None
    lat = np.radians(after[:, 1])
    east = (after[:, 0] - before[:, 0]) * np.cos(lat) * 111_320
    north = (after[:, 1] - before[:, 1]) * 110_950
    moved = np.hypot(east, north)
    moved = moved[np.isfinite(moved)]
    return float(np.median(moved)) if len(moved) else None
