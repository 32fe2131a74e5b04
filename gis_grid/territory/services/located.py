"""Placing objects in grids: the only code that writes `grid` and `area_code`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.db import connection
from psycopg import sql

from gis_grid.core.codes import AreaLevel, code_at
from gis_grid.territory.models import GridVersion, Located
from gis_grid.territory.registries import located_models
from gis_grid.territory.services.versions import bump


@dataclass(frozen=True)
class Moved:
    """How many objects of a model changed their grid."""

    model: str
    moved: int
    left_every_grid: int
    flagged: int


# The direction is forced from the grids to the points: DESIGN measured 5–10 times the
# speed of asking for each point. Of several grids that touch a point on their border the
# lowest code wins. Whoever is booked where it lies is dropped before any geometry is looked
# at, by numbers before texts: cheap conditions are tried first. CASE keeps the planner from
# changing their order.
_ARRIVE = """
WITH hit AS MATERIALIZED (
    SELECT DISTINCT ON (p.id) p.id, g.grid_id, i.code
    FROM territory_gridversion g
    JOIN territory_grid i ON i.id = g.grid_id
    CROSS JOIN LATERAL (
        SELECT o.id, o.grid_id, o.geom FROM {table} o
        WHERE CASE WHEN o.grid_id IS DISTINCT FROM i.id OR o.area_code <> i.code
                THEN o.placement = 'auto' END
            AND ST_Intersects(g.geom, o.geom)
        OFFSET 0
    ) p
    WHERE upper(g.validity) IS NULL AND i.level = 'small' AND i.code = ANY(%(codes)s)
        AND NOT EXISTS (
            SELECT FROM territory_gridversion own JOIN territory_grid n ON n.id = own.grid_id
            WHERE own.grid_id = p.grid_id AND upper(own.validity) IS NULL AND n.code < i.code
                AND ST_Intersects(own.geom, p.geom)
        )
    ORDER BY p.id, i.code
)
UPDATE {table} o SET grid_id = hit.grid_id, area_code = hit.code, placement_flagged = false
FROM hit WHERE o.id = hit.id
RETURNING o.id, o.area_code
"""

# A point on the outer border of the land may belong to a lower code outside it; only what has
# just arrived can, since everything else was placed by this rule before.
_TIE = """
WITH edge AS (
    SELECT (ST_DumpSegments(ST_GeomFromWKB(%(outline)s, 4490))).geom
), hit AS MATERIALIZED (
    SELECT DISTINCT p.id, p.geom FROM edge
    CROSS JOIN LATERAL (
        SELECT o.id, o.geom FROM {table} o WHERE ST_Intersects(edge.geom, o.geom) OFFSET 0
    ) p
), lowest AS (
    SELECT DISTINCT ON (hit.id) hit.id, g.grid_id, i.code
    FROM hit
    JOIN territory_gridversion g ON ST_Intersects(g.geom, hit.geom)
    JOIN territory_grid i ON i.id = g.grid_id
    WHERE upper(g.validity) IS NULL AND i.level = 'small'
    ORDER BY hit.id, i.code
)
UPDATE {table} o
SET grid_id = lowest.grid_id, area_code = lowest.code, placement_flagged = false
FROM lowest
WHERE o.id = lowest.id AND o.placement = 'auto' AND o.grid_id IS DISTINCT FROM lowest.grid_id
RETURNING o.id, o.area_code
"""

# Objects still booked to a changed grid whose land no longer holds them, and no other did:
# they leave it, or where a person has placed them, stay and are flagged.
_LEAVE = """
WITH lost AS MATERIALIZED (
    SELECT p.id
    FROM territory_grid i
    LEFT JOIN territory_gridversion g ON g.grid_id = i.id AND upper(g.validity) IS NULL
    CROSS JOIN LATERAL (
        SELECT o.id FROM {table} o
        WHERE o.grid_id = i.id AND (NOT o.placement_flagged OR o.placement <> 'manual')
            AND ST_Intersects(g.geom, o.geom) IS NOT TRUE
        OFFSET 0
    ) p
    WHERE i.code = ANY(%(codes)s)
)
UPDATE {table} o SET
    grid_id = CASE o.placement WHEN 'auto' THEN NULL ELSE o.grid_id END,
    area_code = CASE o.placement WHEN 'auto' THEN left(o.area_code, 12) ELSE o.area_code END,
    placement_flagged = o.placement = 'manual' OR o.placement_flagged
