"""CSV and GeoJSON, written line by line."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _

from gis_grid.core.workbook import escaped
from gis_grid.exchange.out.cargo import Cargo, plain, said


def write_csv(cargos: Sequence[Cargo], path: Path) -> int:
    """With a BOM, so that Excel reads Chinese; the mark in the first line, headings below it."""
    (cargo,) = cargos
    count = 0
    is_point = cargo.dataset.shape == "Point"
    places = [_("Longitude"), _("Latitude")] if is_point else []
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([escaped(cargo.stamp.line(cargo.title))])
        headings = [*(cargo.heading(column) for column in cargo.columns), *places]
        writer.writerow([escaped(heading) for heading in headings])
        for chunk in cargo.chunks:
            at = _coordinates(chunk.places) if is_point else [()] * len(chunk.keys)
            for row, place in zip(chunk.rows(), at, strict=True):
                writer.writerow([*map(_cell, cargo.columns, row), *place])
            count += len(chunk.keys)
    return count


def _cell(column: Any, value: Any) -> Any:
    shown = said(column, value)
    return escaped(shown) if isinstance(shown, str) else shown


def _coordinates(places: Any) -> list[tuple[Any, ...]]:
    points = shapely.from_wkb(places)
    found = zip(shapely.get_x(points), shapely.get_y(points), strict=True)
    return [("", "") if x != x else (repr(float(x)), repr(float(y))) for x, y in found]


def write_geojson(cargos: Sequence[Cargo], path: Path) -> int:
    """RFC 7946, codes and names of columns as the services have them."""
    (cargo,) = cargos
    count = 0
    names = [json.dumps(column.name) for column in cargo.columns]
    with path.open("w", encoding="utf-8") as out:
        mark = json.dumps(cargo.stamp.fields(), ensure_ascii=False)
        name = json.dumps(cargo.dataset.name)
        out.write(f'{{"type":"FeatureCollection","name":{name},"metadata":{mark},"features":[')
        for chunk in cargo.chunks:
            shapes = shapely.to_geojson(shapely.from_wkb(chunk.places))
            for key, shape, row in zip(chunk.keys, shapes, chunk.rows(), strict=True):
                values = (json.dumps(plain(value), ensure_ascii=False) for value in row)
                properties = ",".join(map("{}:{}".format, names, values))
                out.write(",\n" if count else "\n")
                out.write(
                    f'{{"type":"Feature","id":{json.dumps(key)},"geometry":{shape or "null"},'
                    f'"properties":{{{properties}}}}}'
                )
                count += 1
        out.write("\n]}\n")
    return count
