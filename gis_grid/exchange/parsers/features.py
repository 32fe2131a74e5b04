"""Maps of every kind that comes in, as features in their own coordinates or in CGCS2000.

GeoPackage, Shapefile and GeoJSON by GDAL, KML, KMZ, GPX and CSV with WKT by readers of our own:
GDAL's would open what those files point at.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis_grid.exchange.incoming.datum import to_cgcs2000
from gis_grid.exchange.parsers import (
    Refused,
    csv_text,
    dbf,
    geojson,
    gpx_shapes,
    kml,
    shapefile,
    wkt_text,
    zips,
)
from gis_grid.exchange.parsers.vector import (
    ALLOWED_DRIVERS,
    MAX_FEATURES,
    MAX_FILE_BYTES,
    MAX_VERTICES,
    SHP,
    SQLITE,
    ZIP,
    cell_text,
)

BATCH = 500
Shapes = NDArray[np.object_]
# A vertex of a polygon takes 16 bytes in WKB and in a Shapefile alike.
MAX_SHAPE_BYTES = 16 * MAX_VERTICES * 2
LON, LAT = "经度", "纬度"


@dataclass
class Source:
    """A file opened: `layers` by name, and for GDAL where it lies."""

    format: str
    layers: list[str]
    path: Path
    # Where more may be unpacked; it goes with whoever opened the file.
    folder: Path
    encoding: str | None = None
    hints: list[str] = field(default_factory=list)
    # Layer → records, of what is not GDAL's, and the system that these name.
    held: dict[str, list[kml.Record]] | None = None
    crs: str = ""


def read(
    path: Path,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    datum: str | None = None,
    as_table: bool = False,
) -> Iterator[dict[str, Any]]:
    """First `{layer, fields, full, crs, count}`, then `{rows, values: {field: […]}, wkb: [hex]}`.

    Coordinates are the file's own, or with `datum` lon/lat in CGCS2000. `as_table`: messages as
    those of `table`, a header and a row a feature, its place in the columns 经度 and 纬度 as
    the file has it.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = open_source(path, Path(folder))
        name = layer if layer is not None else source.layers[0]
        if name not in source.layers:
            raise Refused("no_layer", layer=name, layers=", ".join(source.layers))
        head, batches = features(source, name, encoding)
        if as_table:
            yield from _table(head, batches)
            return
        yield head
        for message in batches:
            shapes = message.pop("shapes")
            if datum is not None:
                shapes = _turned(shapes, datum)
            wkb = ["" if s is None else shapely.to_wkb(s, hex=True) for s in shapes]
            yield message | {"wkb": wkb}