FROM lost WHERE o.id = lost.id
RETURNING o.area_code, o.placement = 'manual'
"""


def _run(statement: str, model: type[Located], **params: object) -> list[tuple[Any, ...]]:
    query = sql.SQL(statement).format(table=sql.Identifier(model._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(query, params)  # type: ignore[arg-type]
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _outline(codes: Sequence[str]) -> bytes:
    """WKB of the outer border of the land that `codes` hold today."""
    shapes = GridVersion.objects.at().filter(grid__code__in=codes).values_list("geom", flat=True)
    cells = [shapely.from_wkb(bytes(shape.wkb)) for shape in shapes]
    return bytes(shapely.to_wkb(shapely.coverage_union_all(cells).boundary))


def reassign(grid_codes: Iterable[str]) -> list[Moved]:
    """Place every object in the land of `grid_codes` anew, in the caller's transaction.

    Objects placed by hand stay and are flagged where their grid no longer holds them.
    """
    codes = sorted(set(grid_codes))
    outline: bytes | None = None
    report = []
    for model in located_models():
        arrived = dict(_run(_ARRIVE, model, codes=codes))
        if arrived:
            outline = outline or _outline(codes)
            arrived |= dict(_run(_TIE, model, outline=outline))
        lost = _run(_LEAVE, model, codes=codes)
        areas = (*arrived.values(), *(code for code, _ in lost))
        bump(model.layer, {code_at(code, AreaLevel.TOWN) for code in areas})
        flagged = sum(is_manual for _, is_manual in lost)
        report.append(Moved(model._meta.label, len(arrived), len(lost) - flagged, flagged))
    return report


_PLACE_ANEW = """
UPDATE {table} o SET grid_id = found.grid_id,
    area_code = coalesce(found.code, left(o.area_code, 12))
FROM {table} p LEFT JOIN LATERAL (
    SELECT g.grid_id, i.code FROM territory_gridversion g JOIN territory_grid i ON i.id = g.grid_id
    WHERE upper(g.validity) IS NULL AND i.level = 'small' AND ST_Intersects(g.geom, p.geom)
    ORDER BY i.code LIMIT 1
) found ON true
WHERE p.id = o.id AND o.id = ANY(%(ids)s) AND o.placement = 'auto' AND o.geom IS NOT NULL
    AND o.grid_id IS DISTINCT FROM found.grid_id
RETURNING o.id
"""


def place_anew(model: type[Located], ids: Sequence[int]) -> None:
    """Book objects whose place was put back to the grids of today, in the caller's transaction."""
    if ids:
        _run(_PLACE_ANEW, model, ids=list(ids))


# Rows on their way in: the same rule as `_ARRIVE`, before they are objects. The table is made
# anew, since updating every row of it takes several times as long.
_PLACE_ROWS = """
CREATE TEMP TABLE {placed} AS
WITH hit AS MATERIALIZED (
    SELECT DISTINCT ON (p.row) p.row, g.grid_id, i.code
    FROM territory_gridversion g
    JOIN territory_grid i ON i.id = g.grid_id
    CROSS JOIN LATERAL (
        SELECT s.row FROM {table} s WHERE ST_Intersects(g.geom, s.geom) OFFSET 0
    ) p
    WHERE upper(g.validity) IS NULL AND i.level = 'small'
        AND g.geom && (SELECT ST_SetSRID(ST_Extent(geom)::geometry, 4490) FROM {table})
    ORDER BY p.row, i.code
)
SELECT s.*, hit.grid_id, coalesce(hit.code, s.{village}) AS area_code
FROM {table} s LEFT JOIN hit USING (row)
"""


def place_rows(table: str, *, village: str) -> None:
    """Add `grid_id` and `area_code` to a temporary table of rows (`row`, `geom`).

    Rows in no grid get the code in their column `village`. Indexes of the table are lost.
    """
    names = {
        "table": sql.Identifier(table),
        "placed": sql.Identifier(f"{table}_placed"),
        "village": sql.Identifier(village),
    }
    with connection.cursor() as cursor:
        for statement in (
            "CREATE INDEX ON {table} USING gist (geom)",
            _PLACE_ROWS,
            "DROP TABLE {table}",
            "ALTER TABLE {placed} RENAME TO {table}",
        ):
            cursor.execute(sql.SQL(statement).format(**names))


def grid_at(longitude: float, latitude: float) -> tuple[int, str] | None:
    """(id, code) of the small grid that holds the point today, None outside every grid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.id, i.code FROM territory_gridversion g"
            " JOIN territory_grid i ON i.id = g.grid_id"
            " WHERE upper(g.validity) IS NULL AND i.level = 'small'"
            " AND ST_Intersects(g.geom, ST_SetSRID(ST_MakePoint(%s, %s), 4490))"
            " ORDER BY i.code LIMIT 1",
            [longitude, latitude],
        )
        row = cursor.fetchone()
        return (row[0], row[1]) if row else None
