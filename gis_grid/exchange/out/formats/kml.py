"""KML: in WGS 84 as the format wants it, or in GCJ-02 for 奥维 and other Chinese maps."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

import geocoordinates_ffi as geo
import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.core.texts import tidy
from gis_grid.exchange.out.cargo import Cargo, Stamp, said
from gis_grid.territory.datasets import Column

DATUMS = ("wgs84", "gcj02")
_NAMES = {"wgs84": "WGS 84", "gcj02": "GCJ-02"}
_TYPES = {"integer": "int", "number": "double"}


def writer(datum: str) -> Callable[[Sequence[Cargo], Path], int]:
    """Several datasets stand in a folder each."""

    def write(cargos: Sequence[Cargo], path: Path) -> int:
        with path.open("w", encoding="utf-8") as out:
            return _write(cargos, out, datum)

    return write


def _write(cargos: Sequence[Cargo], out: TextIO, datum: str) -> int:
    title = "、".join(cargo.title for cargo in cargos)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write('<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n')
    out.write(f"<name>{escape(title)}</name>\n")
    out.write(f"<description>{escape(_mark(cargos[0].stamp, title, datum))}</description>\n")
    # So that the file says which it is when it comes back.
    out.write(
        f'<ExtendedData><Data name="datum"><value>{_NAMES[datum]}</value></Data></ExtendedData>'
    )
    for cargo in cargos:
        out.write(_schema(cargo))
    if len(cargos) == 1:
        count = _placemarks(cargos[0], out, datum)
    else:
        count = sum(_folder(cargo, out, datum) for cargo in cargos)
    out.write("</Document></kml>\n")
    return count


def _folder(cargo: Cargo, out: TextIO, datum: str) -> int:
    out.write(f"<Folder><name>{escape(cargo.title)}</name>\n")
    count = _placemarks(cargo, out, datum)
    out.write("</Folder>\n")
    return count


def _placemarks(cargo: Cargo, out: TextIO, datum: str) -> int:
    count = 0
    label = _label(cargo.columns)
    for chunk in cargo.chunks:
        shapes = shapely.from_wkb(chunk.places)
        if datum == "gcj02":
            shapes = shapely.transform(shapes, _to_gcj02)
        for key, shape, row in zip(chunk.keys, shapes, chunk.rows(), strict=True):
            name = row[label] if label is not None else key
            out.write(f'<Placemark id="{cargo.dataset.name}.{key}"><name>{_text(name)}</name>')
            out.write(_data(cargo, row))
            if shape is not None:
                out.write(_shape(shape))
            out.write("</Placemark>\n")
            count += 1
    return count


def _mark(stamp: Stamp, title: str, datum: str) -> str:
    return f"{stamp.line(title)} · {_NAMES[datum]}"


def _label(columns: Sequence[Column]) -> int | None:
    """Which column names a placemark."""
    names = [column.name for column in columns]
    wanted = ("name", "address", "register_no", "code")
    return next((names.index(name) for name in wanted if name in names), None)


def _schema(cargo: Cargo) -> str:
    fields = "".join(
        f"<SimpleField name={quoteattr(column.name)}"
        f' type="{_TYPES.get(column.kind, "string")}">'
        f"<displayName>{escape(cargo.heading(column))}</displayName></SimpleField>"
        for column in cargo.columns
    )
    return (
        f'<Schema id="{_fields_of(cargo)}" name={quoteattr(cargo.dataset.name)}>{fields}</Schema>\n'
    )


def _data(cargo: Cargo, row: Sequence[Any]) -> str:
    values = "".join(
        f"<SimpleData name={quoteattr(column.name)}>{_text(_value(column, value))}</SimpleData>"
        for column, value in zip(cargo.columns, row, strict=True)
        if value is not None
    )
    url = f"#{_fields_of(cargo)}"
    return f'<ExtendedData><SchemaData schemaUrl="{url}">{values}</SchemaData></ExtendedData>'


def _fields_of(cargo: Cargo) -> str:
    return f"{cargo.dataset.name}_columns"


def _value(column: Column, value: Any) -> Any:
    return value if column.words else said(column, value)


def _text(value: Any) -> str:
    return escape(tidy(str(value)))


def _to_gcj02(at: NDArray[np.float64]) -> NDArray[np.float64]:
    places = (geo.wgs84_to_gcj02(geo.Wgs84(lat=lat, lon=lon)) for lon, lat in at.tolist())
    return np.array([(place.lon, place.lat) for place in places]).reshape(-1, 2)


def _shape(shape: Any) -> str:
    kind = shape.geom_type
    if kind == "Point":
        return f"<Point>{_at(shape)}</Point>"
    if kind == "LineString":
        return f"<LineString><tessellate>1</tessellate>{_at(shape)}</LineString>"
    if kind == "Polygon":
        inner = "".join(
            f"<innerBoundaryIs><LinearRing>{_at(ring)}</LinearRing></innerBoundaryIs>"
            for ring in shape.interiors
        )
        outer = f"<outerBoundaryIs><LinearRing>{_at(shape.exterior)}</LinearRing></outerBoundaryIs>"
        return f"<Polygon>{outer}{inner}</Polygon>"
    parts = list(shape.geoms)
    if len(parts) == 1:
        return _shape(parts[0])
    return f"<MultiGeometry>{''.join(_shape(part) for part in parts)}</MultiGeometry>"


def _at(line: Any) -> str:
    return f"<coordinates>{' '.join(_pairs(line))}</coordinates>"


def _pairs(line: Any) -> Iterator[str]:
    for x, y in shapely.get_coordinates(line).tolist():
        yield f"{round(x, 8)!r},{round(y, 8)!r}"
