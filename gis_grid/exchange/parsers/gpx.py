"""GPX 1.0 and 1.1: the points of its tracks, read without entities or document types."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from defusedxml import DefusedXmlException, ElementTree

from gis_grid.exchange.parsers import Refused

MAX_BYTES = 20 * 2**20
MAX_POINTS = 50_000
_AT_ONCE = 2_000


def read(path: Path) -> Iterator[dict[str, Any]]:
    """`{"fixes": [[time, lon, lat, accuracy or None], …]}` in messages of a few thousand."""
    if path.stat().st_size > MAX_BYTES:
        raise Refused("too_large", most=MAX_BYTES // 2**20)
    fixes: list[list[Any]] = []
    count = 0
    try:
        for _event, node in ElementTree.iterparse(path, forbid_dtd=True):
            if _plain(node.tag) != "trkpt":
                continue
            fix = _fix(node)
            if fix is not None:
                fixes.append(fix)
                count += 1
            node.clear()
            if count > MAX_POINTS:
                raise Refused("gpx_points", most=MAX_POINTS)
            if len(fixes) == _AT_ONCE:
                yield {"fixes": fixes}
                fixes = []
    except DefusedXmlException:
        raise Refused("gpx_hostile") from None
    except ElementTree.ParseError as error:
        raise Refused("gpx_broken", reason=str(error)[:100]) from None
    if not count:
        raise Refused("gpx_empty")
    yield {"fixes": fixes}


def _plain(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _fix(node: Any) -> list[Any] | None:
    """A point with its time; one without says nothing about a run."""
    inside = {_plain(child.tag): (child.text or "").strip() for child in node}
    try:
        lon, lat = float(node.get("lon", "")), float(node.get("lat", ""))
        # The dilution of precision times five metres is the usual guess of an error.
        accuracy = float(inside["hdop"]) * 5 if inside.get("hdop") else None
    except ValueError:
        return None
    if not inside.get("time") or not (abs(lon) <= 180 and abs(lat) <= 90):
        return None
    return [inside["time"][:40], lon, lat, accuracy if accuracy is None or accuracy < 1e5 else None]
