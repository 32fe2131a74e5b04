"""Checks that need one row only, done a column at a time; nothing here asks the database."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_grid.core import personal
from gis_grid.core.crs import EAST, NORTH, SOUTH, WEST, in_country
from gis_grid.core.problems import Batch, Problem
from gis_grid.core.words import fits_a_name, surely_names

UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
INNER_SPACE = re.compile(r"[\t\n\r\u2028\u2029]")
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
CODE = re.compile(r"[0-9A-Za-z\-]{1,20}")
VILLAGE = re.compile(r"[1-9][0-9]{11}")
CUT = "≈"
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 00:00:00)?|(\d{4})(\d{2})(\d{2})")
LIST_MARK = re.compile(r"[、,，;；/|]")
YES, NO = (
    frozenset({"是", "y", "yes", "true", "1", "√", "党员"}),
    frozenset({"", "否", "n", "no", "false", "0"}),
)
SEXES = {"男": "m", "女": "f", "m": "m", "f": "f", "男性": "m", "女性": "f", "": ""}
ORIGINS = {
    "本地": "resident",
    "本地户": "resident",
    "本村": "resident",
    "户籍": "resident",
    "resident": "resident",
    "外来": "elsewhere",
    "外来户": "elsewhere",
    "流动": "elsewhere",
    "elsewhere": "elsewhere",
    "": "resident",
}


PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}")


@cache
def _column_of(pattern: re.Pattern[str]) -> re.Pattern[str]:
    each = f"(?:{pattern.pattern})?"
    return re.compile(f"{each}(?:\n{each})*")


def _are_all(pattern: re.Pattern[str], values: Sequence[str]) -> bool:
    """Whether the pattern fits each of the texts that is not empty: asked once for the column."""
    return bool(_column_of(pattern).fullmatch("\n".join(values)))


@dataclass
class Column:
    """Checks of one batch; collects the problems and says in which cell each is."""

    batch: Batch
    problems: list[Problem] = field(default_factory=list)

    def fault(self, index: int, key: str, code: str, **params: Any) -> None:
        self.problems.append(Problem(self.batch.kind, self.batch.rows[index], key, code, params))

    def texts(self, key: str, *, most: int, needed: str | None = None) -> list[str]:
        """Texts without outer blanks, line breaks as blanks; "" where a text is refused.

        `needed` is the code of the problem where a cell is empty.
        """
        values = list(self.batch.column(key))
        together = "".join(values)
        # The whole column is asked first: few have a blank, and next to none what can't be seen.
        if together.split(maxsplit=1) != [together]:
            values = [INNER_SPACE.sub(" ", value.strip()) for value in values]
            together = "".join(values)
        if not together.isprintable() and UNSAFE.search(together):
            values = [self._clean(i, key, value) for i, value in enumerate(values)]
        if "#" in together:
            values = [self._no_error(i, key, value) for i, value in enumerate(values)]
        if len(together) and max(map(len, values)) > most:
            values = [self._short(i, key, value, most) for i, value in enumerate(values)]
        if needed and not all(values):
            refused = {(p.row, p.column) for p in self.problems}
            for i, value in enumerate(values):
                if not value and (self.batch.rows[i], key) not in refused:
                    self.fault(i, key, needed)
        return values

    def names(self, key: str, *, most: int) -> list[str]:
        """Texts that are needed and may stand as names; "" where one is refused."""
        values = self.texts(key, most=most, needed="needed")
        for i, value in enumerate(values) if not surely_names(values) else ():
            if not fits_a_name(value):
                self.fault(i, key, "name_unfit")
                values[i] = ""
        return values

    def _clean(self, index: int, key: str, value: str) -> str:
        found = UNSAFE.search(value)
        if not found:
            return value
        self.fault(index, key, "control_characters", mark=f"U+{ord(found.group()):04X}")
        return ""

    def _no_error(self, index: int, key: str, value: str) -> str:
        if value not in ERRORS:
            return value
        self.fault(index, key, "cell_error", value=value)
        return ""

    def _short(self, index: int, key: str, value: str, most: int) -> str:
        if len(value) <= most:
            return value
        self.fault(index, key, "too_long", length=len(value), most=most)
        return ""

    def matching(
        self, key: str, pattern: re.Pattern[str], code: str, *, most: int = 40, needed: bool = True
    ) -> list[str]:
        """Texts that the pattern fits whole, "" for the others."""
        values = self.texts(key, most=most, needed="needed" if needed else None)
        if _are_all(pattern, values):
            return values
        refused = {value for value in set(values) if value and not pattern.fullmatch(value)}
        for i, value in enumerate(values) if refused else ():
            if value in refused:
                self.fault(i, key, "number_cut" if value.startswith(CUT) else code)
                values[i] = ""
        return values

    def choice(self, key: str, known: Mapping[str, str], code: str) -> list[str]:
        values = self.texts(key, most=40)
        chosen = [known.get(value) for value in values]
        for i, each in enumerate(chosen):
            if each is None and (each := known.get(values[i].lower())) is None:
                self.fault(i, key, code, value=values[i][:20])
            chosen[i] = each
        return [each or "" for each in chosen]

    def yes(self, key: str) -> list[bool]:
        values = self.texts(key, most=20)
        for i, value in enumerate(values):
            if value.lower() not in YES and value.lower() not in NO:
                self.fault(i, key, "yes_no", value=value)
        return [value.lower() in YES for value in values]

    def dates(
        self, key: str, *, needed: bool = False, latest: dt.date | None = None
    ) -> list[dt.date | None]:
        values = self.texts(key, most=40, needed="needed" if needed else None)
        known: dict[str, dt.date | None] = {"": None}
        for i, value in enumerate(values):
            if value not in known:
                known[value] = parse_date(value)
            day = known[value]
            if value and day is None:
                self.fault(i, key, "date_form", value=value[:20])
            elif day and latest and day > latest:
                self.fault(i, key, "date_future")
        return [known[value] for value in values]


def parse_date(text: str) -> dt.date | None:
    """2026-03-01, 2026/3/1, 2026.3.1, 2026年3月1日 or 20260301; None for anything else."""
    found = DATE.fullmatch(text)
    if not found:
        return None
    parts = [int(part) for part in found.groups() if part and part.isdigit()]
    try:
        return dt.date(*parts)
    except ValueError:
        return None


@dataclass(frozen=True)
class Rules:
    """What holds for the whole load."""

    today: dt.date
    demo: bool
    # name and slug of each tag → its id
    tags: Mapping[str, int]
    tag_names: str
    convert: Callable[[float, float], tuple[float, float]] | None = None


def _narrow(text: str) -> str:
    """Full-width digits and letters, as Chinese keyboards give them, as plain ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def phones(column: Column, key: str, rules: Rules) -> list[str]:
    """Normalised telephone numbers."""
    values = column.texts(key, most=40)
    mobile, demo = personal.MOBILE.match, personal.DEMO_PHONE.match
    if _are_all(PLAIN_MOBILE, values):
        # Only the side that a number is on is left to ask.
        suspects = [i for i, value in enumerate(values) if bool(demo(value)) is not rules.demo]
    else:
        suspects = list(range(len(values)))
    for i in suspects:
        value = values[i]
        if not value:
            continue
        if not mobile(value):
            values[i] = personal.normalise_phone(_narrow(value))
        is_demo = bool(demo(values[i]))
        if not is_demo and not (values[i].isascii() and personal.phone_ok(values[i])):
            column.fault(i, key, "phone_form")
        elif is_demo is not rules.demo:
            column.fault(i, key, "phone_demo" if is_demo else "phone_not_demo")
    return values


