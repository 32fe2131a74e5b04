"""Rules that need other rows or the database: one statement each, all rows at once."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from gis_grid.accounts.scope import Scope

# Columns: kind, row, col, code, params. Parameters: scope (LIKE patterns), demo, today.
_INTO = "INSERT INTO load_problem (kind, row, col, code, params) "

_CODES_ONCE = """
    SELECT 'household', s.row, 'code', 'code_twice', jsonb_build_object('other', twice.first)
    FROM (SELECT code, min(row) AS first FROM load_household WHERE code <> ''
          GROUP BY code HAVING count(*) > 1) twice
    JOIN load_household s ON s.code = twice.code AND s.row <> twice.first"""

_HOUSEHOLDS = (
    # A village that is not there and one that is out of scope look the same; so do grids.
    """SELECT 'household', s.row, 'village', 'village_unknown',
        jsonb_build_object('village', s.village)
    FROM load_household s LEFT JOIN territory_region r
        ON r.code = s.village AND r.level = 'village' AND r.code LIKE ANY(%(scope)s)
    WHERE s.village <> '' AND r.code IS NULL""",
    """SELECT 'household', s.row, 'code', 'code_taken', '{}'::jsonb
    FROM load_household s JOIN households_household h ON h.code = s.code
    WHERE h.area_code NOT LIKE ALL(%(scope)s)""",
    """SELECT 'household', s.row, 'village', 'region_is_demo', '{}'::jsonb
    FROM load_household s JOIN territory_region r ON r.code = s.village
    WHERE NOT %(demo)s AND r.is_demo AND r.code LIKE ANY(%(scope)s)""",
    """SELECT 'household', s.row, 'village', 'region_is_real', '{}'::jsonb
    FROM load_household s JOIN territory_region r ON r.code = s.village
    WHERE %(demo)s AND NOT r.is_demo AND r.code LIKE ANY(%(scope)s) AND s.village IN (
        SELECT v.village FROM (SELECT DISTINCT village FROM load_household) v
        WHERE EXISTS (SELECT FROM households_household h
                      WHERE h.area_code LIKE left(v.village, 9) || '%%'))""",
    # What stands for a head that is known has been replaced by it.
    """SELECT 'household', s.row, 'head', 'head_masked', jsonb_build_object('head', s.head_name)
    FROM load_household s WHERE position('*' IN s.head_name) > 0""",
    # What was placed by hand stays where it is. How far off is worked out for some rows only:
    # where the datum is wrong every row is off, and the first hundreds say it all.
    """WITH outside AS MATERIALIZED (
        SELECT s.row, s.geom, row_number() OVER (ORDER BY s.row) AS nth
        FROM load_household s LEFT JOIN households_household h ON h.id = s.id
        WHERE s.geom IS NOT NULL
            AND (s.grid_id IS NULL OR s.area_code NOT LIKE ALL(%(scope)s))
            AND h.placement IS DISTINCT FROM 'manual'
    )
    SELECT 'household', o.row, 'lon',
        CASE WHEN near.code IS NULL THEN 'outside_grids' ELSE 'outside_every_grid' END,
        CASE WHEN near.code IS NULL THEN '{}'::jsonb
             ELSE jsonb_build_object('grid', near.code, 'metres', near.metres) END
    FROM outside o LEFT JOIN LATERAL (
        SELECT i.code, round(ST_Distance(g.geom::geography, o.geom::geography)) AS metres
        FROM territory_gridversion g JOIN territory_grid i ON i.id = g.grid_id
        WHERE upper(g.validity) IS NULL AND i.level = 'small' AND o.nth <= 500
            AND i.code LIKE ANY(%(scope)s)
        ORDER BY g.geom <-> o.geom LIMIT 1
    ) near ON true""",
    """SELECT 'household', s.row, 'lon', 'other_village', jsonb_build_object('grid', s.area_code)
    FROM load_household s JOIN territory_region r ON r.code = s.village AND r.level = 'village'
    LEFT JOIN households_household h ON h.id = s.id
    WHERE s.grid_id IS NOT NULL AND left(s.area_code, 12) <> s.village
        AND s.village LIKE ANY(%(scope)s) AND s.area_code LIKE ANY(%(scope)s)
        AND h.placement IS DISTINCT FROM 'manual'""",
)

# `known`: households that rows of people and tags may name, of those that they do name.
_KNOWN = """CREATE TEMP TABLE load_known ON COMMIT DROP AS
    WITH named AS MATERIALIZED (
        SELECT code FROM load_person UNION SELECT code FROM load_tag WHERE NOT listed
    )
    SELECT s.code FROM named s JOIN load_household f ON f.code = s.code WHERE s.code <> ''
    UNION SELECT s.code FROM named s JOIN households_household h ON h.code = s.code
    WHERE h.area_code LIKE ANY(%(scope)s)"""

_PEOPLE = (
    """SELECT 'person', s.row, 'code', 'household_unknown', jsonb_build_object('code', s.code)
    FROM load_person s WHERE s.code <> ''
        AND NOT EXISTS (SELECT FROM load_known k WHERE k.code = s.code)""",
    """SELECT 'person', s.row, 'id', 'id_twice', jsonb_build_object('other', twice.first)
    FROM (SELECT id_hash, min(row) AS first FROM load_person WHERE id_hash <> ''
          GROUP BY id_hash HAVING count(*) > 1) twice
    JOIN load_person s ON s.id_hash = twice.id_hash AND s.row <> twice.first""",
    """SELECT 'person', s.row, 'id', 'id_elsewhere', '{}'::jsonb
    FROM load_person s JOIN households_resident r
        ON r.id_hash = s.id_hash AND r.id_hash <> '' AND r.left_on IS NULL
    JOIN households_household h ON h.id = r.household_id
    WHERE h.code <> s.code""",
    """SELECT 'person', row, 'name', 'person_twice', jsonb_build_object('other', first)
    FROM (SELECT row,
              first_value(row) OVER (PARTITION BY code, name, relation ORDER BY row) AS first
          FROM load_person WHERE id_hash = '' AND name <> '') s WHERE row <> first""",
    # Somebody in each household of the file is its head: in the file, or in the register.
    """SELECT 'person', min(s.row), 'relation', 'missing_head', jsonb_build_object('code', s.code)
    FROM load_person s WHERE s.code <> ''
    GROUP BY s.code
    HAVING NOT bool_or(s.relation = '户主') AND NOT EXISTS (
        SELECT FROM households_household h JOIN households_resident r ON r.household_id = h.id
        WHERE h.code = s.code AND r.relation = '户主' AND r.left_on IS NULL)""",
    """SELECT 'person', row, 'relation', 'two_heads',
        jsonb_build_object('other', first, 'code', code)
    FROM (SELECT row, code, first_value(row) OVER (PARTITION BY code ORDER BY row) AS first
          FROM load_person WHERE relation = '户主' AND code <> '') s WHERE row <> first""",
    """SELECT 'person', s.row, 'name', 'head_differs', jsonb_build_object('other', h.row)
    FROM load_person s JOIN load_household h ON h.code = s.code
    WHERE s.relation = '户主' AND s.name <> '' AND h.head_name <> '' AND h.head_name <> s.name""",
)

_TAGS = (
    """SELECT 'tag', s.row, 'code', 'household_unknown', jsonb_build_object('code', s.code)
    FROM load_tag s WHERE NOT s.listed AND s.code <> ''
        AND NOT EXISTS (SELECT FROM load_known k WHERE k.code = s.code)""",
    """SELECT 'tag', row, 'tag', 'tag_twice', jsonb_build_object('other', first)
    FROM (SELECT row, first_value(row) OVER (PARTITION BY code, tag_id, starts_on ORDER BY row)
            AS first FROM load_tag WHERE NOT listed AND tag_id IS NOT NULL) s
    WHERE row <> first""",
)

# People and tags of a household whose own row is refused go with it.
_FOLLOW = """
INSERT INTO load_problem (kind, row, col, code)
SELECT s.kind, s.row, 'code', 'household_refused'
FROM (SELECT 'person' AS kind, row, code FROM load_person
      UNION ALL SELECT 'tag', row, code FROM load_tag WHERE NOT listed) s
