"""Parameters of addresses as typed values: one reading of each for pages, tiles and API.

Moments have a module of their own.
"""

from django.utils.translation import gettext as _

from gis_grid.core.errors import InputError

BBox = tuple[float, float, float, float]


def read_bbox(text: str | None, *, where: str = "bbox") -> BBox | None:
    """West, south, east, north in degrees; None for nothing. InputError says what is wrong."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(
            _(
                "A frame is four numbers with commas between: west, south, east, north in"
                " degrees, such as 112.37,25.56,112.47,25.64."
            ),
            where=where,
        ) from error
    longitudes_ok = all(-180 <= degrees <= 180 for degrees in (west, east))
    if not longitudes_ok or not all(-90 <= degrees <= 90 for degrees in (south, north)):
        raise InputError(
            _("The frame leaves the earth: degrees are -180…180 and -90…90, longitude first."),
            where=where,
        )
    if west > east or south > north:
        raise InputError(
            _("The frame is turned round: write west, south, east, north in this order."),
            where=where,
        )
    return west, south, east, north
