"""The map's own layers as SQL that yields the bytes of a tile.

Parameters that every statement gets (`tile_params`): the tile in EPSG:3857 (`x0 y0 x1 y1`,
metres), in degrees with the buffer (`w s e n`) and without (`tw ts te tn`), `scope` and
`day`. The index is on `geom` in degrees: the literal is brought to the column, never the
column to the literal. What is drawn comes from `geom_3857`.
"""

from typing import Any

from gis_grid.core.codes import PREFIX_LENGTH
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Tag
from gis_grid.households.selectors import VISIBLE_MASK_SQL
from gis_grid.navmap.layers import Statement, TileLayer
from gis_grid.navmap.tiles.params import TileRequest
from gis_grid.navmap.tiles.tilemath import BUFFER, EXTENT, degree_box, mercator_box, pixel_m
from gis_grid.navmap.tiles.viewer import Viewer

FIRST_SMALL_GRID_ZOOM = 11
FIRST_HOUSEHOLD_ZOOM = 16
# 256 is a multiple: no cluster lies on the edge of two tiles.
CLUSTER_PX = 64

_TILE = """tile AS MATERIALIZED (
    SELECT ST_MakeEnvelope(%(x0)s, %(y0)s, %(x1)s, %(y1)s, 3857) AS bounds,
        ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4490) AS box
)"""


def _layer(name: str, rows: str) -> str:
    """Rows with a column `geom` as an MVT layer; no bytes at all where there are none."""
    return f"(SELECT coalesce(ST_AsMVT(r, '{name}', {EXTENT}, 'geom'), '') FROM ({rows}) r)"


def _area(geometry: str) -> str:
    return f"ST_AsMVTGeom({geometry}, tile.bounds, {EXTENT}, {BUFFER}, true)"


def _point(geometry: str) -> str:
    return f"ST_AsMVTGeom({geometry}, tile.bounds, {EXTENT}, 0, false)"


def _in_this_tile(point: str) -> str:
    """True in exactly one tile of a zoom: what stands here is drawn once."""
    return (
        f"ST_X({point}) >= %(tw)s AND ST_X({point}) < %(te)s"
        f" AND ST_Y({point}) > %(ts)s AND ST_Y({point}) <= %(tn)s"
    )


def tile_params(viewer: Viewer, request: TileRequest) -> dict[str, Any]:
    metres = mercator_box(request.z, request.x, request.y)
    wide = degree_box(request.z, request.x, request.y, margin=BUFFER / EXTENT)
    bare = degree_box(request.z, request.x, request.y)
    return {
        "x0": metres.west,
        "y0": metres.south,
        "x1": metres.east,
        "y1": metres.north,
        "w": wide.west,
        "s": wide.south,
        "e": wide.east,
        "n": wide.north,
        "tw": bare.west,
        "ts": bare.south,
        "te": bare.east,
        "tn": bare.north,
        "scope": viewer.scope.like_patterns(),
        "day": viewer.day,
    }


# The past has no counts: where a house stood and in which grid it was counted then is not kept.
_GRIDS = """(WITH {tile}, cell AS MATERIALIZED (
    SELECT i.code, i.level, g.kind, g.name, g.geom_3857, g.label_point
    FROM tile
    JOIN territory_gridversion g ON g.geom && tile.box
    JOIN territory_grid i ON i.id = g.grid_id
    WHERE {moment} AND i.code LIKE ANY(%(scope)s) AND i.level = ANY(%(levels)s)
) SELECT {areas} || {labels})"""


