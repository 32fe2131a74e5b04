"""What a tablet takes along, kind by kind: rows of an area as the person may see them.

Lower apps add a kind with `register_pulled` in `AppConfig.ready`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from gis_grid.accounts.models import User
from gis_grid.core.codes import AreaLevel, ancestors, code_at, level_of, prefix_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Areas:
    """What is taken along: villages or small grids, by code."""

    codes: tuple[str, ...]

    def q(self, field: str = "area_code") -> Q:
        """Things within, and those that are booked to an area above: they may concern it."""
        inside = Q()
        for code in self.codes:
            inside |= Q(**{f"{field}__startswith": prefix_of(code)})
        return inside | Q(**{f"{field}__in": self.above})

    @property
    def above(self) -> list[str]:
        return sorted({up for code in self.codes for up in ancestors(code) if up != code})

    @property
    def villages(self) -> list[str]:
        """Villages whose part of the feed concerns these areas, and the areas above them."""
        own = {
            code_at(code, AreaLevel.VILLAGE) if level_of(code) == AreaLevel.GRID else code
            for code in self.codes
        }
        return sorted(own | set(self.above))


@dataclass(frozen=True)
class Pulled:
    """A kind. `rows(user, areas, ids, after, limit)`: those of `ids`, or all with a key above
    `after`, by key, `limit` at most; each a `Row` with `id`, `rev` and `area`.
    """

    entity: str
    rows: Callable[[User, Areas, Collection[int] | None, int, int], Sequence[Row]]


_kinds: dict[str, Pulled] = {}


def register_pulled(kind: Pulled) -> None:
    _kinds[kind.entity] = kind


def kinds() -> list[Pulled]:
    return list(_kinds.values())
