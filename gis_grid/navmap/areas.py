"""Numbers and frames of areas under the map's filter."""

from django.contrib.gis.db.models import Extent
from django.db import connection

from gis_grid.accounts.models import User
from gis_grid.core.codes import PREFIX_LENGTH, AreaLevel
from gis_grid.households.filters import HouseholdFilter
from gis_grid.navmap.home import Bounds
from gis_grid.territory.models import GridVersion

_ABOVE = (AreaLevel.VILLAGE, AreaLevel.TOWN, AreaLevel.COUNTY)


def counts_by_area(user: User, filter: HouseholdFilter) -> dict[str, int]:  # noqa: A002 the field's word
    """Households under the filter by code: grids, and the villages, towns and counties around.

    Areas with none are left out. InputError for an unknown tag or area.
    """
    where, params = filter.where(user)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT h.area_code, count(*) FROM households_household h WHERE {where} GROUP BY 1",
            params,
        )
        found = cursor.fetchall()
    counts: dict[str, int] = {}
    for code, count in found:
        around = {code[: PREFIX_LENGTH[level]].ljust(12, "0") for level in _ABOVE}
        for area in {code, *around}:
            counts[area] = counts.get(area, 0) + count
    return counts


def bounds_of(user: User, code: str) -> Bounds | None:
    """West, south, east, north of a grid of today in degrees; None where nothing is in sight."""
    found: Bounds | None = (
        GridVersion.objects.at()
        .visible_to(user)
        .filter(grid__code=code)
        .aggregate(frame=Extent("geom"))["frame"]
    )
    return found
