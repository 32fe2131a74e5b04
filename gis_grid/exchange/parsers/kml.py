"""KML, and KMZ (the same in a zip): its placemarks, read without entities or document types."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import IO, Any

import shapely
from defusedxml import DefusedXmlException, ElementTree

from gis_grid.exchange.incoming.datum import to_cgcs2000
from gis_grid.exchange.parsers import Refused, zips

MAX_BYTES = 20 * 2**20
MAX_VERTICES = 100_000
MAX_FEATURES = 200_000
MAX_FIELDS = 200
# 奥维 writes its own name or elements into what it exports; its places are those of the web map
# beneath, unless each says which they are.
OVITAL = re.compile(rb"ovital|\bomap\b|\xe5\xa5\xa5\xe7\xbb\xb4|<Ov(?:Attr|CoordType)\b", re.I)
OVITAL_SYSTEM = "OvCoordType"
SYSTEM = re.compile(rb'<(?:OvCoordType|Data name="datum"><value)>\s*([\w -]{1,20}?)\s*<')
SYSTEMS = {"CGCS2000": "EPSG:4490", "WGS84": "EPSG:4326", "GCJ02": "GCJ-02", "BD09": "BD-09"}
WEB_MAP, UNIFIED = "GCJ-02", "EPSG:4490"
GBK = re.compile(rb"""<\?xml[^>]*encoding=["']gb(?:2312|k|18030)["']""", re.I)
ENCODING = re.compile(r"""\sencoding=["'][^"']*["']""")
TAG = re.compile(r"<[^>]{0,200}>")
Record = tuple[dict[str, str], Any]


def opened(path: Path, folder: Path) -> Path:
    """The KML itself: out of its zip where it comes in one."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return _in_utf8(_small(path), folder)
    with zips.opened(path) as archive:
        name = next((n for n in archive.namelist() if n.lower().endswith(".kml")), None)
        if name is None:
            raise Refused("broken_zip")
        if archive.getinfo(name).file_size > MAX_BYTES:
            raise Refused("too_large", most=MAX_BYTES // 2**20)
        plain = folder / "doc.kml"
        try:
            plain.write_bytes(archive.read(name))
        except zips.BROKEN:
            raise Refused("broken_zip") from None
    return _in_utf8(plain, folder)


def _in_utf8(path: Path, folder: Path) -> Path:
    """A copy in UTF-8 of what says that it is in GBK, which no reader of XML here knows."""
    with path.open("rb") as file:
        if not GBK.match(file.read(200)):
            return path
    text = path.read_bytes().decode("gb18030", "replace")
    copy = folder / "utf8.kml"
    copy.write_text(ENCODING.sub("", text, count=1), encoding="utf-8")
    return copy


def _small(path: Path) -> Path:
    if path.stat().st_size > MAX_BYTES:
        raise Refused("too_large", most=MAX_BYTES // 2**20)
    return path


def is_ovital(path: Path) -> bool:
    with path.open("rb") as file:
        return bool(OVITAL.search(file.read(2**16)))


def systems_of(path: Path) -> list[str]:
    """The systems of coordinates that the file names, each once: 奥维 says one a placemark.

    Of those beside them that say none, theirs is the web map's.
    """
    content = path.read_bytes()
    said = SYSTEM.findall(content)
    named = {SYSTEMS.get(_system(one.decode("ascii", "ignore"))) for one in said} - {None}
    labelled = content.count(f"<{OVITAL_SYSTEM}>".encode())
    if 0 < labelled < content.count(b"<Placemark"):
        named.add(WEB_MAP)
    return sorted(one for one in named if one)


def _system(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).upper()


def records(path: Path, *, is_mixed: bool = False) -> Iterator[Record]:
    """(texts by field, shape or None) of each placemark.

    `is_mixed`: each is in the system that it names, and all are brought to CGCS2000.
    """
    depth = 0
    with path.open("rb") as file:
        for event, node in parsed(file):
            if _plain(node.tag) != "Placemark":
                continue
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 0:
                shape = _shape(node)
                yield _texts(node), _unified(node, shape) if is_mixed else shape
                node.clear()


def _unified(node: Any, shape: Any) -> Any:
    said = next((each.text or "" for each in node.iter() if _plain(each.tag) == OVITAL_SYSTEM), "")
    system = SYSTEMS.get(_system(said), "") if said else WEB_MAP
    datum = {"GCJ-02": "gcj02", "BD-09": "bd09"}.get(system)
    if shape is None or datum is None:
        return shape
    return shapely.transform(shape, lambda xy: to_cgcs2000(xy, datum))


def parsed(file: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Events of a document that may hold neither entities nor a document type."""
    try:
        yield from ElementTree.iterparse(file, events=("start", "end"), forbid_dtd=True)
    except DefusedXmlException:
        raise Refused("xml_hostile") from None
    except (ElementTree.ParseError, ValueError) as error:
        raise Refused("xml_broken", reason=str(error)[:100]) from None


def _plain(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _texts(node: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in node:
        tag = _plain(child.tag)
        if tag in ("name", "address", "phoneNumber"):
            found[tag] = (child.text or "").strip()
        elif tag == "description":
            found[tag] = _plain_text(child.text or "")
        elif tag == "ExtendedData":
            for item in child.iter():
                if _plain(item.tag) == "SimpleData":
                    found[item.get("name", "")] = (item.text or "").strip()
                elif _plain(item.tag) == "Data":
                    value = next((v.text for v in item if _plain(v.tag) == "value"), "")
                    found[item.get("name", "")] = (value or "").strip()
    return {key: text for key, text in list(found.items())[:MAX_FIELDS] if key}


def _plain_text(html: str) -> str:
    return " ".join(unescape(TAG.sub(" ", html[:20_000])).split())[:2_000]


def _shape(node: Any) -> Any:
    """The placemark's geometry; several parts of one kind become one of many parts."""
    parts = [made for each in node.iter() if (made := _part(each)) is not None]
    if len(parts) < 2:
        return parts[0] if parts else None
    kinds = {part.geom_type for part in parts}
    if kinds == {"Point"}:
        return shapely.MultiPoint(parts)
    if kinds == {"LineString"}:
        return shapely.MultiLineString(parts)
    if kinds == {"Polygon"}:
        return shapely.MultiPolygon(parts)
    return shapely.GeometryCollection(parts)


def _part(node: Any) -> Any:
    tag = _plain(node.tag)
    if tag in ("Point", "LineString"):
        line = next((_line(each) for each in node if _plain(each.tag) == "coordinates"), [])
        if tag == "Point":
            return shapely.Point(line[0]) if line else None
        return shapely.LineString(line) if len(line) > 1 else None
    if tag == "Track":
        line = [_pair(each.text or "", " ") for each in node if _plain(each.tag) == "coord"]
        return shapely.LineString(line) if len(line) > 1 else None
    if tag != "Polygon":
        return None
    outer: list[Any] = []
    holes: list[Any] = []
    for border in node:
        ring = [_line(each) for each in border.iter() if _plain(each.tag) == "coordinates"]
        rings = [r for r in ring if len(r) > 3]
        if _plain(border.tag) == "outerBoundaryIs":
            outer += rings
        elif _plain(border.tag) == "innerBoundaryIs":
            holes += rings
    return shapely.Polygon(outer[0], holes) if outer else None


def _line(node: Any) -> list[tuple[float, float]]:
    words = (node.text or "").split()
    if len(words) > MAX_VERTICES:
        raise Refused("huge_feature", most=MAX_VERTICES)
    return [_pair(word, ",") for word in words]


def _pair(text: str, separator: str) -> tuple[float, float]:
    pieces = text.split(separator)
    try:
        lon, lat = float(pieces[0]), float(pieces[1])
    except (ValueError, IndexError):
        raise Refused("json_number", value=text[:40]) from None
    if not (abs(lon) <= 1e9 and abs(lat) <= 1e9):
        raise Refused("json_number", value=text[:40])
    return lon, lat
