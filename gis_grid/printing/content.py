"""What is drawn on the ground: each layer read from what the person may see.

A layer that can't be read is named in `Content.failed`, and the sheet says so.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core import crypto
from gis_grid.core.codes import prefix_of
from gis_grid.core.errors import DomainError
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Tag
from gis_grid.households.selectors import (
    MASKED_HEAD_SQL,
    VISIBLE_MASK_SQL,
    visible_tags,
)
from gis_grid.incidents.sight import IS_OPEN_SQL, LOOK_SQL, VISIBLE_SQL
from gis_grid.patrols.models import Route
from gis_grid.printing.choice import LABELS, Choice
from gis_grid.printing.ground import Ground, Metres
from gis_grid.territory.models import ReferenceFeature, Region
from gis_grid.territory.services.gridversions import stored

# What may go wrong with one layer and leaves the others as they are.
FAULTS = (
    DatabaseError,
    DomainError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    shapely.errors.ShapelyError,
)
Place = tuple[float, float]
_log = logging.getLogger("gis_grid.printing")


@dataclass(frozen=True)
class House:
    """A household: `tags` are those chosen that it has, in the legend's order."""

    area: str
    place: Place
    head: str
    phone: str
    address: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Pin:
    """An open incident."""

    area: str
    place: Place
    kind: str
    look: str


@dataclass(frozen=True)
class Site:
    """A camera; `sector` is what it looks at, None for a home's."""

    area: str
    place: Place
    owner: str
    state: str
    sector: BaseGeometry | None


@dataclass(frozen=True)
class Service:
    """A service point."""

    area: str
    place: Place
    kind: str
    name: str


@dataclass(frozen=True)
class Patrol:
    """A patrol route with its checkpoints in their order."""

    area: str
    name: str
    line: BaseGeometry
    checkpoints: tuple[Place, ...]


@dataclass(frozen=True)
class Way:
    """A road or a water."""

    kind: str
    name: str
    shape: BaseGeometry


@dataclass
class Content:
    """The layers that were chosen; `tags` are the kinds of households in the legend's order."""

    tags: list[Tag] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)
    pins: list[Pin] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    patrols: list[Patrol] = field(default_factory=list)
    roads: list[Way] = field(default_factory=list)
    waters: list[Way] = field(default_factory=list)
    # Labels of layers that were chosen and could not be drawn.
    failed: list[str] = field(default_factory=list)

    def fail(self, layer: str) -> None:
        label = str(LABELS[layer])
        if label not in self.failed:
            self.failed.append(label)


def content_of(user: User, choice: Choice, ground: Ground, to: type[Metres] = Metres) -> Content:
    """All chosen layers; those that fail are logged and named."""
    content = Content()
    metres = to(ground.lon)
    for layer, read in READERS.items():
        is_chosen = layer in choice.layers or (layer == "households" and choice.tags)
        if not is_chosen:
            continue
        try:
            with transaction.atomic():
                read(user, choice, metres, content)
        except FAULTS:
            _log.exception("The layer %s could not be read for a print", layer)
            content.fail(layer)
    return content


_HOUSES = f"""SELECT h.area_code, ST_X(h.geom), ST_Y(h.geom), {{head}}, h.address,
    h.phone_cipher, ({VISIBLE_MASK_SQL}) & %(shown)s::bigint AS mask
FROM households_household h WHERE {{where}} AND h.geom IS NOT NULL ORDER BY h.area_code, h.code"""


def _read_households(user: User, choice: Choice, metres: Metres, content: Content) -> None:
    tags = [tag for tag in visible_tags(user) if tag.slug in choice.tags]
    where, params = HouseholdFilter(area=choice.area).where(user)
    head = "h.head_name" if choice.in_full else MASKED_HEAD_SQL
    with connection.cursor() as cursor:
        cursor.execute(
            _HOUSES.format(where=where, head=head),
            {**params, "shown": sum(tag.mask for tag in tags)},
        )
        rows = cursor.fetchall()
    only_tagged = "households" not in choice.layers
    rows = [row for row in rows if row[6] or not only_tagged]
    places = _places(metres, [(row[1], row[2]) for row in rows])
    # Both only after all has been read, so that a layer is whole or not there.
    houses = [
        House(
            area=area,
            place=place,
            head=name,
            phone=crypto.decrypt(cipher, purpose="household.phone") if choice.in_full else "",
            address=address,
            tags=tuple(tag.slug for tag in tags if mask & tag.mask),
        )
        for (area, _x, _y, name, address, cipher, mask), place in zip(rows, places, strict=True)
    ]
    content.tags, content.houses = tags, houses


