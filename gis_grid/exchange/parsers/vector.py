"""Maps: GeoPackage, GeoJSON and zipped Shapefile, told apart by content, never by name.

Answers in lon/lat CGCS2000 (EPSG:4490), rounded to the 1e-7° lattice.
"""

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gis_grid.core.crs import CGCS2000, in_country
from gis_grid.exchange.parsers import Refused, dbf, foreign, geojson, shapefile

ALLOWED_DRIVERS = {"ESRI Shapefile", "GeoJSON", "GPKG"}
ZIP, SQLITE, SHP = b"PK\x03\x04", b"SQLite format 3\0", b"\0\0\x27\x0a"
MAX_FILE_BYTES = 200 * 2**20
MAX_VERTICES = 100_000
MAX_FEATURES = 200_000
BATCH_FEATURES = 500
WGS84_AND_KIN = {4326, 4490, 4979, 4480}
Shapes = NDArray[np.object_]


def read(
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
) -> Iterator[dict[str, Any]]:
    """First `{layer, crs, fields, full, …}`, then `{rows, values: {field: […]}, wkb: [hex]}`.

    `encoding` is that of a Shapefile's texts where it is not to be found out; `full` are those of
    its fields whose names may have been cut.
    """
    left = set(pyogrio.list_drivers()) - ALLOWED_DRIVERS
    if left:
        raise Refused("drivers", names=", ".join(sorted(left)))
    with tempfile.TemporaryDirectory() as folder:
        source, found = _source(path, Path(folder))
        name = _layer(source, layer)
        yield from _features(source, name, crs, encoding if found and encoding else found)


def _source(path: Path, folder: Path) -> tuple[Path, str | None]:
    """The file that GDAL is to open, and the encoding of its texts where that must be said."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Refused("too_large", most=MAX_FILE_BYTES // 2**20)
    foreign.check(path)
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith(SQLITE):
        return path, None
    if head.startswith(ZIP):
        return shapefile.unpack(path, folder)
    if head.startswith(SHP):
        raise Refused("shp_alone")
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return geojson.checked(path, folder), None
    raise Refused("not_a_map")


def _layer(source: Path, wanted: str | None) -> str:
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
    except pyogrio.errors.DataSourceError:
        raise Refused("not_a_map") from None
    if wanted is not None:
        if wanted not in names:
            raise Refused("no_layer", layer=wanted, layers=", ".join(names))
        return wanted
    if len(names) != 1:
        raise Refused("which_layer" if names else "not_a_map", layers=", ".join(names))
    return names[0]


def _features(
    source: Path, layer: str, crs: str | None, encoding: str | None
) -> Iterator[dict[str, Any]]:
    full = dbf.mend(source.with_suffix(".dbf"), encoding) if encoding else []
    info = pyogrio.read_info(source, layer=layer, encoding=encoding, force_feature_count=True)
    if not info["features"]:
        raise Refused("no_features", layer=layer)
    if info["features"] > MAX_FEATURES:
        raise Refused("too_many_features", most=MAX_FEATURES)
    system = _system(crs or info["crs"])
    transformer, warnings = _transformer(system)
    yield {
        "layer": layer,
        "crs": system.to_string()[:60],
        "fields": [str(name) for name in info["fields"]],
        "full": full,
        "features": int(info["features"]),
        "warnings": warnings,
    }
    for first in range(0, info["features"], BATCH_FEATURES):
        meta, _ids, wkb, values = pyogrio.raw.read(
            source,
            layer=layer,
            encoding=encoding,
            force_2d=True,
            skip_features=first,
            max_features=BATCH_FEATURES,
        )
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
        _check_size(shapes, first)
        shapes = _in_degrees(shapes, system, transformer)
        yield {
            "rows": list(range(first + 1, first + 1 + len(shapes))),
            "values": {
                str(name): [cell_text(value) for value in column]
                for name, column in zip(meta["fields"], values, strict=True)
            },
            "wkb": ["" if shape is None else shapely.to_wkb(shape, hex=True) for shape in shapes],
        }


def cell_text(value: Any) -> str:
    """A value as a table of an office has it: nothing for what is not there, days without hours."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, np.datetime64):
        moment = "" if np.isnat(value) else str(value.astype("datetime64[s]")).replace("T", " ")
        return moment.removesuffix(" 00:00:00")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:2000]


def _check_size(shapes: Shapes, first: int) -> None:
    for index, count in enumerate(shapely.get_num_coordinates(shapes)):
        if count > MAX_VERTICES:
            raise Refused("too_many_vertices", feature=first + index + 1, most=MAX_VERTICES)


def _system(text: str | None) -> CRS:
    if not text:
        raise Refused("crs_missing")
    try:
        system = CRS.from_user_input(text if not text.isdigit() else int(text))
    except CRSError:
        raise Refused("crs_unknown", crs=text[:60]) from None
    if not (system.is_geographic or system.is_projected):
        raise Refused("crs_unknown", crs=system.name[:60])
    return system


def _transformer(system: CRS) -> tuple[Transformer | None, list[str]]:
    """Into lon/lat EPSG:4490, always x before y as files hold it; None where it is that."""
    if system.to_epsg() in WGS84_AND_KIN:
        return None, []
    transformer = Transformer.from_crs(system, CGCS2000, always_xy=True)
    geodetic = system.geodetic_crs
    same_datum = geodetic is not None and geodetic.to_epsg() in WGS84_AND_KIN
    return transformer, [] if same_datum else ["datum_shift"]


def _in_degrees(shapes: Shapes, system: CRS, transformer: Transformer | None) -> Shapes:
    bounds = shapely.total_bounds(shapes)
    if not np.isfinite(bounds).all():
        return shapes
    x, y = float(bounds[0]), float(bounds[1])
    small = bool((np.abs(bounds) <= 360).all())
    if system.is_geographic and not small:
        raise Refused("crs_metres_as_degrees", x=_round(x), y=_round(y), guess=_guess(x))
    if system.is_projected and small:
        raise Refused("crs_degrees_as_metres", x=_round(x), y=_round(y))

    def convert(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        if transformer is not None:
            xy = np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
        return np.round(xy, 7)

    turned = shapely.transform(shapes, convert)
    _check_china(shapely.total_bounds(turned), system)
    return turned


def _check_china(bounds: NDArray[np.float64], system: CRS) -> None:
    west, south, east, north = (float(value) for value in bounds)
    if in_country(west, south) and in_country(east, north):
        return
    if in_country(south, west) and in_country(north, east):
        raise Refused("crs_swapped", x=_round(west), y=_round(south))
    raise Refused("crs_outside", crs=system.to_string()[:40], x=_round(west), y=_round(south))


def _round(value: float) -> str:
    return f"{value:.7g}" if math.isfinite(value) else str(value)


def _guess(easting: float) -> str:
    """Probable EPSG code of a CGCS2000 3° zone: by the zone number that leads the easting."""
    zone = int(easting // 1_000_000)
    if 25 <= zone <= 45:
        return f"EPSG:{4513 + zone - 25}"
    return "EPSG:4534 … EPSG:4554"
