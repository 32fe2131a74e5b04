"""GeoJSON, looked through before GDAL or GEOS may see it: nesting crashes them."""

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from gis_grid.exchange.parsers import Refused

MAX_BYTES = 20 * 2**20
MAX_DEPTH = 12
MAX_VERTICES = 100_000
MAX_COORDINATE = 1e9
# Brackets, and strings, so that a bracket in a text does not count.
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{\]}]', re.S)


def checked(path: Path, folder: Path) -> Path:
    """A clean copy of the file in `folder`: what was checked is what is opened."""
    if path.stat().st_size > MAX_BYTES:
        raise Refused("too_large", most=MAX_BYTES // 2**20)
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    _check_depth(data)
    try:
        content = json.loads(data, parse_constant=_constant)
    except UnicodeDecodeError:
        raise Refused("not_a_map") from None
    except json.JSONDecodeError as error:
        raise Refused(
            "json_broken", line=error.lineno, column=error.colno, reason=error.msg
        ) from None
    if isinstance(content, dict) and "ObjItems" in content:
        raise Refused("ovital_own")
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        found = content.get("type", "") if isinstance(content, dict) else ""
        raise Refused("json_kind", type=str(found)[:40])
    features = content.get("features")
    if not isinstance(features, list):
        raise Refused("json_features")
    for number, feature in enumerate(features, start=1):
        _check_feature(number, feature)
    copy = folder / "boundaries.geojson"
    copy.write_text(json.dumps(content, ensure_ascii=False))
    return copy


def _constant(value: str) -> NoReturn:
    raise Refused("json_number", value=value)


def _check_depth(data: bytes) -> None:
    """Depth of brackets outside strings, before a parser recurses into them."""
    depth = 0
    for token in TOKEN.finditer(data):
        if token[0] in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise Refused("json_depth", most=MAX_DEPTH)
        elif token[0] in b"]}":
            depth -= 1


def _check_feature(number: int, feature: Any) -> None:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise Refused("json_feature", feature=number)
    geometry = feature.get("geometry")
    if geometry is None:
        return
    if not isinstance(geometry, dict) or "coordinates" not in geometry:
        raise Refused("json_geometry", feature=number)
    if _vertices(geometry["coordinates"]) > MAX_VERTICES:
        raise Refused("too_many_vertices", feature=number, most=MAX_VERTICES)


def _vertices(coordinates: Any) -> int:
    """How many vertices there are; Refused where one holds anything but sane numbers."""
    waiting, vertices = [coordinates], 0
    while waiting:
        part = waiting.pop()
        if not isinstance(part, list):
            raise Refused("json_number", value=str(part)[:40])
        if part and isinstance(part[0], list):
            waiting.extend(part)
            continue
        vertices += 1
        for value in part:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise Refused("json_number", value=str(value)[:40])
            if abs(value) > MAX_COORDINATE:
                raise Refused("json_number", value=f"{value:.7g}")
    return vertices
