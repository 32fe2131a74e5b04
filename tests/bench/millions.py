"""Two databases of 24 counties and 60,000 grids: one with 1,000,000 incidents, one with 10,000.

Copies of the county's database, multiplied by SQL from a fixed seed, kept between runs and made
anew when the schema has changed. The incidents lie over ten years; three in a hundred are open.
In both the asking town has as many: what a town's leader asks is the same question twice.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections
from django.db.backends.utils import CursorWrapper

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Role
from tests.bench.county import SINCE

COUNTIES = 24
SIZES = (10_000, 1_000_000)
# Who asks, and how much of it is theirs.
PEOPLE = {
    "town": (Role.TOWN_LEADER, "431101112000"),
    "county": (Role.COUNTY, "431101000000"),
    "all": (Role.COUNTY, "430000000000"),
}
# The county's own database, before anything has led elsewhere.
BASE = str(connections["owner"].settings_dict["NAME"])
_SHIFT_E = 0.43

_REGIONS = """
INSERT INTO territory_region (code, name, level, parent_id, is_demo, geom)
SELECT %(code)s || substr(code, 7), name, level,
    CASE WHEN parent_id IS NULL THEN NULL ELSE %(code)s || substr(parent_id, 7) END, is_demo,
    ST_Translate(geom, %(east)s, 0)
FROM territory_region WHERE code LIKE '431024%%'
"""
_GRIDS = """
INSERT INTO territory_grid (id, code, level, created_at)
SELECT id + %(shift)s, %(code)s || substr(code, 7), level, created_at
FROM territory_grid WHERE code LIKE '431024%%'
"""
_VERSIONS = """
INSERT INTO territory_gridversion
    (grid_id, parent_id, validity, name, kind, geom, label_point, area_m2)
SELECT v.grid_id + %(shift)s, v.parent_id + %(shift)s, v.validity, v.name, v.kind,
    ST_Translate(v.geom, %(east)s, 0), ST_Translate(v.label_point, %(east)s, 0), v.area_m2
FROM territory_gridversion v JOIN territory_grid g ON g.id = v.grid_id
WHERE g.code LIKE '431024%%'
"""
_PLACES = """
CREATE TEMP TABLE place AS
SELECT row_number() OVER (ORDER BY g.code) AS n, g.id, g.code,
    ST_X(v.label_point) AS lon, ST_Y(v.label_point) AS lat
FROM territory_grid g JOIN territory_gridversion v ON v.grid_id = g.id
WHERE g.level = 'small';
CREATE UNIQUE INDEX ON place (n);
CREATE TEMP TABLE leaf AS
SELECT row_number() OVER (ORDER BY c.code) AS n, c.id, c.kind, c.field
FROM incidents_category c
WHERE NOT EXISTS (SELECT FROM incidents_category b WHERE b.parent_id = c.id);
CREATE UNIQUE INDEX ON leaf (n);
"""
# What is young may be open; of what is old nearly everything is closed.
_INCIDENTS = """
INSERT INTO incidents_incident (
    geom, grid_id, area_code, placement, placement_flagged, grid_then_id, area_then, is_outside,
    town_code, year, serial, register_no, category_id, kind, field, severity, what, address,
    channel, reported_at, is_anonymous, reporter_name_cipher, reporter_phone_cipher,
    reporter_phone_hash, state, assignee_role, step_due_at, due_at, due_is_certain, answered_at,
    closed_at, reopened_at, urged, revision
)
SELECT ST_SetSRID(ST_MakePoint(lon + dx, lat + dy), 4490), grid_id, code, 'auto', false, grid_id,
    code, false, left(code, 9) || '000', year, serial,
    '量度[' || year || ']' || serial || '号', category_id, kind, field, 1 + n %% 4,
    (ARRAY['村口水沟堵了三天', '路灯不亮，老人出门不便', '两户为屋檐滴水争吵', '山塘涵管漏水',
        '有人焚烧秸秆', '通组路塌陷一处'])[1 + n %% 6] || '，第' || n || '件',
    (n %% 300)::text || '号', 'import', reported, n %% 8 = 0, '', '',
    CASE WHEN n %% 3 = 0 THEN decode(md5(n::text), 'hex') ELSE '' END,
    CASE WHEN is_open
        THEN (ARRAY['reported', 'accepted', 'in_grid', 'centre', 'assigned', 'told'])[1 + n %% 6]
        ELSE 'closed' END,
    CASE WHEN n %% 6 IN (4, 5) THEN (ARRAY['office', 'police', 'civil'])[1 + n %% 3] ELSE '' END,
    CASE WHEN is_open THEN reported + interval '3 days' END, reported + interval '14 days', true,
    CASE WHEN NOT is_open THEN reported + age * interval '1 day' END,
    CASE WHEN NOT is_open THEN reported + (age + 1) * interval '1 day' END,
    CASE WHEN n %% 40 = 0 AND NOT is_open THEN reported + age * interval '1 day' END,
    n %% 2, 5
