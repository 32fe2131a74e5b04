"""The rows of a file on their way to a service, by what was chosen for its columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from gis_grid.core.problems import Batch
from gis_grid.exchange import sandbox
from gis_grid.exchange.incoming.datum import to_cgcs2000
from gis_grid.exchange.incoming.detecting import MAPS
from gis_grid.exchange.incoming.mapping import Read
from gis_grid.exchange.incoming.targets import Shape
from gis_grid.exchange.models import Intake
from gis_grid.exchange.tables import Reading, columns_of

Tell = Callable[[int], object]
AS_IT_IS = ("", "wgs84", "cgcs2000")


def messages_of(intake: Intake) -> Iterator[dict[str, Any]]:
    """The file as sheets: its own, or a layer of a map as one."""
    if intake.found["format"] in MAPS:
        options = {**_of_map(intake), "as_table": True}
        yield from sandbox.parse("features", intake.path, options, sandbox.VECTORS)
    else:
        yield from sandbox.parse("table", intake.path, {}, sandbox.TABLES)


def _of_map(intake: Intake) -> dict[str, Any]:
    chosen = intake.chosen
    return {"layer": chosen.get("layer") or None, "encoding": chosen.get("encoding") or None}


def reads_of(intake: Intake) -> list[Read]:
    datum = intake.chosen.get("datum", "")
    return [Read(**one, datum=datum) for one in intake.chosen.get("reads", [])]


def batches_of(intake: Intake, reading: Reading, tell: Tell) -> Iterator[Batch]:
    """The rows below the headings, places brought to CGCS2000; `reading` is told what was read."""
    by_sheet = {read.sheet: read for read in reads_of(intake)}
    for one in by_sheet.values():
        reading.sheets[one.kind] = one.sheet
        reading.headers[one.kind] = (one.header_row, dict(one.positions))
    done = 0
    for message in messages_of(intake):
        read = by_sheet.get(message["sheet"])
        if read is None:
            continue
        columns = columns_of(message)
        skip = sum(number <= read.header_row for number in message["rows"])
        numbers = message["rows"][skip:]
        if not numbers:
            continue
        known = {key: columns[at][skip:] for key, at in read.positions.items() if at < len(columns)}
        done += len(numbers)
        tell(done)
        yield Batch(read.kind, read.sheet, numbers, placed(known, read.datum))


def placed(columns: Mapping[str, Sequence[str]], datum: str) -> dict[str, Sequence[str]]:
    """The columns with longitude and latitude in CGCS2000; what is no number stays as it is."""
    found = dict(columns)
    if datum in AS_IT_IS or "lon" not in found or "lat" not in found:
        return found
    lon, lat = list(found["lon"]), list(found["lat"])
    pairs = [(i, _number(x), _number(y)) for i, (x, y) in enumerate(zip(lon, lat, strict=True))]
    held = [(i, x, y) for i, x, y in pairs if x is not None and y is not None]
    turned = to_cgcs2000(
        np.array([(x, y) for _, x, y in held], dtype=np.float64).reshape(-1, 2), datum
    )
    for (i, _x, _y), (x, y) in zip(held, turned.tolist(), strict=True):
        # What lies nowhere is left for the service to name.
        if np.isfinite((x, y)).all():
            lon[i], lat[i] = f"{x:.7f}", f"{y:.7f}"
    return found | {"lon": lon, "lat": lat}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def shapes_of(intake: Intake, tell: Tell) -> Iterator[Shape]:
    """The features of the layer with the texts of the chosen columns, in CGCS2000."""
    (read,) = reads_of(intake)
    options = _of_map(intake) | {"datum": read.datum or "cgcs2000"}
    fields: list[str] = []
    for message in sandbox.parse("features", intake.path, options, sandbox.VECTORS):
        if "fields" in message:
            fields = message["fields"]
            continue
        columns = {
            key: message["values"][fields[at]]
            for key, at in read.positions.items()
            if at < len(fields)
        }
        for i, (row, wkb) in enumerate(zip(message["rows"], message["wkb"], strict=True)):
            texts = {key: column[i].strip() for key, column in columns.items()}
            yield row, texts, shapely.from_wkb(bytes.fromhex(wkb)) if wkb else None
        tell(message["rows"][-1])
