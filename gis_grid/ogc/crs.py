"""Coordinate systems that the services speak, with the order in which each writes its axes.

What is stored is lon/lat. By the book EPSG:4490 is latitude first and the 3° zones of CGCS2000
(4534…4554) northing first, and so they leave here; CRS84 and EPSG:3857 are x first.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.crs import zone_epsg
from gis_grid.core.errors import InputError
from gis_grid.navmap.home import home_of

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_DEGREES, _METRES = 7, 4


@dataclass(frozen=True)
class Crs:
    """A system: `srid` None is CRS84, as it is stored; `flipped` writes y before x."""

    uri: str
    srid: int | None
    flipped: bool
    decimals: int

    def out(self, geometry: str) -> str:
        """SQL of a stored geometry in this system."""
        if self.srid not in (None, 4490):
            geometry = f"ST_Transform({geometry}, {self.srid})"
        return f"ST_FlipCoordinates({geometry})" if self.flipped else geometry

    def taken(self, geometry: str) -> str:
        """SQL in degrees of a geometry without SRID that was written in this system."""
        if self.flipped:
            geometry = f"ST_FlipCoordinates({geometry})"
        geometry = f"ST_SetSRID({geometry}, {self.srid or 4490})"
        return geometry if self.srid in (None, 4490) else f"ST_Transform({geometry}, 4490)"


STORED = Crs(CRS84, None, flipped=False, decimals=_DEGREES)
CGCS2000 = Crs(f"{_EPSG}4490", 4490, flipped=True, decimals=_DEGREES)
MERCATOR = Crs(f"{_EPSG}3857", 3857, flipped=False, decimals=_METRES)


def zone(epsg: int) -> Crs:
    return Crs(f"{_EPSG}{epsg}", epsg, flipped=True, decimals=_METRES)


def known_to(user: User) -> list[Crs]:
    """Those of every collection of this person: the zones are those that the ground lies in."""
    bounds = home_of(user).bounds
    zones: list[int] = []
    if bounds is not None:
        zones = list(range(zone_epsg(bounds[0]), zone_epsg(bounds[2]) + 1))
    return [STORED, CGCS2000, MERCATOR, *(zone(epsg) for epsg in zones)]


def crs_named(user: User, text: str | None, *, where: str) -> Crs:
    """The system of that URI (`[EPSG:4490]` and the like is understood, too); CRS84 for none."""
    if not text or text in (CRS84, f"<{CRS84}>"):
        return STORED
    wanted = text.strip("<>[]")
    if wanted.upper().startswith("EPSG:"):
        wanted = f"{_EPSG}{wanted[5:]}"
    for crs in known_to(user):
        if crs.uri == wanted:
            return crs
    raise InputError(
        _("This coordinate system is not offered here. Take one that the collection names."),
        where=where,
    )
