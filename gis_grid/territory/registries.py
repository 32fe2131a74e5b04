"""What lower apps put on the ground, without this app importing them.

An app registers its `Located` models and its statistics from `AppConfig.ready`.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from gis_grid.accounts.models import User
from gis_grid.territory.models import Located


class StatisticsProvider(Protocol):
    """Counts for areas: `{area code: {name: number}}`, only what `user` may know.

    `codes` are area codes of any level; areas with nothing may be left out.
    """

    def __call__(self, *, user: User, codes: Sequence[str]) -> Mapping[str, Mapping[str, int]]: ...


_located: list[type[Located]] = []
_statistics: dict[str, StatisticsProvider] = {}


def register_located(model: type[Located]) -> None:
    if model not in _located:
        _located.append(model)


def located_models() -> tuple[type[Located], ...]:
    return tuple(_located)


def register_statistics(name: str, provider: StatisticsProvider) -> None:
    _statistics[name] = provider


def statistics_of(*, user: User, codes: Sequence[str]) -> dict[str, dict[str, int]]:
    """All providers' counts of the areas, merged; every asked code is in the answer."""
    merged: dict[str, dict[str, int]] = {code: {} for code in codes}
    for provider in _statistics.values():
        for code, counts in provider(user=user, codes=codes).items():
            merged[code].update(counts)
    return merged