def _places(metres: Metres, lonlat: Sequence[Place]) -> list[Place]:
    points = metres(shapely.MultiPoint(lonlat)) if lonlat else shapely.MultiPoint()
    return [(x, y) for x, y in shapely.get_coordinates(points).tolist()]


_PINS = f"""SELECT i.area_code, ST_X(i.geom), ST_Y(i.geom), i.kind, {LOOK_SQL} AS look
FROM incidents_incident i
WHERE {VISIBLE_SQL} AND {IS_OPEN_SQL} AND i.geom IS NOT NULL AND i.area_code LIKE %(area)s
ORDER BY i.id"""


def _read_incidents(user: User, choice: Choice, metres: Metres, content: Content) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _PINS,
            {
                "user": user.pk,
                "incident_scope": user.scope(Permission.INCIDENT_VIEW).like_patterns(),
                "area": f"{prefix_of(choice.area)}%",
            },
        )
        rows = cursor.fetchall()
    places = _places(metres, [(row[1], row[2]) for row in rows])
    content.pins = [
        Pin(area, place, kind, look)
        for (area, _x, _y, kind, look), place in zip(rows, places, strict=True)
    ]


def _located(found: Iterable[Any], metres: Metres) -> list[tuple[Any, Place]]:
    rows = [one for one in found if one.geom is not None]
    return list(zip(rows, _places(metres, [(one.geom.x, one.geom.y) for one in rows]), strict=True))


def _read_cameras(user: User, choice: Choice, metres: Metres, content: Content) -> None:
    found = Camera.objects.visible_to(user).standing()
    rows = _located(found.filter(area_code__startswith=prefix_of(choice.area)), metres)
    content.sites = [
        Site(
            one.area_code,
            place,
            one.owner,
            one.state,
            metres.of(one.sector) if one.sector is not None else None,
        )
        for one, place in rows
    ]


def _read_service_points(user: User, choice: Choice, metres: Metres, content: Content) -> None:
    found = ServicePoint.objects.visible_to(user).on(timezone.localdate())
    rows = _located(found.filter(area_code__startswith=prefix_of(choice.area)), metres)
    content.services = [Service(one.area_code, place, one.kind, one.name) for one, place in rows]


def _read_patrols(user: User, choice: Choice, metres: Metres, content: Content) -> None:
    found = (
        Route.objects.visible_to(user)
        .filter(ended_on=None, current__isnull=False)
        .select_related("current")
        .prefetch_related("current__checkpoints")
    )
    patrols = []
    for route in found:
        version = route.current
        if version is None:
            continue
        points = [(one.geom.x, one.geom.y) for one in version.checkpoints.all()]
        line = metres.of(version.line)
        patrols.append(Patrol(route.area_code, route.name, line, tuple(_places(metres, points))))
    content.patrols = patrols


def _ways(user: User, ground_area: str, layer: str, metres: Metres) -> list[Way]:
    region = Region.objects.filter(code=ground_area[:12]).first()
    found = ReferenceFeature.objects.visible_to(user).filter(layer=layer)
    if region is not None and region.geom is not None:
        west, south, east, north = region.geom.extent
        wide, high = east - west, north - south
        room = shapely.box(west - wide, south - high, east + wide, north + high)
        found = found.filter(geom__bboverlaps=stored(room))
    return [Way(one.kind, one.name, metres.of(one.geom)) for one in found]


def _read_roads(user: User, choice: Choice, metres: Metres, content: Content) -> None:
    content.roads = _ways(user, choice.area, ReferenceFeature.Layer.ROAD, metres)


def _read_water(user: User, choice: Choice, metres: Metres, content: Content) -> None:
    content.waters = _ways(user, choice.area, ReferenceFeature.Layer.WATER, metres)


READERS: dict[str, Callable[[User, Choice, Metres, Content], None]] = {
    "households": _read_households,
    "incidents": _read_incidents,
    "cameras": _read_cameras,
    "service_points": _read_service_points,
    "patrols": _read_patrols,
    "roads": _read_roads,
    "water": _read_water,
}
