"""Places as phones and web maps give them, brought to CGCS2000."""

from collections.abc import Callable
from typing import Literal, get_args

import geocoordinates_ffi as geo

Datum = Literal["cgcs2000", "wgs84", "gcj02", "bd09"]
DATUMS: tuple[str, ...] = get_args(Datum)
Convert = Callable[[float, float], tuple[float, float]]


def converter(datum: Datum) -> Convert | None:
    """(lon, lat) in `datum` → (lon, lat) in CGCS2000, degrees; None where nothing is to be done.

    WGS 84 and CGCS2000 agree to a few centimetres, less than any household is placed to.
    """
    if datum == "gcj02":
        return _from_gcj02
    if datum == "bd09":
        return _from_bd09
    return None


def _from_gcj02(lon: float, lat: float) -> tuple[float, float]:
    place = geo.gcj02_to_wgs84_refined(geo.Gcj02(lat=lat, lon=lon))
    return place.lon, place.lat


def _from_bd09(lon: float, lat: float) -> tuple[float, float]:
    place = geo.bd09_to_wgs84_refined(geo.Bd09(lat=lat, lon=lon))
    return place.lon, place.lat
