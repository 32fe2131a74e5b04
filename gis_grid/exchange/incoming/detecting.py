"""What a file is: told by a limited process, completed by what the county knows of itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gis_grid.exchange import sandbox
from gis_grid.exchange.incoming import datum
from gis_grid.exchange.incoming.datum import Box, Candidate, Points

# Telling what a file is takes moments; what takes longer is made to.
SURVEY = sandbox.Limits(memory_mb=2048, cpu_s=60, silence_s=60)
MAPS = ("gpkg", "shp", "geojson", "kml", "kmz", "gpx", "wkt")
_WEB_MAPS = {"GCJ-02": "gcj02", "BD-09": "bd09"}
# Systems that a file may name and that need no question.
_NAMED = {4326: "wgs84", 4490: "cgcs2000", 4979: "wgs84", 4480: "cgcs2000"}


@dataclass(frozen=True)
class Guess:
    """A likely datum, why (codes of sentences), and whether it has to be asked for."""

    datum: str
    reasons: tuple[str, ...]
    is_certain: bool
    others: tuple[str, ...] = ()


def survey(path: Path) -> dict[str, Any]:
    """What stands in the file: see `parsers.survey`. InputError where it is refused."""
    found: dict[str, Any] = {}
    for message in sandbox.parse("survey", path, {}, SURVEY):
        found = message
    return found


def guess_datum(points: Points, box: Box, *, declared: str = "", hints: list[str]) -> Guess:
    """The datum of points, by what the file says, by their size, and by the people's own area."""
    found = datum.candidates(points, box)
    names = [one.datum for one in found]
    named = _declared(declared)
    if "ovital" in hints and "gcj02" in names and not named:
        return Guess("gcj02", ("ovital",), is_certain=False, others=_but(names, "gcj02"))
    if named and _lies_inside(points, named, box):
        # Degrees are often said to be WGS 84 by programs that have only copied a web map.
        is_certain = named not in datum.DEGREES
        return Guess(named, ("declared",), is_certain, _but(names, named))
    if not found:
        why = "declared_elsewhere" if named else "nowhere"
        return Guess(named or "wgs84", (why,), is_certain=False)
    best = found[0]
    reasons = (("contradicted",) if named else ()) + _reasons(best, hints)
    return Guess(best.datum, reasons, _is_alone(found) and not named, _but(names, best.datum))


def _declared(crs: str) -> str:
    """The datum that a file names: that of a web map, or one that PROJ knows by a number."""
    if crs in _WEB_MAPS:
        return _WEB_MAPS[crs]
    number = crs.upper().removeprefix("EPSG:")
    if not number.isdecimal():
        return ""
    name = _NAMED.get(int(number), f"epsg:{number}")
    return name if datum.is_datum(name) else ""


def _lies_inside(points: Points, name: str, box: Box) -> bool:
    if not len(points):
        return True
    turned = datum.to_cgcs2000(points, name)
    west, south, east, north = box
    held = (turned >= (west, south)).all(axis=1) & (turned <= (east, north)).all(axis=1)
    return bool(held.mean() >= 0.5)


def _is_alone(found: list[Candidate]) -> bool:
    """Whether no other system places nearly as many of the points in the area."""
    return len(found) == 1 or found[1].inside < found[0].inside * 0.7


def _reasons(best: Candidate, hints: list[str]) -> tuple[str, ...]:
    base = best.datum.removesuffix(datum.SWAPPED)
    reasons = ["degrees" if base in datum.DEGREES else "metres"]
    if "xxx" in datum.zones().get(base, ""):
        reasons.append("zone_number")
    if best.datum.endswith(datum.SWAPPED):
        reasons.append("swapped")
    return (*reasons, *(hint for hint in hints if hint in ("gpx", "kml")))


def _but(names: list[str], one: str) -> tuple[str, ...]:
    return tuple(name for name in names if name != one)


def points_of(pairs: list[list[float]]) -> Points:
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)
