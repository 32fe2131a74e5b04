"""What the wizard proposes for a file: which table it is, which column is what, which datum."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from django.contrib.gis.db.models import Extent

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.crs import COUNTRY
from gis_grid.exchange.incoming import mapping
from gis_grid.exchange.incoming.datum import Box, Points
from gis_grid.exchange.incoming.detecting import Guess, guess_datum, points_of
from gis_grid.exchange.incoming.mapping import Read, Sheet
from gis_grid.exchange.incoming.samples import samples_of
from gis_grid.exchange.incoming.targets import Target, target_of, targets_for
from gis_grid.exchange.models import Intake
from gis_grid.exchange.parsers.survey import MAP_LAT, MAP_LON
from gis_grid.exchange.tables import Form
from gis_grid.territory.models import GridVersion, Region

# Some kilometres around: what lies just beyond the border is still the people's own.
MARGIN_DEG = 0.03
# What a layout that was read before is worth beside its headings.
REMEMBERED = 1_000


@dataclass(frozen=True)
class Part:
    """A table of the target, and the sheet of the file that it is read from, if any."""

    form: Form
    sheet: Sheet | None
    positions: Mapping[str, int] = field(default_factory=dict)


Adjust = Callable[[Sequence[Part]], list[Part]]


@dataclass(frozen=True)
class Description:
    """Everything that the page offers, with what is most likely chosen."""

    target: Target
    sheets: Sequence[Sheet]
    parts: Sequence[Part]
    layer: str
    datum: str
    guess: Guess | None
    points: Points

    def as_chosen(self) -> dict[str, Any]:
        """The proposal as `steps.ask_check` takes it."""
        reads = [
            Read(part.sheet.name, part.form.kind, part.sheet.header_row, part.positions).as_json()
            for part in self.parts
            if part.sheet is not None
        ]
        used = [part for part in self.parts if part.sheet is not None]
        return {
            "target": self.target.key,
            "layer": self.layer,
            "datum": self.datum,
            "reads": reads,
            "count": sum(part.sheet.count for part in used if part.sheet),
            "headings": {p.form.kind: list(p.sheet.headings) for p in used if p.sheet},
            "options": {},
        }


def fitting_targets(user: User, intake: Intake) -> list[tuple[int, Target]]:
    """The targets whose tables the file's headings fit, each with how well; the best first."""
    found = samples_of(intake.folder)
    fitting, county = [], mapping.county_of(user)
    for target in _of_its_shape(user, found):
        sheets = sheets_of(found, target, "")
        pairs = [(form, sheet) for form in target.forms for sheet in sheets]
        worth = max((mapping.fits(*pair) for pair in pairs), default=0)
        if any(mapping.knows(*pair, county) for pair in pairs):
            worth += REMEMBERED
        if worth:
            fitting.append((worth, target))
    return sorted(fitting, key=lambda pair: -pair[0])


def likely_target(user: User, intake: Intake) -> Target | None:
    """The target that the file fits best; where it fits none the first that has such shapes."""
    fitting = [target for _worth, target in fitting_targets(user, intake)]
    shaped = _of_its_shape(user, samples_of(intake.folder))
    return next(iter([*fitting, *shaped, *targets_for(user)]), None)


def _of_its_shape(user: User, found: Mapping[str, Any]) -> list[Target]:
    """The person's targets that the shapes of the file's first layer may become."""
    geometry = next((one["geometry"] for one in found.get("layers", [])), "Unknown")
    return [target for target in targets_for(user) if target.fits(geometry)]


def sheets_of(found: Mapping[str, Any], target: Target, layer: str) -> list[Sheet]:
    """The file's tables; the chosen layer of a map as one, with its places as columns."""
    if "sheets" in found:
        return [
            mapping.sheet_of(one["name"], one["rows"], one["count"], target.forms)
            for one in found["sheets"]
        ]
    layers = [one for one in found.get("layers", []) if not layer or one["layer"] == layer]
    return [_layer_sheet(one, target) for one in layers[:1]]


