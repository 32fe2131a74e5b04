"""GPX as a map: waypoints, routes and tracks, in the order in which the file has them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from gis_grid.exchange.parsers import Refused
from gis_grid.exchange.parsers.kml import MAX_BYTES, MAX_VERTICES, Record, parsed

LAYERS = {"wpt": "waypoints", "rte": "routes", "trk": "tracks"}
_POINTS = ("rtept", "trkpt")
_WORDS = ("name", "desc", "cmt", "type", "sym")


def records(path: Path) -> Iterator[tuple[str, Record]]:
    """(layer, (texts, shape)) of each waypoint, route and track."""
    if path.stat().st_size > MAX_BYTES:
        raise Refused("too_large", most=MAX_BYTES // 2**20)
    with path.open("rb") as file:
        for event, node in parsed(file):
            layer = LAYERS.get(_plain(node.tag))
            if event == "end" and layer:
                yield layer, (_texts(node), _shape(node, layer))
                node.clear()


def _plain(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _texts(node: Any) -> dict[str, str]:
    inside = {_plain(child.tag): (child.text or "").strip() for child in node}
    return {word: inside[word][:2_000] for word in _WORDS if inside.get(word)}


def _shape(node: Any, layer: str) -> Any:
    if layer == "waypoints":
        return shapely.Point(_place(node))
    lines = [
        [_place(point) for point in part if _plain(point.tag) in _POINTS]
        for part in (node, *(child for child in node if _plain(child.tag) == "trkseg"))
    ]
    if sum(map(len, lines)) > MAX_VERTICES:
        raise Refused("huge_feature", most=MAX_VERTICES)
    held = [line for line in lines if len(line) > 1]
    if not held:
        return None
    return shapely.LineString(held[0]) if len(held) == 1 else shapely.MultiLineString(held)


def _place(node: Any) -> tuple[float, float]:
    try:
        lon, lat = float(node.get("lon", "")), float(node.get("lat", ""))
    except ValueError:
        raise Refused("json_number", value=str(node.get("lon", ""))[:40]) from None
    if not (abs(lon) <= 360 and abs(lat) <= 360):
        raise Refused("json_number", value=f"{lon:.7g}")
    return lon, lat
