"""The map of a notice."""

from collections.abc import Iterable, Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.core.drawing import Drawing, Frame, Label, Shape, water_kind
from gis_grid.territory import coverage
from gis_grid.territory.redraw.sheet import DraftCell


def drawing_of(
    cells: Mapping[str, DraftCell],
    changed: Iterable[str],
    roads: Iterable[BaseGeometry] = (),
    waters: Iterable[BaseGeometry] = (),
) -> Drawing:
    """The grids with strong borders where they changed; roads and waters (lon/lat) below them."""
    bounds = shapely.total_bounds([cell.shape for cell in cells.values()])
    frame = Frame(*bounds.tolist())
    land = shapely.union_all([cell.shape for cell in cells.values()])
    below = [
        *(Shape(water_kind(part), frame.path(part.intersection(land))) for part in waters),
        *(Shape("road", frame.path(part.intersection(land))) for part in roads),
    ]
    strong = set(changed)
    villages: dict[str, list[BaseGeometry]] = {}
    grids, labels = [], []
    for code, cell in cells.items():
        kind = "changed" if code in strong else "void" if cell.kind == "void" else "grid"
        grids.append(Shape(kind, frame.path(cell.shape)))
        villages.setdefault(cell.village, []).append(cell.shape)
        x, y = frame.place(coverage.label_point(cell.shape))
        labels.append(Label(x, y, cell.name, code[-3:]))
    outlines = [
        Shape("village", frame.path(shapely.coverage_union_all(parts)))
        for parts in villages.values()
    ]
    # What has changed is drawn over what has not.
    grids.sort(key=lambda shape: shape.kind == "changed")
    return frame.drawing([*below, *outlines, *grids], labels)
