"""What a snapshot holds, in degrees, as short as it can be said."""

from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.incidents.models import Kind
from gis_grid.incidents.sight import LOOK_LABELS
from gis_grid.printing.content import Content, House
from gis_grid.printing.ground import Cell, Ground
from gis_grid.printing.tables import people_lines

# A centimetre is nothing on a screen: 1e-5° is about a metre.
_DECIMALS = 5
View = tuple[int, float, float]


def data_of(
    ground: Ground, content: Content, *, until: str, view: View | None, in_full: bool
) -> dict[str, Any]:
    """All of the page's data; `ground` and `content` are in degrees.

    Who lives in a household, and at which address, only with `in_full`.
    """
    west, south, east, north = ground.bounds
    indexes = {tag.slug: number for number, tag in enumerate(content.tags)}
    return {
        "until": until,
        "view": view,
        "bounds": [[south, west], [north, east]],
        "grids": [_grid(cell, ground, "small") for cell in ground.cells]
        + [_grid(cell, ground, "large") for cell in ground.villages],
        "roads": [[way.kind, _lines(way.shape)] for way in content.roads],
        "water": [
            [way.kind, _lines(way.shape), way.shape.geom_type.endswith("Polygon")]
            for way in content.waters
        ],
        "tags": [[tag.label, tag.symbol, tag.colour] for tag in content.tags],
        "households": [_house(house, indexes, in_full=in_full) for house in content.houses],
        "services": [[_at(one.place), one.kind, one.name] for one in content.services],
        "cameras": [[_at(one.place), one.owner, one.state] for one in content.sites],
        "incidents": [[_at(one.place), one.kind, one.look] for one in content.pins],
        "patrols": [[one.name, _lines(one.line)] for one in content.patrols],
        "words": _words(),
    }


def _words() -> dict[str, Any]:
    return {
        "search": _("Name or code"),
        "nothing": _("Nothing of the kind."),
        "household": _("Household"),
        "legend": _("Legend"),
        "buttons": {
            "layers-toggle": _("Layers"),
            "zoom-in": _("Zoom in"),
            "zoom-out": _("Zoom out"),
        },
        "camera": _("Camera"),
        "services": {one.value: str(one.label) for one in ServicePoint.Kind},
        "cameras": {one.value: str(one.label) for one in Camera.State},
        "kinds": {one.value: str(one.label) for one in Kind},
        "looks": {look: str(label) for look, label in LOOK_LABELS.items()},
    }


def _grid(cell: Cell, ground: Ground, level: str) -> dict[str, Any]:
    counts = ground.counts.get(cell.code, {})
    lines = [
        _("%(households)d households, %(people)d people")
        % {"households": counts.get("households", 0), "people": counts.get("people", 0)},
        *people_lines(ground.people.get(cell.code, [])),
    ]
    place = shapely.point_on_surface(cell.shape)
    return {
        "code": cell.code,
        "name": cell.name if cell.kind != "void" else "",
        "level": level,
        "rings": _lines(cell.shape),
        "lines": lines,
        "at": _at((place.x, place.y)),
    }


def _house(house: House, indexes: dict[str, int], *, in_full: bool) -> list[Any]:
    told: list[Any] = [_at(house.place), [indexes[slug] for slug in house.tags]]
    return [*told, [house.head, house.phone, house.address]] if in_full else told


def _at(place: tuple[float, float]) -> list[float]:
    return [round(place[1], _DECIMALS), round(place[0], _DECIMALS)]


def _lines(shape: BaseGeometry) -> list[Any]:
    """Lines, or areas as lists of rings, as Leaflet wants them: latitude first."""
    parts = shapely.get_parts(shape).tolist()
    areas = [part for part in parts if isinstance(part, shapely.Polygon)]
    if areas:
        return [[_line(ring) for ring in (part.exterior, *part.interiors)] for part in areas]
    return [_line(part) for part in parts]


def _line(line: BaseGeometry) -> list[list[float]]:
    return [_at((x, y)) for x, y in shapely.get_coordinates(line).tolist()]
