"""The map's own layers as SQL that yields the bytes of a tile.

Parameters that every statement gets (`tile_params`): the tile in EPSG:3857 without a margin
(`x0 y0 x1 y1`, metres), with it in degrees (`w s e n`), tile units a metre (`k`), `scope`
and `day`. The index is on `geom` in degrees: the literal is brought to the column, never
the column to the literal. What is drawn comes from `geom_3857`.

`ST_AsMVTGeom` is not used: it repairs each shape by itself (thirty times the cost of
moving it into the tile), so that neighbours may part. What is stored is valid already;
moved and snapped vertex by vertex, shared borders stay shared.
"""

from typing import Any

from gis_grid.core.codes import PREFIX_LENGTH, AreaLevel
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Tag
from gis_grid.households.selectors import VISIBLE_MASK_SQL
from gis_grid.navmap.layers import Statement, TileLayer
from gis_grid.navmap.tiles.arrays import text_array
from gis_grid.navmap.tiles.params import TileRequest
from gis_grid.navmap.tiles.tilemath import BUFFER, EXTENT, degree_box, mercator_box, pixel_m
from gis_grid.navmap.tiles.viewer import Viewer
from gis_grid.territory.services.versions import WELFARE

FIRST_SMALL_GRID_ZOOM = 11
FIRST_HOUSEHOLD_ZOOM = 16
# 256 is a multiple: no cluster lies on the edge of two tiles.
CLUSTER_PX = 64

TILE = f"""tile AS MATERIALIZED (
    SELECT ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4490) AS box,
        ST_Expand(ST_MakeEnvelope(%(x0)s, %(y0)s, %(x1)s, %(y1)s, 3857), {BUFFER} / %(k)s) AS wide
)"""
# EPSG:3857 of a point in degrees: half the cost of ST_Transform, and what it would say.
_MERCATOR = (
    "ST_X({0}) * 111319.49079327358 AS px, 6378137.0 * ln(tan(radians(45 + ST_Y({0}) / 2))) AS py"
)
IN_THIS_TILE = "px >= %(x0)s AND px < %(x1)s AND py > %(y0)s AND py <= %(y1)s"
POINT = "ST_MakePoint(round((px - %(x0)s) * %(k)s), round((%(y1)s - py) * %(k)s))"


def mvt_layer(name: str, rows: str) -> str:
    """Rows with a column `geom` as an MVT layer; no bytes at all where there are none."""
    return f"(SELECT coalesce(ST_AsMVT(r, '{name}', {EXTENT}, 'geom'), '') FROM ({rows}) r)"


def _placed(geometry: str) -> str:
    """A shape cut to the tile and its buffer, in whole tile units, y downwards."""
    cut = (
        f"CASE WHEN {geometry} @ tile.wide THEN {geometry}"
        f" ELSE ST_ClipByBox2D({geometry}, tile.wide) END"
    )
    moved = f"ST_Affine({cut}, %(k)s, 0, 0, -%(k)s, -%(x0)s * %(k)s, %(y1)s * %(k)s)"
    return f"ST_SnapToGrid({moved}, 1)"


def placed_area(geometry: str) -> str:
    """As `_placed`; rings wound as the format wants them, lines and points of a cut dropped."""
    return f"ST_ForcePolygonCCW(ST_CollectionExtract({_placed(geometry)}, 3))"


def tile_params(viewer: Viewer, request: TileRequest) -> dict[str, Any]:
    metres = mercator_box(request.z, request.x, request.y)
    wide = degree_box(request.z, request.x, request.y, margin=BUFFER / EXTENT)
    return {
        "x0": metres.west,
        "y0": metres.south,
        "x1": metres.east,
        "y1": metres.north,
        "k": EXTENT / (256 * pixel_m(request.z)),
        "w": wide.west,
        "s": wide.south,
        "e": wide.east,
        "n": wide.north,
        "day": viewer.day,
    }


