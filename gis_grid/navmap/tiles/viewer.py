"""Who looks at tiles, and what that person may see of them."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.accounts.scope import Scope
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Tag
from gis_grid.households.selectors import open_mask, visible_tags, welfare_scope
from gis_grid.navmap.tiles.arrays import text_array

_SEEN_IN_TILES = (
    Permission.MAP_VIEW,
    Permission.HOUSEHOLD_VIEW,
    Permission.WELFARE_VIEW,
)


def _towns(scope: Scope) -> tuple[str, str]:
    """Patterns of the towns of a scope, and the prefixes of these and what lies around them."""
    towns = [prefix[:9] for prefix in scope.prefixes]
    above = {town[:length] for town in towns for length in (2, 4, 6, 9) if length <= len(town)}
    return text_array(*(f"{town}%" for town in towns)), text_array(*sorted(above))


@dataclass
class Viewer:
    """A person's sight of the map on one day: read once, then asked for every tile.

    Holds no request and no connection, so that it can be kept for the seconds that
    `shortcut` allows.
    """

    user: User
    day: dt.date
    tags: list[Tag]
    # Kept by `serve`: statements for this person, with the parameters that do not change.
    drawings: dict[Any, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    _wheres: dict[HouseholdFilter, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, user: User) -> "Viewer":
        return cls(user=user, day=timezone.localdate(), tags=visible_tags(user))

    @property
    def scope(self) -> Scope:
        return self.user.scope(Permission.MAP_VIEW)

    @cached_property
    def params(self) -> dict[str, Any]:
        """The scope, and in which towns this person can see a change of the data versions."""
        towns, above = _towns(self.scope)
        welfare_towns, welfare_above = _towns(welfare_scope(self.user))
        return {
            "towns": towns,
            "above": above,
            "welfare_towns": welfare_towns,
            "welfare_above": welfare_above,
            "scope": text_array(*self.scope.like_patterns()),
            "incident_scope": text_array(
                *self.user.scope(Permission.INCIDENT_VIEW).like_patterns()
            ),
            "camera_scope": text_array(*self.user.scope(Permission.CAMERA_VIEW).like_patterns()),
            "user": self.user.pk,
        }

    @cached_property
    def fingerprint(self) -> str:
        """Equal for two people exactly where every tile of one is every tile of the other."""
        sight = (
            self.day,
            [
                (permission.value, self.user.scope(permission).prefixes)
                for permission in _SEEN_IN_TILES
            ],
            [(tag.slug, tag.mask) for tag in self.tags],
            open_mask(),
        )
        return hashlib.sha256(repr(sight).encode()).hexdigest()

    def knows(self, households: HouseholdFilter | None) -> bool:
        """True where `where` can answer without reading from the database."""
        return households is None or households in self._wheres

    def where(self, households: HouseholdFilter) -> tuple[str, dict[str, Any]]:
        """`HouseholdFilter.where` for this person; InputError as it raises."""
        found = self._wheres.get(households)
        if found is None:
            text, params = households.where(self.user)
            plain = {
                name: text_array(*value) if isinstance(value, list) else value
                for name, value in params.items()
            }
            found = self._wheres[households] = (text, plain)
        return found
