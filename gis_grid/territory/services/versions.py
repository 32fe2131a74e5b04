"""Data versions: what caches and ETags compare."""

from collections.abc import Iterable

from django.db import connection

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import AreaLevel, code_at, level_of, prefix_of

# Changes of welfare tags alone: who may not see them must not learn of them from an ETag either.
WELFARE = "welfare"
_SEEN_WITH = {WELFARE: Permission.WELFARE_VIEW}


def _town_prefix(code: str) -> str:
    if level_of(code) in (AreaLevel.PROVINCE, AreaLevel.CITY, AreaLevel.COUNTY):
        return prefix_of(code)
    return prefix_of(code_at(code, AreaLevel.TOWN))


def bump(layer: str, area_codes: Iterable[str]) -> None:
    """Raise the version of `layer` in the towns of `area_codes`, in the caller's transaction."""
    prefixes = sorted({_town_prefix(code) for code in area_codes})
    if not prefixes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO territory_dataversion (layer, town_prefix, version)"
            " SELECT %s, prefix, 1 FROM unnest(%s::text[]) AS prefix ORDER BY prefix"
            " ON CONFLICT ON CONSTRAINT data_version_one_each"
            " DO UPDATE SET version = territory_dataversion.version + 1",
            [layer, prefixes],
        )


def version_of(layer: str, user: User) -> int:
    """Sum of the versions that the user can see: it rises with every change in sight."""
    scope = user.scope(_SEEN_WITH.get(layer, Permission.MAP_VIEW))
    towns = [prefix[:9] for prefix in scope.prefixes]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(version), 0)::bigint FROM territory_dataversion"
            " WHERE layer = %s AND (town_prefix LIKE ANY(%s) OR"
            " EXISTS (SELECT FROM unnest(%s::text[]) town WHERE town LIKE town_prefix || '%%'))",
            [layer, [f"{town}%" for town in towns], towns],
        )
        return int(cursor.fetchone()[0])