# The past has no counts: where a house stood and in which grid it was counted then is not kept.
_GRIDS = """(WITH {tile}, cell AS MATERIALIZED (
    SELECT i.code, i.level, g.kind, g.name, {area} AS geom, {mercator}
    FROM tile
    JOIN territory_gridversion g ON g.geom && tile.box
    JOIN territory_grid i ON i.id = g.grid_id
    WHERE {moment} AND i.code LIKE ANY(%(scope)s) AND i.level = ANY(%(levels)s)
) SELECT {areas} || {labels})"""


def grids(viewer: Viewer, request: TileRequest) -> Statement:
    """Outlines and labels of large grids, and of small ones from `FIRST_SMALL_GRID_ZOOM`.

    Nothing is simplified but by the tile's own grid of 1/16 pixel.
    """
    counts = (
        "coalesce(c.households, 0) AS households, coalesce(c.people, 0) AS people,"
        if request.at is None
        else ""
    )
    joined = "LEFT JOIN navmap_areacount c ON c.code = cell.code" if request.at is None else ""
    text = _GRIDS.format(
        tile=TILE,
        area=placed_area("g.geom_3857"),
        mercator=_MERCATOR.format("g.label_point"),
        moment="upper(g.validity) IS NULL" if request.at is None else "g.validity @> %(at)s",
        areas=mvt_layer(
            "grid", "SELECT code, level, kind, name, geom FROM cell WHERE NOT ST_IsEmpty(geom)"
        ),
        labels=mvt_layer(
            "grid_label",
            f"SELECT cell.code, level, kind, name, {counts} {POINT} AS geom"
            f" FROM cell {joined} WHERE {IN_THIS_TILE}",
        ),
    )
    levels = ("large", "small") if request.z >= FIRST_SMALL_GRID_ZOOM else ("large",)
    return Statement(
        text, {"levels": text_array(*levels)} | ({"at": request.at} if request.at else {})
    )


# Only what lies inside the scope: the outline of a county that holds it is the union of its
# towns, so that it would draw the border of a neighbour.
_REGIONS = """(WITH {tile}, area AS MATERIALIZED (
    SELECT r.code, r.name, r.level,
        coalesce(ST_SnapToGrid(r.geom_3857, %(step)s), r.geom_3857) AS shape
    FROM tile JOIN territory_region r ON r.geom && tile.box
    WHERE r.level = ANY(%(levels)s) AND r.code LIKE ANY(%(scope)s)
), label AS MATERIALIZED (
    SELECT code, name, level, ST_X(place) AS px, ST_Y(place) AS py
    FROM area CROSS JOIN LATERAL (SELECT ST_PointOnSurface(shape) AS place) AS p
) SELECT {areas} || {labels})"""

# Above a town, counts are the sum of what is booked to each town and to the area itself.
_REGION_COUNT = """LEFT JOIN LATERAL (
    SELECT coalesce(sum(c.households), 0)::int AS households,
        coalesce(sum(c.people), 0)::int AS people
    FROM navmap_areacount c
    WHERE CASE WHEN label.level IN ('town', 'village') THEN c.code = label.code
        ELSE c.code = rpad(c.town_prefix, 12, '0')
            AND c.town_prefix LIKE {prefix} || '%%' END
) n ON true"""


