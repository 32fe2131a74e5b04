"""Where a household stands: its point, and by it the grid."""

from collections.abc import Sequence

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from gis_grid.core.crs import in_country
from gis_grid.core.errors import InputError
from gis_grid.households.models import Household
from gis_grid.territory.services.located import grid_at


def put(household: Household, place: Sequence[float]) -> str | None:
    """Set the point and what follows; the code of the grid there, None where it stood already.

    By the rule of every redraw: a household that a person has put into a grid stays in it, and
    is flagged where its point lies elsewhere. InputError outside of every grid.
    """
    lon, lat = _degrees(place)
    if household.geom is not None and tuple(household.geom.coords) == (lon, lat):
        return None
    found = grid_at(lon, lat)
    if found is None:
        raise InputError(
            _("No grid holds this place. Move it, or ask whose land it is."), where="place"
        )
    household.geom = Point(lon, lat, srid=4490)
    if household.placement == Household.Placement.MANUAL:
        household.placement_flagged = household.grid_id != found[0]
    else:
        household.grid_id, household.area_code = found
        household.placement_flagged = False
    return found[1]


def _degrees(place: Sequence[float]) -> tuple[float, float]:
    try:
        lon, lat = (round(float(part), 7) for part in place)
    except (TypeError, ValueError, OverflowError):
        lon = lat = 0.0
    if not in_country(lon, lat):
        raise InputError(_("Write degrees such as 112.4051 and 25.6012."), where="place")
    return lon, lat
