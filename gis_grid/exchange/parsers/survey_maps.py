"""What a map holds: its layers, their first rows and shapes, and points to tell its datum by."""

import json
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.exchange.parsers import features

SAMPLE = 400
SHOWN_VERTICES = 6_000
MOST_LAYERS = 20


def map_of(path: Path) -> dict[str, Any]:
    """`{format, encoding, hints, layers}` of a file of maps."""
    with tempfile.TemporaryDirectory() as folder:
        source = features.open_source(path, Path(folder))
        layers = [_layer(source, name) for name in source.layers[:MOST_LAYERS]]
    encoding = source.encoding or layers[0]["encoding"]
    return {
        "format": source.format,
        "encoding": encoding,
        "hints": source.hints,
        "layers": layers,
    }


def _layer(source: features.Source, name: str) -> dict[str, Any]:
    """A layer's head, its first rows and their shapes; its points for the guess of the datum."""
    head, batches = features.features(source, name, None)
    rows: list[list[str]] = []
    held: list[Any] = []
    for message in islice(batches, 1):
        columns = [message["values"][field] for field in head["fields"]]
        rows = [list(cells) for cells in zip(*columns, strict=True)][:SAMPLE]
        held = list(message["shapes"])[:SAMPLE]
    shapes = np.array([None, *held], dtype=object)[1:]
    return head | {"rows": rows, "points": _points(shapes), "shapes": _drawn(shapes)}


def _points(shapes: NDArray[np.object_]) -> list[list[float]]:
    xy = shapely.get_coordinates(shapes)
    step = max(1, len(xy) // SAMPLE)
    return [[float(x), float(y)] for x, y in xy[::step][:SAMPLE]]


def _drawn(shapes: NDArray[np.object_]) -> list[Any]:
    """Shapes as GeoJSON in the file's coordinates, as many as a map can show at a glance."""
    drawn: list[Any] = []
    vertices = 0
    for shape in shapes:
        if shape is None or shape.is_empty:
            continue
        vertices += int(shapely.get_num_coordinates(shape))
        if vertices > SHOWN_VERTICES and drawn:
            break
        drawn.append(json.loads(shapely.to_geojson(shape)))
    return drawn