def regions(viewer: Viewer, request: TileRequest) -> Statement:
    """Outlines of counties, from zoom 9 also of towns, with names and counts.

    Who sees no whole town sees the own villages instead.

    Outlines are snapped to half a pixel of a world-wide grid: vertex by vertex, so shared
    borders stay shared.
    """
    areas = mvt_layer(
        "region",
        "SELECT code, name, level, geom FROM"
        f" (SELECT code, name, level, {placed_area('shape')} AS geom FROM area, tile) placed"
        " WHERE NOT ST_IsEmpty(geom)",
    )
    labels = mvt_layer(
        "region_label",
        f"SELECT label.code, name, level, n.households, n.people, {POINT} AS geom"
        f" FROM label {_REGION_COUNT.format(prefix=_prefix_sql('label'))} WHERE {IN_THIS_TILE}",
    )
    levels: tuple[str, ...] = ("province", "city", "county")
    if request.z >= 9:
        levels = ("county", "town")
    if all(len(prefix) >= PREFIX_LENGTH[AreaLevel.VILLAGE] for prefix in viewer.scope.prefixes):
        levels = ("village",)
    return Statement(
        _REGIONS.format(tile=TILE, areas=areas, labels=labels),
        {
            "levels": text_array(*levels),
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


# The places are worked out once (`OFFSET 0` keeps the planner from doing it at every mention).
_HOMES = """SELECT h.id, ST_X(h.geom_3857) AS px, ST_Y(h.geom_3857) AS py, {mask} AS mask
    FROM households_household h
    WHERE h.geom && ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4490) AND {where} OFFSET 0"""
# First by mask, of which there are few: a count for each tag then costs next to nothing. The
# cell is one number: sorting by two takes half as long again.
_CLUSTERS = """(WITH part AS (
    SELECT cell, mask, count(*) AS n, sum(px) AS sx, sum(py) AS sy
    FROM (SELECT (floor((px - %(x0)s) / %(cell)s) * {most}
            + floor((%(y1)s - py) / %(cell)s))::int AS cell, mask, px, py
        FROM ({homes}) home WHERE {inside} OFFSET 0) placed
    GROUP BY cell, mask
), heap AS (
    SELECT sum(n)::int AS n, sum(sx) / sum(n) AS px, sum(sy) / sum(n) AS py{tags}
    FROM part GROUP BY cell
) SELECT {layer})"""


def households(viewer: Viewer, request: TileRequest) -> Statement:
    """Single households when near, else clusters at the mean place of their members.

    Both count only what the filter lets through, and only tags that this viewer sees.
    """
    where, params = viewer.where(request.households or HouseholdFilter())
    homes = _HOMES.format(mask=VISIBLE_MASK_SQL, where=where)
    if request.z >= FIRST_HOUSEHOLD_ZOOM:
        rows = f"SELECT id, mask, {POINT} AS geom FROM ({homes}) home WHERE {IN_THIS_TILE}"
        return Statement(mvt_layer("household", rows), params)
    names = [_tag_column(tag) for tag in viewer.tags]
    rows = f"SELECT n{''.join(f', {name}' for name in names)}, {POINT} AS geom FROM heap"
    clusters = _CLUSTERS.format(
        homes=homes,
        most=EXTENT,
        inside=IN_THIS_TILE,
        tags="".join(
            f", (sum(n) FILTER (WHERE mask & {tag.mask}::bigint <> 0))::int AS {name}"
            for tag, name in zip(viewer.tags, names, strict=True)
        ),
        layer=mvt_layer("cluster", rows),
    )
    return Statement(clusters, params | {"cell": pixel_m(request.z) * CLUSTER_PX})


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
        return mvt_layer(
            name,
            f"SELECT kind, name, geom FROM thing WHERE layer = '{name}' AND NOT ST_IsEmpty(geom)",
        )

    return Statement(
        _REFERENCE.format(
            tile=TILE,
            shape=_placed("f.geom_3857"),
            kinds=" AND f.kind <> ALL(%(hidden)s)" if hidden else "",
            roads=layer("road"),
            water=layer("water"),
        ),
        {"frame": text_array(*sorted(_frame(viewer)))}
        | ({"hidden": text_array(*hidden)} if hidden else {}),
    )


LAYERS = (
    TileLayer("regions", regions, versions=("grids", "households"), counted=True),
    TileLayer(
        "grids", grids, versions=("grids", "households"), min_zoom=9, dated=True, counted=True
    ),
    TileLayer(
        "households", households, versions=("households", WELFARE), min_zoom=10, filtered=True
    ),
    TileLayer("reference", reference, versions=("reference",), min_zoom=9),
)