def _layer_sheet(layer: Mapping[str, Any], target: Target) -> Sheet:
    fields = [name for name in layer["fields"] if name not in (MAP_LON, MAP_LAT)]
    kept = [layer["fields"].index(name) for name in fields]
    rows = tuple(tuple(str(cells[i]) for i in kept) for cells in layer["rows"])
    if target.takes == "rows":
        fields += [MAP_LON, MAP_LAT]
    header = 1 if target.takes == "rows" else 0
    full = frozenset(layer.get("full", ()))
    return Sheet(layer["layer"], header, tuple(fields), rows, int(layer["count"]), full)


def describe(
    user: User,
    intake: Intake,
    target_key: str = "",
    *,
    layer: str = "",
    chosen_sheets: Mapping[str, str] | None = None,
    adjust: Adjust = list,
) -> Description | None:
    """The proposal for a file; `chosen_sheets` are tables that were chosen, by kind; `adjust`
    says what is known better of the columns, before the datum is guessed by them.

    None where the file is gone, or the person loads nothing.
    """
    found = samples_of(intake.folder)
    target = target_of(target_key) or likely_target(user, intake)
    if target is None or not found:
        return None
    county = mapping.county_of(user)
    sheets = sheets_of(found, target, layer)
    layers = [one["layer"] for one in found.get("layers", [])]
    layer = layer if layer in layers else (layers[0] if layers else "")
    parts, remembered = [], ""
    free = list(sheets)
    for form in target.forms:
        sheet = _sheet_for(form, free, target, chosen_sheets)
        if sheet is None:
            parts.append(Part(form, None))
            continue
        free.remove(sheet)
        positions, datum = mapping.guessed(form, sheet, county)
        remembered = remembered or datum
        parts.append(Part(form, sheet, positions))
    parts = adjust(parts)
    plain = Description(target, sheets, parts, layer, "", None, points_of([]))
    points, declared = _points(found, plain)
    if not len(points):
        # Rows further down may have places all the same.
        has_places = layers or any({"lon", "lat"} <= part.positions.keys() for part in parts)
        guess = Guess("wgs84", ("none_seen",), is_certain=False) if has_places else None
        return replace(plain, datum=guess.datum if guess else "", guess=guess)
    guess = guess_datum(points, box_of(user), declared=declared, hints=found["hints"])
    if remembered and remembered in (guess.datum, *guess.others):
        guess = replace(guess, datum=remembered, reasons=("remembered",), is_certain=False)
    return replace(plain, datum=guess.datum, guess=guess, points=points)


def _sheet_for(
    form: Form, free: Sequence[Sheet], target: Target, chosen: Mapping[str, str] | None
) -> Sheet | None:
    if chosen is not None:
        return next((one for one in free if one.name == chosen.get(form.kind)), None)
    best = max(free, key=lambda one: mapping.fits(form, one), default=None)
    if best is not None and mapping.fits(form, best):
        return best
    # A single table is the first thing of its target, whatever its headings say.
    is_only = len(free) == 1 and form is target.forms[0]
    return free[0] if is_only else None


def _points(found: Mapping[str, Any], described: Description) -> tuple[Points, str]:
    """A sample of the file's own coordinates, and the system that it names."""
    for layer in found.get("layers", []):
        if layer["layer"] == described.layer:
            return points_of(layer["points"]), str(layer["crs"])
    for part in described.parts:
        if part.sheet is not None and {"lon", "lat"} <= part.positions.keys():
            at = part.positions["lon"], part.positions["lat"]
            pairs = [_pair(cells, *at) for cells in part.sheet.samples]
            return points_of([list(pair) for pair in pairs if pair]), ""
    return points_of([]), ""


def _pair(cells: Sequence[str], lon: int, lat: int) -> tuple[float, float] | None:
    try:
        pair = float(cells[lon]), float(cells[lat])
    except (ValueError, IndexError):
        return None
    return pair if np.isfinite(pair).all() else None


def box_of(user: User) -> Box:
    """The frame of the person's own area, with a margin; the country where it has no borders."""
    scope = user.scope(Permission.MAP_VIEW)
    grids = GridVersion.objects.at().visible_to(user)
    frame = grids.aggregate(frame=Extent("geom"))["frame"]
    if frame is None:
        regions = Region.objects.filter(scope.q("code"))
        frame = regions.aggregate(frame=Extent("geom"))["frame"]
    if frame is None:
        return COUNTRY
    west, south, east, north = frame
    return (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
