"""Incidents in a tile: single ones when near, else heaps, and how many each grid has open.

The parameters are those of `queries.tile_params`; what an incident looks like is said by
`incidents.sight`.
"""

from typing import Any

from django.utils import timezone

from gis_grid.accounts.policies import Permission
from gis_grid.incidents.norms import norms_on
from gis_grid.incidents.sight import LOOK_SQL, LOOKS, VISIBLE_SQL, IncidentSight
from gis_grid.navmap.layers import Statement, TileLayer
from gis_grid.navmap.tiles.params import TileRequest
from gis_grid.navmap.tiles.queries import CLUSTER_PX, IN_THIS_TILE, POINT, mvt_layer
from gis_grid.navmap.tiles.tilemath import EXTENT, pixel_m
from gis_grid.navmap.tiles.viewer import Viewer

FIRST_PIN_ZOOM = 15
_FIRST_SMALL_ZOOM = 13

_NEAR = f"""SELECT i.id, i.kind, i.severity, ST_X(i.geom_3857) AS px, ST_Y(i.geom_3857) AS py,
    {LOOK_SQL} AS look
    FROM incidents_incident i
    WHERE i.geom && ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4490)
        AND {VISIBLE_SQL} AND {{where}} OFFSET 0"""
_PINS = f"SELECT id, kind, severity, look, {POINT} AS geom FROM ({{near}}) pin WHERE {IN_THIS_TILE}"
_HEAPS = f"""SELECT n, {", ".join(LOOKS)}, {POINT} AS geom FROM (
    SELECT count(*)::int AS n, avg(px) AS px, avg(py) AS py, {
    ", ".join(f"(count(*) FILTER (WHERE look = '{look}'))::int AS {look}" for look in LOOKS)
}
    FROM ({{near}}) pin WHERE {IN_THIS_TILE}
    GROUP BY (floor((px - %(x0)s) / %(cell)s) * {EXTENT} + floor((%(y1)s - py) / %(cell)s))::int
) heap"""
# The index of codes is walked from the grid's own to the last that begins so. Those who see the
# grid but not its incidents learn no small number.
_BY_GRID = """SELECT code, CASE WHEN n >= %(least)s OR code LIKE ANY(%(incident_scope)s) THEN n END
        AS n, ST_MakePoint(0, 0) AS geom
    FROM (
        SELECT g.code, (
            SELECT count(*)::int FROM incidents_incident i
            WHERE i.area_code ~>=~ g.code AND i.area_code ~<~ (g.code || ':')
                AND i.complained_of_id IS DISTINCT FROM %(user)s AND {where}
        ) AS n
        FROM territory_gridversion v JOIN territory_grid g ON g.id = v.grid_id
        WHERE v.geom && ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4490)
            AND upper(v.validity) IS NULL AND g.level = %(level)s AND g.code LIKE ANY(%(scope)s)
        OFFSET 0
    ) counted WHERE n > 0"""


def incidents(viewer: Viewer, request: TileRequest) -> Statement:
    """Pins from `FIRST_PIN_ZOOM`, further out heaps with how many of each look they hold."""
    where, params = (request.incidents or IncidentSight()).where()
    near = _NEAR.format(where=where)
    is_near = request.z >= FIRST_PIN_ZOOM
    marks = (
        mvt_layer("incident", _PINS.format(near=near))
        if is_near
        else mvt_layer("incident_heap", _HEAPS.format(near=near))
    )
    by_grid = mvt_layer("incident_area", _BY_GRID.format(where=where))
    more: dict[str, Any] = {
        "least": norms_on(timezone.localdate()).least_count,
        "level": "small" if request.z >= _FIRST_SMALL_ZOOM else "large",
    }
    if not is_near:
        more["cell"] = pixel_m(request.z) * CLUSTER_PX
    return Statement(f"({marks} || {by_grid})", params | more)


LAYER = TileLayer(
    "incidents",
    incidents,
    versions=("incidents", "grids"),
    min_zoom=9,
    sighted=True,
    personal=True,
    sees=(Permission.INCIDENT_VIEW,),
)
