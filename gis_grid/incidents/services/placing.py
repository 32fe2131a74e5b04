"""Where an incident happened: its grid, what lies just beyond the border, or outside of all."""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import PREFIX_LENGTH, AreaLevel, code_at, is_area_code, level_of, prefix_of
from gis_grid.core.errors import InputError
from gis_grid.territory.models import Region
from gis_grid.territory.services.located import grid_at

# Candidates by their boxes in degrees, generously; metres on the ellipsoid decide.
_NEAR = """
SELECT code, metres FROM (
    SELECT i.code, ST_Distance(g.geom::geography, p.geom::geography) AS metres
    FROM (SELECT ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), 4490) AS geom) p
    JOIN territory_gridversion g ON g.geom && ST_Expand(p.geom, %(metres)s / 80000.0)
    JOIN territory_grid i ON i.id = g.grid_id
    WHERE upper(g.validity) IS NULL AND i.level = 'small'
) near WHERE metres <= %(metres)s ORDER BY metres, code
"""
_NEAREST = """
SELECT i.code FROM territory_gridversion g JOIN territory_grid i ON i.id = g.grid_id
WHERE upper(g.validity) IS NULL AND i.level = 'small'
ORDER BY g.geom <-> ST_SetSRID(ST_MakePoint(%s, %s), 4490) LIMIT 1
"""
_LEVELS = (AreaLevel.TOWN, AreaLevel.VILLAGE, AreaLevel.GRID)


@dataclass(frozen=True)
class Spot:
    """`area_code` is the grid's, or the smallest area known; `sides` other grids with metres."""

    grid_id: int | None
    area_code: str
    is_outside: bool
    sides: tuple[tuple[str, float], ...] = ()


def spot_of(
    user: ActingUser, place: tuple[float, float] | None, area: str, *, border_m: float
) -> Spot:
    """Where the place lies; without one, the area that was said.

    Outside every grid it belongs to what was said, or to the nearest village or the own area.
    """
    if place is None:
        return _by_area(area)
    found = grid_at(*place)
    near = _near(place, border_m)
    if found is not None:
        grid_id, code = found
        return Spot(grid_id, code, False, tuple(side for side in near if side[0] != code))
    return Spot(None, _outside(user, place, area), True, tuple(near))


def _by_area(area: str) -> Spot:
    if not is_area_code(area) or level_of(area) not in _LEVELS:
        raise InputError(_("Pin the place, or say in which town or village it is."), where="place")
    # A grid without a place: the village is what is known for sure.
    code = code_at(area, AreaLevel.VILLAGE) if len(area) == 15 else area
    if not Region.objects.filter(code=code).exists():
        raise InputError(_("There is no such town or village."), where="area")
    return Spot(None, code, False)


def _near(place: tuple[float, float], metres: float) -> list[tuple[str, float]]:
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"x": place[0], "y": place[1], "metres": metres})
        return [(code, float(far)) for code, far in cursor.fetchall()]


def _outside(user: ActingUser, place: tuple[float, float], area: str) -> str:
    scope = user.scope(Permission.INCIDENT_REPORT)
    if area:
        return _by_area(area).area_code
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, list(place))
        row = cursor.fetchone()
    nearest = code_at(row[0], AreaLevel.VILLAGE) if row else ""
    if nearest and scope.covers(nearest):
        return nearest
    own = [p for p in scope.prefixes if len(p) >= PREFIX_LENGTH[AreaLevel.TOWN]]
    if own:
        return own[0][:12].ljust(12, "0")
    if nearest and scope.touches(prefix_of(nearest)):
        return nearest
    raise InputError(_("Say in which town or village it is."), where="area")
