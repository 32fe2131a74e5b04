"""Tags on households: the only code that writes `tag_mask`."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection
from django.utils import timezone

from gis_grid.core.codes import AreaLevel, code_at
from gis_grid.households.models import Household
from gis_grid.households.selectors import open_mask
from gis_grid.territory.services.versions import WELFARE, bump

_REFRESH = """
WITH mask AS (
    SELECT h.id, h.tag_mask AS before, coalesce(bit_or(1::bigint << t.bit), 0) AS bits
    FROM households_household h
    LEFT JOIN households_householdtag ht ON ht.household_id = h.id
        AND ht.starts_on <= %(day)s AND (ht.ends_on IS NULL OR ht.ends_on > %(day)s)
    LEFT JOIN households_tag t ON t.id = ht.tag_id
    WHERE %(ids)s::bigint[] IS NULL OR h.id = ANY(%(ids)s)
    GROUP BY h.id
)
UPDATE households_household h SET tag_mask = mask.bits,
    revision = h.revision + ((mask.before # mask.bits) & %(open)s <> 0)::int
FROM mask WHERE mask.id = h.id AND h.tag_mask <> mask.bits
RETURNING h.area_code, (mask.before # mask.bits) & %(open)s <> 0,
    (mask.before # mask.bits) & ~%(open)s::bigint <> 0
"""


def refresh_masks(household_ids: Sequence[int] | None = None, *, day: dt.date | None = None) -> int:
    """Bring the masks in line with the dated tags; None means every household.

    Runs after every change of tags, and each night for those that begin or end by date.
    Answers how many households changed.
    """
    ids = None if household_ids is None else list(household_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            _REFRESH, {"ids": ids, "day": day or timezone.localdate(), "open": open_mask()}
        )
        changed = cursor.fetchall()
    bump(Household.layer, _towns(area for area, is_open, _ in changed if is_open))
    bump(WELFARE, _towns(area for area, _, is_welfare in changed if is_welfare))
    return len(changed)


def _towns(areas: Iterable[str]) -> set[str]:
    return {code_at(area, AreaLevel.TOWN) for area in areas}
