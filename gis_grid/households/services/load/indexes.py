"""Indexes of the households built after the rows of a first load: in a fraction of the time.

Nobody reads the households from then to the end of the load, so it is done only where there
are next to none to read, and only where nobody reads them at this moment.
"""

from django.db import connection

# Fewer rows are written about as fast with the indexes in place.
SMALLEST = 20_000
# At most one household in the register for so many that come.
SHARE = 100

_SHELVE = """
SELECT CASE WHEN has_function_privilege('households_shelve_indexes()', 'EXECUTE')
    THEN households_shelve_indexes() END
"""


def shelve(coming: int) -> bool:
    """Take the indexes away, if so many new households are a first load; True where it is done.

    They come back with `restore`, or at the end of the transaction.
    """
    with connection.cursor() as cursor:
        # A load that can be undone is followed row by row, by a trigger that would be away.
        cursor.execute("SELECT coalesce(current_setting('gis_grid.intake', true), '') <> ''")
        if cursor.fetchone()[0]:
            return False
        few = coming // SHARE
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM households_household LIMIT %s) held", [few + 1]
        )
        if coming < SMALLEST or cursor.fetchone()[0] > few:
            return False
        # What is deferred to the commit would keep the table from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(_SHELVE)
        return bool(cursor.fetchone()[0])


def restore() -> None:
    """Build what was taken away; what a row breaks is told now, not by the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS households_unshelve IMMEDIATE")
