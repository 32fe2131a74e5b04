"""What lower apps put on the ground, without this app importing them.

An app registers its `Located` models and its statistics from `AppConfig.ready`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.territory.models import Located


@dataclass(frozen=True)
class PointSet:
    """Things of one kind on the ground, as columns of equal length.

    `xy` is (n, 2) lon/lat; `grids` the area codes that they are booked to; `manual` those
    placed by hand. `measures` count in statistics, only what the asking person may know;
    `labels` are what a list shows, without personal data.
    """

    kind: str
    ids: NDArray[np.int64]
    xy: NDArray[np.float64]
    grids: NDArray[np.str_]
    manual: NDArray[np.bool_]
    measures: Mapping[str, NDArray[np.int64]]
    labels: Sequence[str]


def point_set(kind: str, found: QuerySet[Any], label: str, measure: str) -> PointSet:
    """The located things of a query as columns; each counts one in `measure`."""
    rows = list(
        found.filter(geom__isnull=False)
        .order_by("pk")
        .values_list("pk", label, "geom", "area_code", "placement")
    )
    by_hand = Located.Placement.MANUAL
    return PointSet(
        kind=kind,
        ids=np.array([row[0] for row in rows], dtype=np.int64),
        xy=np.array([row[2].coords for row in rows], dtype=np.float64).reshape(-1, 2),
        grids=np.array([row[3] for row in rows], dtype="<U15"),
        manual=np.array([row[4] == by_hand for row in rows], dtype=np.bool_),
        measures={measure: np.ones(len(rows), dtype=np.int64)},
        labels=[row[1] for row in rows],
    )


class PointSource(Protocol):
    """The things booked to any of the area codes (exactly these) that `user` may see."""

    def __call__(self, *, user: ActingUser, codes: Sequence[str]) -> PointSet: ...


class StatisticsProvider(Protocol):
    """Counts for areas: `{area code: {name: number}}`, only what `user` may know.

    `codes` are area codes of any level; areas with nothing may be left out.
    """

    def __call__(self, *, user: User, codes: Sequence[str]) -> Mapping[str, Mapping[str, int]]: ...


_located: list[type[Located]] = []
_statistics: dict[str, StatisticsProvider] = {}
_points: dict[str, PointSource] = {}
_followers: list[Callable[[str], object]] = []


def register_located(model: type[Located]) -> None:
    if model not in _located:
        _located.append(model)


def located_models() -> tuple[type[Located], ...]:
    return tuple(_located)


def register_points(name: str, source: PointSource) -> None:
    """Have drafts count these things, and tell which of them would move."""
    _points[name] = source


def points_of(*, user: ActingUser, codes: Sequence[str]) -> list[PointSet]:
    return [source(user=user, codes=codes) for source in _points.values()]


def register_follower(follower: Callable[[str], object]) -> None:
    """Have told when a load has gone past the triggers by which changes are followed."""
    if follower not in _followers:
        _followers.append(follower)


def tell_followers(layer: str) -> None:
    """Say, in the load's transaction, that more of the layer has changed than triggers saw."""
    for follower in _followers:
        follower(layer)


def register_statistics(name: str, provider: StatisticsProvider) -> None:
    _statistics[name] = provider


def statistics_of(*, user: User, codes: Sequence[str]) -> dict[str, dict[str, int]]:
    """All providers' counts of the areas, merged; every asked code is in the answer."""
    merged: dict[str, dict[str, int]] = {code: {} for code in codes}
    for provider in _statistics.values():
        for code, counts in provider(user=user, codes=codes).items():
            merged[code].update(counts)
    return merged
