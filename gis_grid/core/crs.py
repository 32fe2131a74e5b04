"""Coordinate systems: CGCS2000 lon/lat and its 3° Gauss–Krüger zones.

Stored: EPSG:4490, lon/lat order, degrees. Metres come from the zone whose central
meridian is nearest: EPSG:4534 (75°E) … 4554 (135°E), one every 3°.
"""

from functools import lru_cache

from pyproj import Transformer

CGCS2000 = 4490
WEB_MERCATOR = 3857
# Where the country lies, in degrees: what is farther off is a slip of a hand or of a device.
COUNTRY = WEST, SOUTH, EAST, NORTH = 73, 3, 136, 54
_FIRST_MERIDIAN, _LAST_MERIDIAN, _FIRST_EPSG = 75, 135, 4534


def in_country(longitude: float, latitude: float) -> bool:
    """Whether a place may be one in China; False for NaN."""
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH


def zone_meridian(longitude: float) -> int:
    """Central meridian, in degrees, of the 3° zone that `longitude` lies in.

    ValueError outside 73.5–136.5 °E, where CGCS2000 has no zone.
    """
    meridian = int((longitude + 1.5) // 3) * 3
    if not _FIRST_MERIDIAN <= meridian <= _LAST_MERIDIAN:
        raise ValueError(f"{longitude}°E lies in no CGCS2000 3° zone")
    return meridian


def zone_epsg(longitude: float) -> int:
    """EPSG code of the 3° Gauss–Krüger zone (`by central meridian`) at `longitude`."""
    return _FIRST_EPSG + (zone_meridian(longitude) - _FIRST_MERIDIAN) // 3


@lru_cache(maxsize=64)
def to_zone(epsg: int) -> Transformer:
    """Transformer from lon/lat degrees to (easting, northing) metres in the zone `epsg`."""
    return Transformer.from_crs(CGCS2000, epsg, always_xy=True)