def grids(viewer: Viewer, request: TileRequest) -> Statement:
    """Outlines and labels of large grids, and of small ones from `FIRST_SMALL_GRID_ZOOM`.

    Nothing is simplified but by the tile's own grid of 1/16 pixel: neighbours share their
    vertices, and each is snapped by itself, so a shared border stays one.
    """
    areas = _layer(
        "grid",
        f"SELECT code, level, kind, name, {_area('geom_3857')} AS geom FROM cell, tile",
    )
    counts = (
        "coalesce(c.households, 0) AS households, coalesce(c.people, 0) AS people,"
        if request.at is None
        else ""
    )
    joined = "LEFT JOIN navmap_areacount c ON c.code = cell.code" if request.at is None else ""
    labels = _layer(
        "grid_label",
        f"SELECT cell.code, level, kind, name, {counts}"
        f" {_point('ST_Transform(label_point, 3857)')} AS geom"
        f" FROM tile, cell {joined} WHERE {_in_this_tile('label_point')}",
    )
    moment = "upper(g.validity) IS NULL" if request.at is None else "g.validity @> %(at)s"
    levels = ["large", "small"] if request.z >= FIRST_SMALL_GRID_ZOOM else ["large"]
    return Statement(
        _GRIDS.format(tile=_TILE, moment=moment, areas=areas, labels=labels),
        {"levels": levels} | ({} if request.at is None else {"at": request.at}),
    )


# Regions that hold the scope are shown as a bare frame: their counts would not be theirs.
_REGIONS = """(WITH {tile}, area AS MATERIALIZED (
    SELECT r.code, r.name, r.level, r.code LIKE ANY(%(scope)s) AS inside,
        coalesce(ST_SnapToGrid(r.geom_3857, %(step)s), r.geom_3857) AS shape
    FROM tile JOIN territory_region r ON r.geom && tile.box
    WHERE r.level = ANY(%(levels)s) AND (r.code LIKE ANY(%(scope)s) OR r.code = ANY(%(frame)s))
), label AS MATERIALIZED (
    SELECT code, name, level, inside, ST_PointOnSurface(shape) AS place FROM area
) SELECT {areas} || {labels})"""

# Above a town, counts are the sum of what is booked to each town and to the area itself.
_REGION_COUNT = """LEFT JOIN LATERAL (
    SELECT coalesce(sum(c.households), 0)::int AS households,
        coalesce(sum(c.people), 0)::int AS people
    FROM navmap_areacount c
    WHERE CASE WHEN label.level IN ('town', 'village') THEN c.code = label.code
        ELSE c.code = rpad(c.town_prefix, 12, '0')
            AND c.town_prefix LIKE {prefix} || '%%' END
) n ON label.inside"""


def regions(viewer: Viewer, request: TileRequest) -> Statement:
    """Outlines of counties, from zoom 9 also of towns, with names and counts.

    Outlines are snapped to half a pixel of a world-wide grid: vertex by vertex, so shared
    borders stay shared.
    """
    areas = _layer("region", f"SELECT code, name, level, {_area('shape')} AS geom FROM area, tile")
    labels = _layer(
        "region_label",
        "SELECT label.code, name, level, n.households, n.people,"
        f" {_point('place')} AS geom FROM tile, label"
        f" {_REGION_COUNT.format(prefix=_prefix_sql('label'))}"
        " WHERE ST_X(place) >= %(x0)s AND ST_X(place) < %(x1)s"
        " AND ST_Y(place) > %(y0)s AND ST_Y(place) <= %(y1)s",
    )
    return Statement(
        _REGIONS.format(tile=_TILE, areas=areas, labels=labels),
        {
            "levels": ["county", "town"] if request.z >= 9 else ["province", "city", "county"],
            "frame": sorted(_frame(viewer)),
            "step": pixel_m(request.z) / 2,
        },
    )


def _prefix_sql(table: str) -> str:
    cases = " ".join(
        f"WHEN '{level}' THEN left({table}.code, {length})"
        for level, length in PREFIX_LENGTH.items()
        if length < 12
    )
    return f"(CASE {table}.level {cases} END)"


def _frame(viewer: Viewer) -> set[str]:
    """Codes of the regions above the scope."""
    return {
        prefix[:length].ljust(12, "0")
        for prefix in viewer.scope.prefixes
        for length in PREFIX_LENGTH.values()
        if length <= min(len(prefix), 12)
    }


