"""What a tile's address asks for, checked once."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_grid.core.errors import InputError, MissingError
from gis_grid.core.moments import moment_of
from gis_grid.households.filters import HouseholdFilter, TagMode
from gis_grid.incidents.sight import IncidentSight
from gis_grid.navmap.tiles.tilemath import is_in_pyramid

PATH = re.compile(r"(?P<layer>[a-z_]{1,30})/(?P<z>\d{1,2})/(?P<x>\d{1,8})/(?P<y>\d{1,8})\.mvt\Z")
_MAX_TAGS = 50


@dataclass(frozen=True)
class TileRequest:
    """One tile of a layer; `at` None is today's state, `households` and `incidents` the filters."""

    layer: str
    z: int
    x: int
    y: int
    at: dt.datetime | None = None
    households: HouseholdFilter | None = None
    incidents: IncidentSight | None = None


def parse(
    found: re.Match[str] | None,
    query: Mapping[str, str],
    *,
    filtered: bool = False,
    sighted: bool = False,
    dated: bool = False,
) -> TileRequest:
    """Read the parts of `layer/z/x/y.mvt` (`PATH`) and its query.

    `filtered`, `sighted` and `dated` say whether the layer takes the household filter, that of
    incidents and `at=`.
    MissingError for an address that is no tile, InputError for a parameter that can't be read.
    """
    if not found:
        raise MissingError
    z, x, y = (int(found[name]) for name in "zxy")
    if not is_in_pyramid(z, x, y):
        raise MissingError
    return TileRequest(
        layer=found["layer"],
        z=z,
        x=x,
        y=y,
        at=moment_of(query["at"]) if dated and query.get("at") else None,
        households=_filter(query) if filtered else None,
        incidents=IncidentSight.read(query) if sighted else None,
    )


def _filter(query: Mapping[str, str]) -> HouseholdFilter:
    tags = tuple(sorted({slug for slug in query.get("tags", "").split(",") if slug}))
    if len(tags) > _MAX_TAGS:
        raise InputError(_("These are too many tags."), where="tags")
    return HouseholdFilter(
        tags=tags, mode=_mode(query.get("mode", "any")), area=query.get("area") or None
    )


def _mode(text: str) -> TagMode:
    if text == "any":
        return "any"
    if text == "all":
        return "all"
    raise InputError(
        _("%(mode)s is no way to join tags. Take any or all.") % {"mode": text[:20]}, where="mode"
    )
