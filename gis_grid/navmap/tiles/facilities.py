"""Cameras with their sectors, and service points, in a tile.

Cameras only for those whose scope of cameras holds them; a home camera has no sector, and its
bearing is nowhere (`facilities.models`).
"""

from gis_grid.accounts.policies import Permission
from gis_grid.navmap.layers import Statement, TileLayer
from gis_grid.navmap.tiles.params import TileRequest
from gis_grid.navmap.tiles.queries import IN_THIS_TILE, POINT, TILE, mvt_layer, placed_area
from gis_grid.navmap.tiles.viewer import Viewer

FIRST_SECTOR_ZOOM = 15

_CAMERAS = f"""SELECT id, owner, state, {POINT} AS geom FROM (
    SELECT c.id, c.owner, c.state, ST_X(c.geom_3857) AS px, ST_Y(c.geom_3857) AS py
    FROM facilities_camera c
    WHERE c.geom && ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4490)
        AND c.state <> 'removed' AND c.area_code LIKE ANY(%(camera_scope)s) OFFSET 0
) camera WHERE {IN_THIS_TILE}"""
_SECTORS = f"""SELECT id, state, geom FROM (
    SELECT c.id, c.state, {placed_area("c.sector_3857")} AS geom
    FROM tile JOIN facilities_camera c ON c.sector && tile.box
    WHERE c.state IN ('working', 'broken') AND c.area_code LIKE ANY(%(camera_scope)s)
) sector WHERE NOT ST_IsEmpty(geom)"""
_POINTS = f"""SELECT id, kind, name, {POINT} AS geom FROM (
    SELECT p.id, p.kind, p.name, ST_X(p.geom_3857) AS px, ST_Y(p.geom_3857) AS py
    FROM facilities_servicepoint p
    WHERE p.geom && ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4490)
        AND (p.ended_on IS NULL OR p.ended_on > %(day)s)
        AND p.area_code LIKE ANY(%(scope)s) OFFSET 0
) point WHERE {IN_THIS_TILE}"""


def cameras(viewer: Viewer, request: TileRequest) -> Statement:
    """Camera sites, and from `FIRST_SECTOR_ZOOM` what they look at."""
    sites = mvt_layer("camera", _CAMERAS)
    if request.z < FIRST_SECTOR_ZOOM:
        return Statement(sites)
    return Statement(f"(WITH {TILE} SELECT {sites} || {mvt_layer('sector', _SECTORS)})")


def service_points(viewer: Viewer, request: TileRequest) -> Statement:
    """The service points of today."""
    return Statement(mvt_layer("service_point", _POINTS))


LAYERS = (
    TileLayer(
        "cameras",
        cameras,
        versions=("cameras",),
        min_zoom=12,
        sees=(Permission.CAMERA_VIEW,),
    ),
    TileLayer("service_points", service_points, versions=("service_points",), min_zoom=11),
)