JOIN load_household h ON h.code = s.code
WHERE h.id IS NULL
    AND EXISTS (SELECT FROM load_problem p WHERE p.kind = 'household' AND p.row = h.row)
    AND NOT EXISTS (SELECT FROM load_household o WHERE o.code = s.code AND o.row <> h.row
        AND NOT EXISTS (SELECT FROM load_problem p WHERE p.kind = 'household' AND p.row = o.row))
"""


def apply(*, scope: Scope, demo: bool, codes_are_once: bool) -> None:
    """Add a problem for every row that breaks a rule. Expects ids and grids to be set."""
    params: Mapping[str, Any] = {"scope": scope.like_patterns(), "demo": demo}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.load_known")
        cursor.execute(_KNOWN, params)
        cursor.execute("CREATE INDEX ON load_known (code)")
        cursor.execute("ANALYZE load_known")
        once = () if codes_are_once else (_CODES_ONCE,)
        for rule in (*once, *_HOUSEHOLDS, *_PEOPLE, *_TAGS):
            cursor.execute(_INTO + rule, params)


def drop_bad_rows() -> None:
    """Leave only rows without a problem in the staging tables."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW)
        for kind, where in (("household", ""), ("person", ""), ("tag", " AND NOT s.listed")):
            cursor.execute(
                f"DELETE FROM load_{kind} s USING load_problem p"
                f" WHERE p.kind = %s AND p.row = s.row{where}",
                [kind],
            )
        cursor.execute(
            "DELETE FROM load_tag s WHERE s.listed"
            " AND NOT EXISTS (SELECT FROM load_household h WHERE h.code = s.code)"
        )
