"""Scope: the areas in which a person holds a permission, as code prefixes."""

import functools
import operator
import os.path
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from gis_grid.core.codes import PREFIX_LENGTH, AreaLevel, common_area, prefix_of


@dataclass(frozen=True)
class Scope:
    """Sorted prefixes, none inside another; no prefix means nothing is in scope."""

    prefixes: tuple[str, ...] = ()

    @classmethod
    def of_areas(cls, codes: Iterable[str]) -> "Scope":
        kept: list[str] = []
        for prefix in sorted({prefix_of(code) for code in codes}):
            if not any(prefix.startswith(outer) for outer in kept):
                kept.append(prefix)
        return cls(tuple(kept))

    def __bool__(self) -> bool:
        return bool(self.prefixes)

    def covers(self, code: str) -> bool:
        """True where `code` is one of the areas or lies inside one."""
        return any(code.startswith(prefix) for prefix in self.prefixes)

    def touches(self, code: str) -> bool:
        """True where the area `code` is in scope, lies in it, or contains a part of it."""
        own = prefix_of(code)
        return any(own.startswith(prefix) or prefix.startswith(own) for prefix in self.prefixes)

    def common_area(self, within: str | None = None) -> str:
        """Code of the smallest area that holds this scope, or the part of it in `within`.

        Empty where there is none. In the log it says where a read took place: an area that was
        asked for may reach beyond the scope, and nothing was read out there.
        """
        if within is None:
            return common_area(self.prefixes)
        own = prefix_of(within)
        if any(own.startswith(prefix) for prefix in self.prefixes):
            return within
        return common_area(prefix for prefix in self.prefixes if prefix.startswith(own))

    @property
    def counties(self) -> list[str]:
        """Prefixes of the counties that hold this scope; none where it reaches beyond them."""
        digits = PREFIX_LENGTH[AreaLevel.COUNTY]
        if any(len(prefix) < digits for prefix in self.prefixes):
            return []
        return sorted({prefix[:digits] for prefix in self.prefixes})

    def q(self, field: str) -> Q:
        """Filter on a code column; matches nothing for an empty scope."""
        if not self.prefixes:
            return Q(pk__in=[])
        parts = [Q(**{f"{field}__startswith": prefix}) for prefix in self.prefixes]
        return functools.reduce(operator.or_, parts)

    def sql(self, column: str, name: str = "scope") -> tuple[str, dict[str, Any]]:
        """Condition on a code column, and its named parameters.

        The part that all prefixes share comes first by itself: `LIKE ANY` uses no index.
        """
        shared = os.path.commonprefix(self.prefixes)  # noqa: RUF071 digits, not paths
        if self.prefixes == (shared,):
            return f"{column} LIKE %({name}_shared)s", {f"{name}_shared": f"{shared}%"}
        condition = f"({column} LIKE %({name}_shared)s AND {column} LIKE ANY(%({name})s))"
        return condition, {f"{name}_shared": f"{shared}%", name: self.like_patterns()}

    def like_patterns(self) -> list[str]:
        """Patterns for `column LIKE ANY(%s)`; digits only, so nothing needs escaping."""
        return [f"{prefix}%" for prefix in self.prefixes]
