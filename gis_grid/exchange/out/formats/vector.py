"""GeoPackage and Shapefile by GDAL, a chunk at a time."""

import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_grid.exchange.out.cargo import Cargo
from gis_grid.exchange.out.formats.qml import qml_of
from gis_grid.exchange.out.rows import Chunk
from gis_grid.territory.datasets import Column

SHAPE_ENCODING = "GBK"
# The form that QGIS and GDAL of the last years read without a murmur; newer ones read it as well.
GPKG_VERSION = "1.2"
LONGEST_NAME, LONGEST_TEXT = 10, 254
_UTC = 100
_NUMPY = {"integer": "int64", "number": "float64", "flag": "bool"}
# What a shapefile holds: one kind of shapes a file.
_KINDS = {
    "Point": "point", "LineString": "line", "MultiLineString": "line", "Polygon": "area",
    "MultiPolygon": "area",
}  # fmt: skip


def write_gpkg(cargos: Sequence[Cargo], path: Path) -> int:
    """A layer a dataset with its style for QGIS and QField, and the mark as a table."""
    count = sum(_write_layer(cargo, path) for cargo in cargos)
    _finish(cargos, path)
    return count


def _write_layer(cargo: Cargo, path: Path) -> int:
    count = 0
    layer = cargo.dataset.name
    kind = "Unknown" if cargo.dataset.shape == "Geometry" else cargo.dataset.shape
    for chunk in cargo.chunks:
        _append(path, layer, kind, cargo.columns, chunk, is_first=not count)
        count += len(chunk.keys)
    if not count:
        empty = Chunk([], [], [[] for _column in cargo.columns])
        _append(path, layer, kind, cargo.columns, empty, is_first=True)
    return count


def _append(
    path: Path,
    layer: str,
    kind: str,
    columns: Sequence[Column],
    chunk: Chunk,
    *,
    is_first: bool,
) -> None:
    fields = [_field(column, values) for column, values in zip(columns, chunk.columns, strict=True)]
    moments = {column.name: _utc(chunk) for column in columns if column.kind == "moment"}
    _write(
        str(path),
        geometry=np.array([*chunk.places, None], dtype=object)[:-1],
        field_data=[data for data, _mask in fields],
        field_mask=[mask for _data, mask in fields],
        fields=[column.name for column in columns],
        layer=layer,
        driver="GPKG",
        geometry_type=kind,
        crs="EPSG:4490",
        append=not is_first,
        gdal_tz_offsets=moments,
        # A layer without coordinates of its own is found by its names.
        layer_options={"GEOMETRY_NAME": "geom", "IDENTIFIER": layer} if is_first else {},
        dataset_options={} if path.exists() else {"VERSION": GPKG_VERSION},
    )


def _utc(chunk: Chunk) -> NDArray[np.int64]:
    return np.full(len(chunk.keys), _UTC, dtype=np.int64)


def _field(column: Column, values: Sequence[Any]) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """The values as GDAL takes them, and where there is none."""
    missing = np.array([value is None for value in values], dtype=bool)
    if column.kind == "text":
        return np.array([*values, None], dtype=object)[:-1], None
    if column.kind == "date":
        return np.array(values, dtype="datetime64[D]"), missing
    if column.kind == "moment":
        naive = [None if value is None else value.replace(tzinfo=None) for value in values]
        return np.array(naive, dtype="datetime64[ms]"), missing
    filled = [0 if value is None else value for value in values]
    return np.array(filled, dtype=_NUMPY[column.kind]), missing


def _finish(cargos: Sequence[Cargo], path: Path) -> None:
    """The styles and the mark, as plain tables."""
    with sqlite3.connect(path) as book:
        book.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT,"
            " f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT, styleName TEXT,"
            " styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT,"
            " ui TEXT, update_time DATETIME NOT NULL DEFAULT"
            " (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')))"
        )
        book.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
            " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner)"
            " VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '')",
            [(cargo.dataset.name, cargo.title, qml_of(cargo)) for cargo in cargos],
        )
        book.execute("CREATE TABLE taken_out (key TEXT PRIMARY KEY, value TEXT)")
        book.executemany("INSERT INTO taken_out VALUES (?, ?)", cargos[0].stamp.fields().items())
        for table in ("layer_styles", "taken_out"):
            book.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
                " VALUES (?, 'attributes', ?)",
                (table, table),
            )
    book.close()


def write_shapefile(cargos: Sequence[Cargo], path: Path) -> int:
    """A zip with a shapefile for each dataset and kind of shape, in GBK with its `.cpg`.

    What the short names mean stands in a text beside them.
    """
    folder = path.parent / f"{path.name}.parts"
    folder.mkdir()
    count, told = 0, []
    for cargo in cargos:
        found, explained = _write_shapes(cargo, folder)
        count += found
        told.append(explained)
    (folder / "说明.txt").write_text("\n".join(told), encoding="utf-8-sig")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for part_path in sorted(folder.iterdir()):
            out.write(part_path, part_path.name)
            part_path.unlink()
    folder.rmdir()
    return count