def open_source(path: Path, folder: Path) -> Source:
    """What the file is, by its content alone."""
    left = set(pyogrio.list_drivers()) - ALLOWED_DRIVERS
    if left:
        raise Refused("drivers", names=", ".join(sorted(left)))
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Refused("too_large", most=MAX_FILE_BYTES // 2**20)
    with path.open("rb") as file:
        head = file.read(4096)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(SQLITE):
        _check_rows(path)
        return Source("gpkg", _layers(path), path, folder)
    if head.startswith(SHP):
        raise Refused("shp_alone")
    if head.startswith(ZIP):
        return _zipped(path, folder)
    if text[:1] == b"{":
        plain = geojson.checked(path, folder)
        return Source("geojson", _layers(plain), plain, folder)
    if text[:1] == b"<":
        return _xml(path, folder, text)
    return _wkt(path, folder)


def _wkt(path: Path, folder: Path) -> Source:
    at = csv_text.shape_column(path)
    if at is None:
        raise Refused("not_a_map")
    held: list[kml.Record] = []
    for record in wkt_text.records(path, at):
        _keep(held, record)
    return Source("wkt", ["WKT"], path, folder, csv_text.encoding_of(path), held={"WKT": held})


def _layers(path: Path) -> list[str]:
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except pyogrio.errors.DataSourceError:
        raise Refused("not_a_map") from None
    if not names:
        raise Refused("not_a_map")
    return names


def _check_rows(path: Path) -> None:
    """Refuse a GeoPackage with a huge feature before GDAL builds it."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as book:
            places = book.execute(
                "SELECT table_name, column_name FROM gpkg_geometry_columns"
            ).fetchall()
            for table, column in places:
                longest = _longest(book, str(table), str(column))
                if longest > MAX_SHAPE_BYTES:
                    raise Refused("huge_feature", most=MAX_VERTICES)
    except sqlite3.Error:
        raise Refused("not_a_map") from None


def _longest(book: sqlite3.Connection, table: str, column: str) -> int:
    named = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in (column, table)]
    row = book.execute(f"SELECT max(length({named[0]})) FROM {named[1]}").fetchone()
    return int(row[0] or 0)


def _zipped(path: Path, folder: Path) -> Source:
    with zips.opened(path) as archive:
        names = archive.namelist()
    is_map = any(name.lower().endswith(".shp") for name in names)
    if not is_map and any(name.lower().endswith(".kml") for name in names):
        return _kml(kml.opened(path, folder), folder, "kmz")
    stems = shapefile.stems(path)
    plain, encoding = shapefile.unpack(path, folder, stems[0] if len(stems) > 1 else None)
    _check_index(plain.with_suffix(".shx"))
    if len(stems) == 1:
        return Source("shp", [stems[0]], plain, folder, encoding)
    return Source("shp", stems, path, folder)


def _check_index(path: Path) -> None:
    """Refuse a Shapefile with a huge record by its index alone."""
    index = np.frombuffer(path.read_bytes()[100:], dtype=">i4")
    words = index[1::2]
    if len(words) and int(words.max()) * 2 > MAX_SHAPE_BYTES:
        raise Refused("too_many_vertices", feature=int(words.argmax()) + 1, most=MAX_VERTICES)


def _xml(path: Path, folder: Path, text: bytes) -> Source:
    if b"<kml" in text or b":kml" in text:
        return _kml(kml.opened(path, folder), folder, "kml")
    if b"<gpx" not in text:
        # A long comment, or what is no map: the first element decides.
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise Refused("xml_hostile")
        raise Refused("not_a_map")
    held: dict[str, list[kml.Record]] = {}
    for layer, record in gpx_shapes.records(path):
        _keep(held.setdefault(layer, []), record)
    if not held:
        raise Refused("no_features", layer="GPX")
    return Source("gpx", list(held), path, folder, "utf-8", ["gpx"], held)


def _kml(plain: Path, folder: Path, name: str) -> Source:
    said = kml.systems_of(plain)
    held: list[kml.Record] = []
    for record in kml.records(plain, is_mixed=len(said) > 1):
        _keep(held, record)
    if not held:
        raise Refused("no_features", layer="KML")
    hints = ["ovital" if kml.is_ovital(plain) else "kml"]
    held_by = {"placemarks": held}
    crs = said[0] if len(said) == 1 else kml.UNIFIED if said else ""
    return Source(name, list(held_by), plain, folder, "utf-8", hints, held_by, crs)


def _keep(held: list[kml.Record], record: kml.Record) -> None:
    held.append(record)
    if len(held) > MAX_FEATURES:
        raise Refused("too_many_features", most=MAX_FEATURES)


def features(
    source: Source, layer: str, encoding: str | None
) -> tuple[dict[str, Any], Iterator[dict[str, Any]]]:
    """The head of a layer, and its batches `{rows, values, shapes}` in the file's coordinates."""
    if source.held is not None:
        return _held(source, layer)
    path = source.path
    if source.format == "shp" and source.encoding is None:
        folder = Path(tempfile.mkdtemp(dir=source.folder))
        path, found = shapefile.unpack(source.path, folder, layer)
        _check_index(path.with_suffix(".shx"))
        named = "boundaries"
    else:
        found = source.encoding or ""
        named = "boundaries" if source.format == "shp" else layer
    texts = (encoding or found or None) if source.format == "shp" else None
    full = dbf.mend(path.with_suffix(".dbf"), texts) if texts else []
    info = pyogrio.read_info(path, layer=named, encoding=texts, force_feature_count=True)
    if info["features"] > MAX_FEATURES:
        raise Refused("too_many_features", most=MAX_FEATURES)
    count = int(info["features"])
    head = {
        "layer": layer,
        "fields": [str(name) for name in info["fields"]],
        "full": full,
        "crs": _named(info["crs"]),
        "count": count,
        "geometry": str(info["geometry_type"]),
        "encoding": texts or "utf-8",
    }
    return head, _batches(path, named, texts, count)


def _named(crs: str | None) -> str:
    """A system by its EPSG number, where it has one: a .prj seldom says it."""
    if not crs:
        return ""
    try:
        number = CRS.from_user_input(crs).to_epsg(min_confidence=60)
    except CRSError:
        return ""
    return f"EPSG:{number}" if number else str(crs)[:200]


def _batches(path: Path, layer: str, encoding: str | None, count: int) -> Iterator[dict[str, Any]]:
    for first in range(0, count, BATCH):
        meta, _ids, wkb, values = pyogrio.raw.read(
            path,
            layer=layer,
            encoding=encoding,
            force_2d=True,
            skip_features=first,
            max_features=BATCH,
        )
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
        check_size(shapes, first)
        yield {
            "rows": list(range(first + 1, first + 1 + len(shapes))),
            "values": {
                str(name): [cell_text(value) for value in column]
                for name, column in zip(meta["fields"], values, strict=True)
            },
            "shapes": shapes,
        }


def check_size(shapes: Shapes, first: int) -> None:
    """Refuse what is too large to draw, and what lies nowhere."""
    xy, owners = shapely.get_coordinates(shapes, return_index=True)
    is_place = np.isfinite(xy).all(axis=1)
    if not is_place.all():
        raise Refused("place_not_finite", feature=first + int(owners[~is_place][0]) + 1)
    counts = shapely.get_num_coordinates(shapes)
    if len(counts) and counts.max() > MAX_VERTICES:
        raise Refused(
            "too_many_vertices", feature=first + int(counts.argmax()) + 1, most=MAX_VERTICES
        )


def _held(source: Source, layer: str) -> tuple[dict[str, Any], Iterator[dict[str, Any]]]:
    records = (source.held or {})[layer]
    fields = list(dict.fromkeys(key for texts, _ in records for key in texts))
    kinds = {shape.geom_type for _, shape in records if shape is not None}
    head = {
        "layer": layer,
        "fields": fields,
        "full": [],
        # KML and GPX say WGS 84 by definition; whether the program kept to it is another matter.
        "crs": source.crs,
        "count": len(records),
        "geometry": kinds.pop() if len(kinds) == 1 else "Unknown",
        "encoding": source.encoding or "utf-8",
    }

    def batches() -> Iterator[dict[str, Any]]:
        for first in range(0, len(records), BATCH):
            part = records[first : first + BATCH]
            shapes = np.array([shape for _, shape in part], dtype=object)
            check_size(shapes, first)
            yield {
                "rows": list(range(first + 1, first + 1 + len(part))),
                "values": {key: [texts.get(key, "") for texts, _ in part] for key in fields},
                "shapes": shapes,
            }

    return head, batches()


def _turned(shapes: Shapes, datum: str) -> Shapes:
    turned: Shapes = shapely.transform(shapes, lambda xy: to_cgcs2000(xy, datum))
    return turned


def _table(head: dict[str, Any], batches: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The layer as a sheet: row 1 names the columns, feature n stands in row n + 1."""
    fields = [name for name in head["fields"] if name not in (LON, LAT)]
    sheet = head["layer"]
    names = [*fields, LON, LAT]
    pending: dict[str, Any] | None = {"sheet": sheet, "rows": [1], "columns": names}
    for message in batches:
        lon, lat = _places(message["shapes"])
        columns = [
            *([text.replace("\0", "") for text in message["values"][name]] for name in fields),
            lon,
            lat,
        ]
        numbers = [row + 1 for row in message["rows"]]
        if pending is not None:
            # The header travels with the first rows: readers look for it among them.
            numbers = [1, *numbers]
            columns = [[name, *column] for name, column in zip(names, columns, strict=True)]
            pending = None
        yield {
            "sheet": sheet,
            "rows": numbers,
            "columns": ["\0".join(column) for column in columns],
        }
    if pending is not None:
        yield pending


def _places(shapes: Shapes) -> tuple[list[str], list[str]]:
    """Texts of the places; of an area a point in it, of a line none: it is no place."""
    lon, lat = [], []
    for shape in shapes:
        if shape is None or shape.is_empty or shape.geom_type.endswith("LineString"):
            lon.append("")
            lat.append("")
            continue
        point = shape if shape.geom_type == "Point" else shape.representative_point()
        lon.append(repr(float(point.x)))
        lat.append(repr(float(point.y)))
    return lon, lat