def identity_numbers(column: Column, key: str, rules: Rules) -> list[str]:
    """Normalised identity numbers; those with a fault are "" and noted."""
    values = [personal.normalise_id(_narrow(value)) for value in column.texts(key, most=40)]
    for i, value in enumerate(values):
        fault = identity_fault(value, rules) if value else None
        if fault:
            column.fault(i, key, fault)
            values[i] = ""
    return values


def identity_fault(number: str, rules: Rules) -> str | None:
    """Code of what is wrong with a normalised identity number, None where it is right."""
    if number.startswith(CUT):
        return "number_cut"
    if not number.isascii() or not personal.ID_FORM.match(number):
        return "id_form"
    if not personal.id_has_form(number, today=rules.today):
        return "id_date"
    if personal.id_checksum_ok(number) is rules.demo:
        return "id_not_demo" if rules.demo else "id_checksum"
    return None


def sexes(column: Column, numbers: Sequence[str]) -> list[str]:
    """`m`/`f`, from the identity number where the column is empty; must agree with it."""
    values = column.choice("sex", SEXES, "sex_unknown")
    for i, number in enumerate(numbers):
        if not number:
            continue
        of_number = "m" if int(number[16]) % 2 else "f"
        if values[i] and values[i] != of_number:
            column.fault(i, "sex", "sex_differs", sex="男" if of_number == "m" else "女")
        values[i] = of_number
    return values


def places(column: Column, rules: Rules) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(lon, lat) of each row, degrees CGCS2000 on the 1e-7° lattice; which rows have a place."""
    lons, lats = column.texts("lon", most=40), column.texts("lat", most=40)
    lon, lat = _numbers(lons), _numbers(lats)
    held = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    for i in np.flatnonzero(~held).tolist():
        if lons[i] and lats[i]:
            _place_fault(column, i, float(lon[i]), float(lat[i]))
        elif lons[i] or lats[i]:
            column.fault(i, "lat" if lons[i] else "lon", "place_half")
    found = np.column_stack((lon, lat))
    if rules.convert:
        for i in np.flatnonzero(held).tolist():
            found[i] = rules.convert(*found[i].tolist())
    return found.round(7), held


def _numbers(texts: Sequence[str]) -> NDArray[np.float64]:
    """The texts as numbers, NaN for what is none."""
    try:
        return np.fromiter(map(float, texts), float, len(texts))
    except ValueError:
        return np.fromiter(map(_number, texts), float, len(texts))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _place_fault(column: Column, index: int, lon: float, lat: float) -> None:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        texts = [column.batch.column(key)[index].strip() for key in ("lon", "lat")]
        key = "lat" if math.isfinite(_number(texts[0])) else "lon"
        column.fault(index, key, "place_form", value=texts[key == "lat"][:20])
    elif in_country(lat, lon):
        column.fault(index, "lon", "place_swapped")
    elif abs(lon) > 360 or abs(lat) > 360:
        column.fault(index, "lon", "place_metres")
    else:
        column.fault(index, "lon", "place_outside_china")


def tag_lists(column: Column, rules: Rules) -> list[Collection[int]]:
    """Ids of the tags that a cell lists, such as `低保户、党员户`."""
    known: dict[str, Collection[int]] = {"": ()}
    values = column.texts("tags", most=400)
    for i, value in enumerate(values):
        if value in known:
            continue
        names = [name.strip() for name in LIST_MARK.split(value) if name.strip()]
        unknown = [name for name in names if name not in rules.tags]
        if unknown:
            column.fault(i, "tags", "tag_unknown", value=unknown[0][:20], known=rules.tag_names)
            continue
        known[value] = sorted({rules.tags[name] for name in names})
    return [known.get(value, ()) for value in values]
