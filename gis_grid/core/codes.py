"""Area codes: the 12-digit national code (2+2+2+3+3) and the 15-digit small-grid code.

A region's code ends in zeros below its own level, so the part before them is the prefix
that everything inside the region starts with. Scope, tiles and statistics all compare
by that prefix: one rule for every level.
"""

import os.path
import re
from collections.abc import Iterable
from enum import StrEnum

REGION_CODE = re.compile(r"[1-9]\d{11}\Z")
GRID_CODE = re.compile(r"[1-9]\d{14}\Z")


class AreaLevel(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    GRID = "grid"


# Length of the prefix that a level's code has of its own, outermost first.
PREFIX_LENGTH: dict[AreaLevel, int] = {
    AreaLevel.PROVINCE: 2,
    AreaLevel.CITY: 4,
    AreaLevel.COUNTY: 6,
    AreaLevel.TOWN: 9,
    AreaLevel.VILLAGE: 12,
    AreaLevel.GRID: 15,
}


def is_area_code(code: str) -> bool:
    """True for a well-formed 12-digit region code or 15-digit grid code."""
    return bool(REGION_CODE.match(code) or GRID_CODE.match(code))


def level_of(code: str) -> AreaLevel:
    """Level that `code` stands for; ValueError where it is no area code."""
    if GRID_CODE.match(code):
        return AreaLevel.GRID
    if not REGION_CODE.match(code):
        raise ValueError(f"not an area code: {code!r}")
    for level, length in PREFIX_LENGTH.items():
        if length < 12 and not code[length:].strip("0"):
            return level
    return AreaLevel.VILLAGE


def prefix_of(code: str) -> str:
    """The prefix shared by every code inside the area: `431024111000` → `431024111`."""
    return code[: PREFIX_LENGTH[level_of(code)]]


def code_at(code: str, level: AreaLevel) -> str:
    """The code of the area of `level` that `code` lies in (or is), 12 digits above a grid.

    ValueError where `code` stands above `level`.
    """
    length = PREFIX_LENGTH[level]
    if PREFIX_LENGTH[level_of(code)] < length:
        raise ValueError(f"{code} lies above the level {level}")
    return code[:length] if level is AreaLevel.GRID else code[:length].ljust(12, "0")


def parent_code(code: str) -> str | None:
    """Code of the area one level up, None above a province."""
    levels = list(PREFIX_LENGTH)
    index = levels.index(level_of(code))
    return code_at(code, levels[index - 1]) if index else None


def ancestors(code: str) -> list[str]:
    """Codes of all areas that contain `code`, itself first, province last."""
    found: list[str] = []
    current: str | None = code
    while current:
        found.append(current)
        current = parent_code(current)
    return found


def common_area(codes: Iterable[str]) -> str:
    """Code of the smallest area that holds all of `codes`; empty for none, or across provinces.

    Prefixes of areas count like their codes.
    """
    own = [prefix_of(code.ljust(12, "0")) for code in codes]
    shared = os.path.commonprefix(own)  # noqa: RUF071 digits, not paths
    length = max((n for n in PREFIX_LENGTH.values() if n <= len(shared)), default=0)
    return shared[:length].ljust(12, "0") if length else ""


def contains(area: str, code: str) -> bool:
    """True where `code` is the area or lies inside it."""
    return code.startswith(prefix_of(area))
