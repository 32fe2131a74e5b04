"""From the staging tables into the register: unchanged rows are not written."""

import datetime as dt

from django.db import connection

from gis_grid.accounts.scope import Scope
from gis_grid.core.problems import Counts
from gis_grid.households.models import Household
from gis_grid.households.selectors import MASKED_HEAD_SQL
from gis_grid.households.services.load import indexes
from gis_grid.households.services.tags import refresh_masks
from gis_grid.territory.registries import tell_followers

# A load without a place, with an empty phone or without a column does not take away what is known;
# nor does a head as our own files have it, masked.
_MATCH_HOUSEHOLDS = f"""
UPDATE load_household s SET id = h.id,
    head_name = CASE WHEN s.head_name = {MASKED_HEAD_SQL} THEN h.head_name ELSE s.head_name END,
    origin = coalesce(s.origin, h.origin), note = coalesce(s.note, h.note),
    registered_on = coalesce(s.registered_on, h.registered_on),
    geom = coalesce(s.geom, h.geom),
    grid_id = CASE WHEN h.placement = 'manual' OR s.geom IS NULL THEN h.grid_id ELSE s.grid_id END,
    area_code = CASE WHEN h.placement = 'manual' OR s.geom IS NULL THEN h.area_code
        ELSE s.area_code END,
    phone_cipher = CASE WHEN s.phone_hash = '' THEN h.phone_cipher ELSE s.phone_cipher END,
    phone_hash = CASE WHEN s.phone_hash = '' THEN h.phone_hash ELSE s.phone_hash END
FROM households_household h WHERE h.code = s.code
"""

_MARK_CHANGED = """
UPDATE load_household s SET changed = true
FROM households_household h
WHERE h.id = s.id AND (
    (s.address, s.head_name, s.origin, s.phone_hash, s.note, s.registered_on, s.area_code)
    IS DISTINCT FROM
    (h.address, h.head_name, h.origin, h.phone_hash, h.note, h.registered_on, h.area_code)
    OR NOT coalesce(ST_OrderingEquals(s.geom, h.geom), s.geom IS NULL AND h.geom IS NULL))
"""

# By code: neighbours come together in the table and in most of its indexes.
_INSERT_HOUSEHOLDS = """
INSERT INTO households_household (code, address, head_name, origin, phone_cipher, phone_hash,
    note, registered_on, geom, grid_id, area_code)
SELECT code, address, head_name, coalesce(origin, 'resident'), phone_cipher, phone_hash,
    coalesce(note, ''),
    coalesce(registered_on, %(today)s), geom, grid_id, area_code
FROM load_household WHERE id IS NULL ORDER BY code
"""

_UPDATE_HOUSEHOLDS = """
UPDATE households_household h SET address = s.address, head_name = s.head_name,
    origin = s.origin, phone_cipher = s.phone_cipher, phone_hash = s.phone_hash, note = s.note,
    registered_on = s.registered_on, geom = s.geom, grid_id = s.grid_id, area_code = s.area_code,
    revision = h.revision + 1
FROM load_household s WHERE s.id = h.id AND s.changed
"""

# The same person: by identity number, or by name and relation where one of the two lacks it.
_MATCH_PEOPLE = (
    """UPDATE load_person s SET id = r.id
    FROM households_resident r JOIN households_household h ON h.id = r.household_id
    WHERE h.code = s.code AND r.left_on IS NULL AND s.id_hash <> '' AND r.id_hash = s.id_hash""",
    """UPDATE load_person s SET id = r.id
    FROM households_resident r JOIN households_household h ON h.id = r.household_id
    WHERE h.code = s.code AND r.left_on IS NULL AND s.id IS NULL
        AND r.name = s.name AND r.relation = s.relation
        AND (s.id_hash = '' OR r.id_hash = '')
        AND NOT EXISTS (SELECT FROM load_person o WHERE o.id = r.id)""",
    """UPDATE load_person s SET
        changed = (s.name, s.relation, s.sex, s.is_party_member)
            IS DISTINCT FROM (r.name, r.relation, r.sex, r.is_party_member)
            OR (s.id_hash <> '' AND s.id_hash <> r.id_hash)
            OR (s.phone_hash <> '' AND s.phone_hash <> r.phone_hash)
    FROM households_resident r WHERE r.id = s.id""",
)

_INSERT_PEOPLE = """
INSERT INTO households_resident (household_id, name, relation, sex, birth_date, id_cipher,
    id_hash, phone_cipher, phone_hash, is_party_member)
SELECT h.id, s.name, s.relation, s.sex, s.birth_date, s.id_cipher, s.id_hash, s.phone_cipher,
    s.phone_hash, s.is_party_member
FROM load_person s JOIN households_household h ON h.code = s.code
WHERE s.id IS NULL ORDER BY s.row
"""

