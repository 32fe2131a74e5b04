"""Households and people of each area, counted once a change and not once a tile."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from psycopg import Connection

# One statement, so that the counts and the version that they claim come from one snapshot.
_COUNT = """
WITH base AS (
    SELECT h.area_code, count(*) AS households, coalesce(sum(h.people), 0) AS people
    FROM households_household h
    WHERE h.area_code LIKE %(pattern)s AND h.registered_on <= %(day)s
        AND (h.closed_on IS NULL OR h.closed_on > %(day)s)
    GROUP BY h.area_code
), counted AS (
    SELECT code, sum(households)::int AS households, sum(people)::int AS people
    FROM base CROSS JOIN LATERAL (
        SELECT rpad(%(town)s::text, 12, '0') AS code
        UNION SELECT left(area_code, 12)
        UNION SELECT area_code
    ) AS areas
    GROUP BY code
), gone AS (
    DELETE FROM navmap_areacount
    WHERE town_prefix = %(town)s AND code NOT IN (SELECT code FROM counted)
), kept AS (
    INSERT INTO navmap_areacount (code, town_prefix, households, people)
    SELECT code, %(town)s, households, people FROM counted
    ON CONFLICT (code) DO UPDATE
        SET households = excluded.households, people = excluded.people
        WHERE (navmap_areacount.households, navmap_areacount.people)
            <> (excluded.households, excluded.people)
)
INSERT INTO navmap_countedtown (town_prefix, version, day)
SELECT v.town_prefix, v.version, %(day)s FROM territory_dataversion v
WHERE v.layer = 'households' AND v.town_prefix = %(town)s
ON CONFLICT (town_prefix) DO UPDATE SET version = excluded.version, day = excluded.day
"""


def refresh(connection: Connection[Any], towns: Sequence[str], day: dt.date) -> None:
    """Count the towns (or, for a shorter prefix, what is booked to that area alone) anew."""
    for town in towns:
        with connection.transaction():
            # One at a time a town; who waited counts what the other has left to count.
            connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"area counts {town}"]
            )
            pattern = f"{town}%" if len(town) == 9 else town.ljust(12, "0")
            connection.execute(_COUNT, {"town": town, "pattern": pattern, "day": day})
