"""Codes of households that are entered by hand: village, dash, running number.

The dash keeps them apart from the codes that offices give in their own tables: one of those,
loaded later, must not be taken for a household that somebody has entered meanwhile.
"""

from django.db import connection

from gis_grid.core.codes import AreaLevel, code_at
from gis_grid.households.models import Household

_NEXT = """
INSERT INTO households_codecounter AS c (village_code, last) VALUES (%s, 1)
ON CONFLICT (village_code) DO UPDATE SET last = c.last + 1
RETURNING last
"""


def next_code(area_code: str) -> str:
    """`431024111200-00001`, in the caller's transaction; never given twice.

    The counter's row stays locked until the commit, so that two at once take turns.
    """
    village = code_at(area_code, AreaLevel.VILLAGE)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [village])
            code = f"{village}-{int(cursor.fetchone()[0]):05d}"
        if not Household.objects.filter(code=code).exists():
            return code
