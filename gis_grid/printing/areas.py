"""Areas that a person can choose to print: those wholly in sight."""

from dataclasses import dataclass

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.territory.models import Grid, GridVersion, Region

# Beyond this many grids only towns and villages can be chosen; grids come from their cards.
MOST_GRIDS = 600


@dataclass(frozen=True)
class Group:
    """A town or village with the places in it: (code, name)."""

    name: str
    places: list[tuple[str, str]]


def areas_of(user: User) -> list[Group]:
    """Towns with their villages first, then each village's grids."""
    scope = user.scope(Permission.MAP_VIEW)
    published = GridVersion.objects.visible_to(user).at()
    large = dict(
        published.filter(grid__level=Grid.Level.LARGE)
        .order_by("grid__code")
        .values_list("grid__code", "name")
    )
    small = published.filter(grid__level=Grid.Level.SMALL, kind=GridVersion.Kind.SMALL)
    codes = {code[:9] + "000" for code in large}
    towns = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    groups = []
    for town, name in sorted(towns.items()):
        villages = [(code, title) for code, title in large.items() if code[:9] == town[:9]]
        own = [(town, name)] if scope.covers(town) else []
        groups.append(Group(name, own + villages))
    if small.count() <= MOST_GRIDS:
        by_village: dict[str, list[tuple[str, str]]] = {}
        rows = small.order_by("grid__code").values_list("grid__code", "name")
        for code, name in rows:
            by_village.setdefault(code[:12], []).append((code, name))
        groups += [Group(large.get(code, code), grids) for code, grids in by_village.items()]
    return groups