_CLUSTERS = """(WITH {tile}, home AS (
    SELECT ST_X(h.geom_3857) AS px, ST_Y(h.geom_3857) AS py, {mask} AS mask
    FROM tile JOIN households_household h ON h.geom && tile.box
    WHERE {inside} AND {where}
), heap AS (
    SELECT count(*)::int AS n, avg(px) AS px, avg(py) AS py{tags}
    FROM home
    GROUP BY floor((px - %(x0)s) / %(cell)s), floor((%(y1)s - py) / %(cell)s)
) SELECT {layer})"""

_HOUSEHOLDS = """(WITH {tile} SELECT {layer})"""


def households(viewer: Viewer, request: TileRequest) -> Statement:
    """Single households when near, else clusters at the mean place of their members.

    Both count only what the filter lets through, and only tags that this viewer sees.
    """
    where, params = viewer.where(request.households or HouseholdFilter())
    if request.z >= FIRST_HOUSEHOLD_ZOOM:
        rows = (
            f"SELECT h.id, {VISIBLE_MASK_SQL} AS mask, {_point('h.geom_3857')} AS geom"
            " FROM tile JOIN households_household h ON h.geom && tile.box"
            f" WHERE {_in_this_tile('h.geom')} AND {where}"
        )
        layer = _layer("household", rows)
        return Statement(_HOUSEHOLDS.format(tile=_TILE, layer=layer), params)
    names = [_tag_column(tag) for tag in viewer.tags]
    rows = (
        f"SELECT n{''.join(f', {name}' for name in names)},"
        f" {_point('ST_SetSRID(ST_MakePoint(px, py), 3857)')} AS geom FROM heap, tile"
    )
    text = _CLUSTERS.format(
        tile=_TILE,
        mask=VISIBLE_MASK_SQL if names else "0",
        inside=_in_this_tile("h.geom"),
        where=where,
        tags="".join(
            f", nullif(count(*) FILTER (WHERE mask & {tag.mask}::bigint <> 0), 0)::int AS {name}"
            for tag, name in zip(viewer.tags, names, strict=True)
        ),
        layer=_layer("cluster", rows),
    )
    return Statement(text, params | {"cell": pixel_m(request.z) * CLUSTER_PX})


def _tag_column(tag: Tag) -> str:
    """`"tag:<slug>"` as an identifier; a county writes the slugs, so they are quoted."""
    slug = tag.slug.replace('"', '""').replace("%", "%%")
    return f'"tag:{slug}"'


_REFERENCE = """(WITH {tile}, thing AS MATERIALIZED (
    SELECT f.layer, f.kind, nullif(f.name, '') AS name, {shape} AS geom
    FROM tile JOIN territory_referencefeature f ON f.geom && tile.box
    WHERE (f.area_code LIKE ANY(%(scope)s) OR f.area_code = ANY(%(frame)s)){kinds}
) SELECT {roads} || {water})"""

# Small things first appear when they are large enough to be told apart.
_FROM_NEAR = {"lane": 14, "pond": 13, "stream": 12, "village": 11}


def reference(viewer: Viewer, request: TileRequest) -> Statement:
    """Roads and water of the scope, the small ones only when near."""
    hidden = sorted(kind for kind, zoom in _FROM_NEAR.items() if request.z < zoom)

    def layer(name: str) -> str:
        return _layer(
            name, f"SELECT kind, name, geom FROM thing WHERE layer = '{name}' AND geom IS NOT NULL"
        )

    return Statement(
        _REFERENCE.format(
            tile=_TILE,
            shape=_area("f.geom_3857"),
            kinds=" AND f.kind <> ALL(%(hidden)s)" if hidden else "",
            roads=layer("road"),
            water=layer("water"),
        ),
        {"frame": sorted(_frame(viewer))} | ({"hidden": hidden} if hidden else {}),
    )


LAYERS = (
    TileLayer("regions", regions, versions=("grids", "households"), counted=True),
    TileLayer(
        "grids", grids, versions=("grids", "households"), min_zoom=9, dated=True, counted=True
    ),
    TileLayer("households", households, versions=("households",), min_zoom=10, filtered=True),
    TileLayer("reference", reference, versions=("reference",), min_zoom=9),
)
