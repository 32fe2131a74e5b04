"""Reading households: everything starts from the user's scope."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.accounts.scope import Scope
from gis_grid.core.codes import is_area_code, prefix_of
from gis_grid.households.models import Tag


def open_mask() -> int:
    """Bits of the tags that everyone who sees a household may see."""
    return sum(tag.mask for tag in Tag.objects.filter(visibility=Tag.Visibility.OPEN))


def welfare_scope(user: User) -> Scope:
    """Areas in which the user sees welfare tags."""
    return user.scope(Permission.WELFARE_VIEW)


def visible_tags(user: User) -> list[Tag]:
    """Tags that the user may see anywhere in the scope; welfare ones only for their staff."""
    tags = Tag.objects.all()
    if not welfare_scope(user):
        tags = tags.filter(visibility=Tag.Visibility.OPEN)
    return list(tags)


# The one rule of what is seen of a household's tags; used by tiles, lists, counts, exports.
# %(open_mask)s bigint, %(welfare)s text[] of LIKE patterns.
VISIBLE_MASK_SQL = (
    "CASE WHEN h.area_code LIKE ANY(%(welfare)s) THEN h.tag_mask"
    " ELSE h.tag_mask & %(open_mask)s END"
)


def visible_mask_params(user: User) -> dict[str, Any]:
    """Parameters of VISIBLE_MASK_SQL for this user."""
    return {"open_mask": open_mask(), "welfare": welfare_scope(user).like_patterns()}


def statistics(*, user: User, codes: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """Households, people and visible tags of each area: `tag:<slug>` counts households."""
    wanted = [code for code in codes if is_area_code(code)]
    tags = visible_tags(user)
    columns = ", ".join(f"count(*) FILTER (WHERE h.mask & {tag.mask}::bigint <> 0)" for tag in tags)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code, count(h.id), coalesce(sum(h.people), 0)"
            + (f", {columns}" if columns else "")
            + " FROM unnest(%(codes)s::text[], %(patterns)s::text[]) AS a(code, pattern)"
            " JOIN LATERAL (SELECT h.id, h.people, "
            + VISIBLE_MASK_SQL
            + " AS mask FROM households_household h"
            " WHERE h.area_code LIKE a.pattern AND h.area_code LIKE ANY(%(scope)s)"
            " AND h.registered_on <= %(today)s"
            " AND (h.closed_on IS NULL OR h.closed_on > %(today)s)) h ON true"
            " GROUP BY a.code",
            {
                "codes": wanted,
                "patterns": [f"{prefix_of(code)}%" for code in wanted],
                "scope": user.scope(Permission.MAP_VIEW).like_patterns(),
                "today": timezone.localdate(),
                **visible_mask_params(user),
            },
        )
        names = ["households", "people", *(f"tag:{tag.slug}" for tag in tags)]
        return {
            row[0]: dict(zip(names, map(int, row[1:]), strict=True)) for row in cursor.fetchall()
        }
