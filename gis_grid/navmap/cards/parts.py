"""What the cards have in common."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gis_grid.accounts.models import User
from gis_grid.duties.selectors import answering
from gis_grid.households.selectors import visible_tags
from gis_grid.territory.selectors import place_names

M2_PER_MU = 2000 / 3


@dataclass(frozen=True)
class Place:
    """A region or grid by its code and name."""

    code: str
    name: str


@dataclass(frozen=True)
class Person:
    """Someone who answers for the place, with the number to call."""

    name: str
    phone: str
    post: str
    post_slug: str
    mode: str
    area: Place
    since: dt.date
    # One of the four posts of the grid proper; the others are its many hands.
    is_grid_post: bool


@dataclass(frozen=True)
class TagCount:
    """How many households of an area have a tag that the reader may see."""

    slug: str
    label: str
    category: str
    colour: str
    symbol: str
    households: int


@dataclass(frozen=True)
class NearPoint:
    """A service point near a household, by distance on the ground."""

    id: int
    kind: str
    kind_label: str
    name: str
    hours: str
    metres: int


@dataclass(frozen=True)
class Matter:
    """An incident that is about a household."""

    id: int
    register_no: str
    category: str
    state: str


@dataclass(frozen=True)
class Area:
    """The size of a place in the units that are spoken of."""

    m2: float

    @property
    def mu(self) -> float:
        return self.m2 / M2_PER_MU

    @property
    def km2(self) -> float:
        return self.m2 / 1e6


@dataclass(frozen=True)
class Child:
    """A smaller place inside: a grid of a village, a village of a town."""

    code: str
    name: str
    kind: str
    households: int
    people: int


def people_of(user: User, area_code: str, *, day: dt.date | None = None) -> list[Person]:
    """Everybody who answers for the area, with the names of the areas that they answer for."""
    found = answering(user, area_code, day=day)
    names = place_names({one.area_code for one in found})
    return [
        Person(
            name=one.name,
            phone=one.phone,
            post=one.post,
            post_slug=one.post_slug,
            mode=one.mode,
            area=Place(one.area_code, names.get(one.area_code, one.area_code)),
            since=one.since,
            is_grid_post=one.is_grid_post,
        )
        for one in found
    ]


def tag_counts(user: User, counts: Mapping[str, int]) -> list[TagCount]:
    """Tags of `statistics_of` that the user may see, in the legend's order, empty ones too."""
    return [
        TagCount(
            tag.slug,
            tag.label,
            tag.category,
            tag.colour,
            tag.symbol,
            counts.get(f"tag:{tag.slug}", 0),
        )
        for tag in visible_tags(user)
    ]


def children(
    rows: Sequence[tuple[str, str, str]], counts: Mapping[str, Mapping[str, int]]
) -> list[Child]:
    """`rows` are (code, name, kind)."""
    return [
        Child(
            code,
            name,
            kind,
            counts[code].get("households", 0),
            counts[code].get("people", 0),
        )
        for code, name, kind in rows
    ]
