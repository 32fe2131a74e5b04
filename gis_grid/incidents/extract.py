"""The piece of the map around an incident, for its file on paper."""

import math

import shapely

from gis_grid.accounts.models import User
from gis_grid.core.drawing import Drawing, Frame, Label, Shape, water_kind
from gis_grid.incidents.models import Incident
from gis_grid.territory.models import Grid, GridVersion, ReferenceFeature
from gis_grid.territory.services.gridversions import shape_of, stored

_AROUND_M = 300.0
_DEGREE_M = 111_320.0
_PIN = 9


def extract_of(incident: Incident, user: User) -> Drawing | None:
    """Grids of today, roads and waters within 300 m, and the pin; None without a place."""
    if incident.geom is None:
        return None
    lon, lat = incident.geom.coords
    high = _AROUND_M / _DEGREE_M
    wide = high / math.cos(math.radians(lat))
    box = shapely.box(lon - wide, lat - high, lon + wide, lat + high)
    frame = Frame(*box.bounds)
    shapes, labels = _grids(user, box, frame)
    pin = Shape("pin", _disc(*frame.place(shapely.Point(lon, lat))))
    return frame.drawing([*_reference(user, box, frame), *shapes, pin], labels)


def _grids(user: User, box: shapely.Polygon, frame: Frame) -> tuple[list[Shape], list[Label]]:
    held = GridVersion.objects.visible_to(user).at(None).filter(geom__bboverlaps=stored(box))
    shapes, labels = [], []
    for version in held.select_related("grid").order_by("-grid__level"):
        is_small = version.grid.level == Grid.Level.SMALL
        seen = shape_of(version.geom)
        # Its border only, as far as it is on the sheet: not the sheet's own edge.
        border = seen.boundary.intersection(box)
        shapes.append(Shape("grid" if is_small else "village", frame.path(border)))
        inside = seen.intersection(box)
        if is_small and not inside.is_empty:
            x, y = frame.place(inside.representative_point())
            labels.append(Label(x, y, version.name, version.grid.code[-3:]))
    return shapes, labels


def _reference(user: User, box: shapely.Polygon, frame: Frame) -> list[Shape]:
    found = ReferenceFeature.objects.visible_to(user).filter(geom__bboverlaps=stored(box))
    shapes = []
    for layer, geom in found.order_by("-layer").values_list("layer", "geom"):
        part = shapely.from_wkb(bytes(geom.wkb)).intersection(box)
        kind = "road" if layer == ReferenceFeature.Layer.ROAD else water_kind(part)
        shapes.append(Shape(kind, frame.path(part)))
    return shapes


def _disc(x: float, y: float) -> str:
    return f"M{x - _PIN},{y}a{_PIN},{_PIN} 0 1,0 {2 * _PIN},0a{_PIN},{_PIN} 0 1,0 {-2 * _PIN},0Z"