def _write_shapes(cargo: Cargo, folder: Path) -> tuple[int, str]:
    """How many rows were written, and what is to be said of them."""
    names = short_names([column.name for column in cargo.columns])
    columns = [_renamed(column, name) for column, name in zip(cargo.columns, names, strict=True)]
    begun: set[str] = set()
    lost, count = _Lost(), 0
    for chunk in cargo.chunks:
        fitted = [lost.fitted(c, values) for c, values in zip(columns, chunk.columns, strict=True)]
        for kind, part in _by_kind(Chunk(chunk.keys, chunk.places, fitted)):
            _append_shape(folder, kind, cargo.dataset.name, columns, part, begun)
        count += len(chunk.keys)
    if not begun:
        kind = {"LineString": "line", "MultiPolygon": "area"}.get(cargo.dataset.shape, "point")
        empty = Chunk([], [], [[] for _column in columns])
        _append_shape(folder, kind, cargo.dataset.name, columns, empty, begun)
    return count, _explained(cargo, names, lost)


def _write(path: str, **layer: Any) -> None:
    """A layer by GDAL, or more of one."""
    # It brings pandas, a third of a second of every start of a command or a web process.
    import pyogrio.raw

    pyogrio.raw.write(path, **layer)


def _append_shape(
    folder: Path,
    kind: str,
    name: str,
    columns: Sequence[Column],
    chunk: Chunk,
    begun: set[str],
) -> None:
    shapes = {"point": "Point", "line": "MultiLineString", "area": "MultiPolygon"}
    fields = [_field(column, values) for column, values in zip(columns, chunk.columns, strict=True)]
    _write(
        str(folder / f"{name}_{kind}.shp"),
        geometry=np.array([*chunk.places, None], dtype=object)[:-1],
        field_data=[data for data, _mask in fields],
        field_mask=[mask for _data, mask in fields],
        fields=[column.name for column in columns],
        driver="ESRI Shapefile",
        geometry_type="Point" if kind == "point" else shapes[kind],
        promote_to_multi=kind != "point",
        crs="EPSG:4490",
        encoding=SHAPE_ENCODING,
        append=kind in begun,
    )
    begun.add(kind)


def _by_kind(chunk: Chunk) -> Iterator[tuple[str, Chunk]]:
    """Rows by the kind of their shape; rows without a place go with the points."""
    kinds = [
        "point" if shape is None else _KINDS.get(shape.geom_type, "area")
        for shape in shapely.from_wkb(chunk.places)
    ]
    for kind in sorted(set(kinds)):
        chosen = [number for number, one in enumerate(kinds) if one == kind]
        yield (
            kind,
            Chunk(
                [chunk.keys[n] for n in chosen],
                [chunk.places[n] for n in chosen],
                [[values[n] for n in chosen] for values in chunk.columns],
            ),
        )


def short_names(names: Sequence[str]) -> list[str]:
    """Names of at most ten letters, each once."""
    taken: list[str] = []
    for name in names:
        short, number = name[:LONGEST_NAME], 1
        while short in taken:
            number += 1
            short = f"{name[: LONGEST_NAME - len(str(number))]}{number}"
        taken.append(short)
    return taken


def _renamed(column: Column, name: str) -> Column:
    # A DBF knows neither truth with nothing beside it nor moments: both stand there as text.
    kind = "text" if column.kind in ("moment", "flag") else column.kind
    return Column(name, kind, column.sql, column.label)


class _Lost:
    """What a DBF in GBK can't hold: counted, and said in the file that lies beside it."""

    def __init__(self) -> None:
        self.cut: dict[str, int] = {}
        self.strange: dict[str, int] = {}

    def fitted(self, column: Column, values: Sequence[Any]) -> Sequence[Any]:
        if column.kind != "text":
            return values
        return [None if value is None else self._text(column.name, value) for value in values]

    def _text(self, name: str, value: Any) -> str:
        text = value.isoformat() if hasattr(value, "isoformat") else str(value)
        if isinstance(value, bool):
            text = "true" if value else "false"
        raw = text.encode(SHAPE_ENCODING, "replace")
        if raw.decode(SHAPE_ENCODING) != text:
            self.strange[name] = self.strange.get(name, 0) + 1
        if len(raw) > LONGEST_TEXT:
            self.cut[name] = self.cut.get(name, 0) + 1
        return raw[:LONGEST_TEXT].decode(SHAPE_ENCODING, "ignore")


def _explained(cargo: Cargo, names: Sequence[str], lost: _Lost) -> str:
    lines = [cargo.stamp.line(cargo.title), "", _("Field: full name, meaning")]
    for short, column in zip(names, cargo.columns, strict=True):
        lines.append(f"{short}: {column.name}, {cargo.heading(column)}")
        lines += [f"    {code} = {word}" for code, word in column.words.items()]
    for name, count in lost.cut.items():
        lines.append(
            _("%(name)s: %(count)d texts were cut, a shapefile holds %(most)d bytes.")
            % {"name": name, "count": count, "most": LONGEST_TEXT}
        )
    for name, count in lost.strange.items():
        lines.append(
            _("%(name)s: %(count)d texts have characters that GBK lacks; a ? stands for them.")
            % {"name": name, "count": count}
        )
    return "\n".join(lines) + "\n"