_UPDATE_PEOPLE = """
UPDATE households_resident r SET name = s.name, relation = s.relation, sex = s.sex,
    is_party_member = s.is_party_member, birth_date = coalesce(s.birth_date, r.birth_date),
    id_cipher = CASE WHEN s.id_hash = '' THEN r.id_cipher ELSE s.id_cipher END,
    id_hash = CASE WHEN s.id_hash = '' THEN r.id_hash ELSE s.id_hash END,
    phone_cipher = CASE WHEN s.phone_hash = '' THEN r.phone_cipher ELSE s.phone_cipher END,
    phone_hash = CASE WHEN s.phone_hash = '' THEN r.phone_hash ELSE s.phone_hash END
FROM load_person s WHERE s.id = r.id AND s.changed
"""

_COUNT_PEOPLE = """
WITH counted AS (
    SELECT h.id, (SELECT count(*) FROM households_resident r
                  WHERE r.household_id = h.id AND r.left_on IS NULL) AS people
    FROM households_household h JOIN (SELECT DISTINCT code FROM load_person) s ON s.code = h.code
)
UPDATE households_household h SET people = counted.people, revision = h.revision + 1
FROM counted WHERE counted.id = h.id AND h.people <> counted.people
"""

# Dated tags first; one that is only listed begins today where none of its kind holds.
_WRITE_TAGS = (
    """INSERT INTO households_householdtag AS t (household_id, tag_id, starts_on, ends_on, source)
    SELECT h.id, s.tag_id, s.starts_on, s.ends_on, coalesce(s.source, '')
    FROM load_tag s JOIN households_household h ON h.code = s.code
    WHERE NOT s.listed
    ON CONFLICT ON CONSTRAINT household_tag_once
    DO UPDATE SET ends_on = excluded.ends_on, source = excluded.source
    WHERE (t.ends_on, t.source) IS DISTINCT FROM (excluded.ends_on, excluded.source)
    RETURNING household_id, (xmax = 0)""",
    """INSERT INTO households_householdtag (household_id, tag_id, starts_on, source)
    SELECT h.id, s.tag_id, s.starts_on, ''
    FROM load_tag s JOIN households_household h ON h.code = s.code
    WHERE s.listed AND NOT EXISTS (
        SELECT FROM households_householdtag t WHERE t.household_id = h.id AND t.tag_id = s.tag_id
        AND t.starts_on <= %(today)s AND (t.ends_on IS NULL OR t.ends_on > %(today)s))
    ON CONFLICT DO NOTHING
    RETURNING household_id, true""",
)


_ABSENT = """
SELECT h.code FROM households_household h
WHERE left(h.area_code, 12) IN (SELECT DISTINCT village FROM load_household)
    AND NOT EXISTS (SELECT FROM load_household s WHERE s.code = h.code) AND {scope}
ORDER BY h.code
"""


def absent(scope: Scope) -> list[str]:
    """Codes of households in the file's villages that the file does not name."""
    condition, params = scope.sql("h.area_code")
    with connection.cursor() as cursor:
        cursor.execute(_ABSENT.format(scope=condition), params)
        return [code for (code,) in cursor.fetchall()]


def match() -> None:
    """Find the households of the register that the rows are about."""
    with connection.cursor() as cursor:
        cursor.execute(_MATCH_HOUSEHOLDS)


def households(today: dt.date) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(id) FROM load_household")
        total, known = cursor.fetchone()
        if indexes.shelve(total - known):
            tell_followers(Household.layer)
        changed = 0
        if known:
            cursor.execute(_MARK_CHANGED)
            cursor.execute(_UPDATE_HOUSEHOLDS)
            changed = cursor.rowcount
        cursor.execute(_INSERT_HOUSEHOLDS, {"today": today})
    return Counts(total - known, changed, known - changed)


def people() -> Counts:
    with connection.cursor() as cursor:
        for statement in _MATCH_PEOPLE:
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM load_person")
        total = int(cursor.fetchone()[0])
        # A number that wanders from one row to another within a household must be free first.
        cursor.execute(_UPDATE_PEOPLE)
        changed = cursor.rowcount
        cursor.execute(_INSERT_PEOPLE)
        new = cursor.rowcount
        if new:
            cursor.execute(_COUNT_PEOPLE)
    return Counts(new, changed, total - new - changed)


def tags(today: dt.date) -> Counts:
    new = changed = 0
    touched: set[int] = set()
    with connection.cursor() as cursor:
        for statement in _WRITE_TAGS:
            cursor.execute(statement, {"today": today})
            for household, is_new in cursor.fetchall():
                touched.add(household)
                new += is_new
                changed += not is_new
        cursor.execute("SELECT count(*) FROM load_tag WHERE NOT listed")
        total = int(cursor.fetchone()[0])
    if touched:
        refresh_masks(sorted(touched), day=today)
    return Counts(new, changed, max(0, total - new - changed))
