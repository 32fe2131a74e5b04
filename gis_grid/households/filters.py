"""One filter for households: the map's tiles, the table, the counts, the API and the export.

It always holds the user's scope, so nothing that goes through it can leave the scope out.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import is_area_code, prefix_of
from gis_grid.core.errors import InputError
from gis_grid.households.models import Tag
from gis_grid.households.selectors import VISIBLE_MASK_SQL, visible_mask_params, visible_tags

TagMode = Literal["any", "all"]


@dataclass(frozen=True)
class HouseholdFilter:
    """What to show. `tags` are slugs; an area is a region's or grid's code."""

    tags: tuple[str, ...] = ()
    mode: TagMode = "any"
    area: str | None = None
    day: dt.date | None = None
    # west, south, east, north in degrees
    bbox: tuple[float, float, float, float] | None = None

    def where(self, user: User) -> tuple[str, dict[str, Any]]:
        """SQL condition on `households_household h`, and its named parameters.

        InputError for a tag that does not exist or that the user may not see: both alike.
        """
        in_scope, scope_params = user.scope(Permission.HOUSEHOLD_VIEW).sql("h.area_code")
        parts = [
            in_scope,
            "h.registered_on <= %(day)s",
            "(h.closed_on IS NULL OR h.closed_on > %(day)s)",
        ]
        params: dict[str, Any] = {
            **scope_params,
            "day": self.day or timezone.localdate(),
            **visible_mask_params(user),
        }
        if self.area is not None:
            parts.append("h.area_code LIKE %(area)s")
            params["area"] = f"{_known_area(self.area)}%"
        if self.tags:
            params["tags"] = self.chosen_mask(user)
            wanted = "<> 0" if self.mode == "any" else "= %(tags)s"
            parts.append(f"({VISIBLE_MASK_SQL}) & %(tags)s::bigint {wanted}")
        if self.bbox is not None:
            parts.append("h.geom && ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4490)")
            params.update(zip("wsen", self.bbox, strict=True))
        return " AND ".join(parts), params

    def without_tags(self) -> "HouseholdFilter":
        """The same filter over households with any tags or none."""
        return replace(self, tags=())

    def chosen_mask(self, user: User) -> int:
        """Bits of the chosen tags; InputError for one that the user may not see, or is none."""
        known: Sequence[Tag] = visible_tags(user) if self.tags else ()
        bits = {tag.slug: tag.mask for tag in known}
        unknown = [slug for slug in self.tags if slug not in bits]
        if unknown:
            raise InputError(
                _("There is no tag %(tag)s. Take one of: %(known)s.")
                % {"tag": unknown[0], "known": ", ".join(bits)},
                where="tag",
            )
        return sum({bits[slug] for slug in self.tags})


def _known_area(code: str) -> str:
    if not is_area_code(code):
        raise InputError(
            _("%(code)s is no area code: it has 12 or 15 digits.") % {"code": code[:20]},
            where="area",
        )
    return prefix_of(code)
