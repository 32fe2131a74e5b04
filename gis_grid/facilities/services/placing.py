"""What cameras and service points do alike: where they stand, and the log."""

from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.audit.services import record
from gis_grid.core.crs import in_country
from gis_grid.core.errors import InputError
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.territory.models import Located, Region
from gis_grid.territory.services.located import grid_at


def put(facility: Located, place: tuple[float, float], area: str) -> None:
    """Set the place, and with it grid and area; `area` is the village where no grid holds it.

    InputError for degrees that are no place, or where neither is known.
    """
    lon, lat = round(place[0], 7), round(place[1], 7)
    if not in_country(lon, lat):
        raise InputError(_("Write degrees such as 112.4051 and 25.6012."), where="place")
    facility.geom = Point(lon, lat, srid=4490)
    found = grid_at(lon, lat)
    if found is not None:
        facility.grid_id, facility.area_code = found
        return
    if not Region.objects.filter(code=area, level__in=("village", "town")).exists():
        raise InputError(
            _("No grid holds this place: say in which village it stands."), where="area"
        )
    facility.grid_id, facility.area_code = None, area


def log(facility: Camera | ServicePoint, user: ActingUser, action: str, **detail: Any) -> None:
    """A row of the audit log about a camera or service point."""
    record(
        acting_user=user,
        action=action,
        subject_type="camera" if isinstance(facility, Camera) else "service_point",
        subject_id=facility.pk,
        area_code=facility.area_code,
        detail=detail,
    )