FROM (
    SELECT s.*, row_number() OVER (
        PARTITION BY left(code, 9), year ORDER BY reported, n
    ) AS serial
    FROM (
        SELECT r.n, p.id AS grid_id, p.code, p.lon, p.lat, l.id AS category_id, l.kind, l.field,
            r.dx, r.dy, r.age, r.reported, extract(year FROM r.reported)::int AS year,
            r.reported > now() - interval '20 days' AND r.luck < 0.7 OR r.luck < 0.025 AS is_open
        FROM (
            SELECT n, CASE WHEN n <= %(own)s THEN %(first)s + floor(random() * %(of_town)s)
                    ELSE 1 + floor(random() * %(grids)s) END::int AS grid,
                1 + floor(random() * %(leaves)s)::int AS leaf,
                (random() - 0.5) * 0.006 AS dx, (random() - 0.5) * 0.006 AS dy,
                random() * 18 AS age, random() AS luck,
                now() - random() * interval '3650 days' AS reported
            FROM generate_series(1, %(count)s) n
        ) r JOIN place p ON p.n = r.grid JOIN leaf l ON l.n = r.leaf
    ) s
) t
-- As they come in: the newest of every town lie beside each other.
ORDER BY reported
"""
_COUNTERS = """
INSERT INTO incidents_registercounter (town_code, year, last)
SELECT town_code, year, max(serial) FROM incidents_incident GROUP BY 1, 2
"""


def name_of(count: int) -> str:
    return f"{BASE}_incidents_{count}"


def ensure() -> None:
    """Make the databases that are not there as the schema is now."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT max(id) FROM django_migrations")
        (wanted,) = cursor.fetchone()
    for count in SIZES:
        if _migrated(count) == wanted:
            continue
        print(f"Making {count:,} incidents over 60,000 grids …", file=sys.stderr)
        for alias in connections:
            connections[alias].close()
        with on("template1") as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name_of(count)}"')
            cursor.execute(f'CREATE DATABASE "{name_of(count)}" TEMPLATE "{BASE}"')
        with on(name_of(count)) as cursor:
            _multiply(cursor)
            _fill(cursor, count)
            cursor.execute("CREATE TABLE bench_made (migration bigint)")
            cursor.execute("INSERT INTO bench_made VALUES (%s)", [wanted])
            cursor.execute("VACUUM (ANALYZE)")
        with used(count):
            for name, (role, area) in PEOPLE.items():
                user = User.objects.create_user(f"bench_{name}")
                Assignment.objects.create(user=user, role=role, area_code=area, starts_on=SINCE)


def _migrated(count: int) -> int | None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name_of(count)])
        if cursor.fetchone() is None:
            return None
    with on(name_of(count)) as cursor:
        cursor.execute("SELECT to_regclass('bench_made')")
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute("SELECT migration FROM bench_made")
        return int(cursor.fetchone()[0])


@contextmanager
def on(database: str) -> Iterator[CursorWrapper]:
    """The owner's cursor in another database of the cluster."""
    owner = connections["owner"]
    before = owner.settings_dict["NAME"]
    owner.close()
    owner.settings_dict["NAME"] = database
    try:
        with owner.cursor() as cursor:
            yield cursor
    finally:
        owner.close()
        owner.settings_dict["NAME"] = before


@contextmanager
def used(count: int) -> Iterator[None]:
    """Everything that Django asks goes to the database with so many incidents."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name_of(count)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _multiply(cursor: CursorWrapper) -> None:
    for number in range(1, COUNTIES):
        params = {"code": f"4311{number:02d}", "east": number * _SHIFT_E, "shift": number * 100_000}
        for statement in (_REGIONS, _GRIDS, _VERSIONS):
            cursor.execute(statement, params)
    cursor.execute("ANALYZE territory_grid, territory_gridversion")


def _fill(cursor: CursorWrapper, count: int) -> None:
    """Insert them bare, then build the indexes: in a third of the time."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes i WHERE tablename = 'incidents_incident'"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = i.indexname)"
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute("SELECT setseed(0.42)")
    cursor.execute(_PLACES)
    cursor.execute("SELECT (SELECT count(*) FROM place), (SELECT count(*) FROM leaf)")
    grids, leaves = cursor.fetchone()
    town = PEOPLE["town"][1][:9]
    cursor.execute("SELECT min(n), count(*) FROM place WHERE code LIKE %s", [f"{town}%"])
    first, of_town = cursor.fetchone()
    params = {"grids": grids, "leaves": leaves, "count": count, "first": first, "of_town": of_town}
    # Beside those that fall into it by chance, as everywhere.
    params["own"] = round((max(SIZES) - count) * of_town / grids)
    cursor.execute(_INCIDENTS, params)
    cursor.execute(_COUNTERS)
    for _name, definition in indexes:
        cursor.execute(definition)


def person(name: str) -> User:
    """The asking person in the database that is used now."""
    return User.objects.get(username=f"bench_{name}")
