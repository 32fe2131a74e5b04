"""Two have changed the same thing: field by field, against what each had seen. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Clash:
    """A field that the tablet and somebody else changed to different values."""

    field: str
    old: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merge:
    """`wanted` is to be written; `clashes` keep the server's value until a person decides."""

    wanted: Mapping[str, Any]
    clashes: tuple[Clash, ...]


def merge(changes: Mapping[str, tuple[Any, Any]], now: Mapping[str, Any]) -> Merge:
    """What is left to do of `changes` ({field: (old, new)}) where the server holds `now`.

    Where it holds what the tablet had seen, the new value is wanted; where it holds the new
    one already, nothing is; else two have changed it.
    """
    wanted, clashes = {}, []
    for field, (old, new) in changes.items():
        theirs = now[field]
        if _same(theirs, new):
            continue
        if _same(theirs, old):
            wanted[field] = new
        else:
            clashes.append(Clash(field, old, new, theirs))
    return Merge(wanted, tuple(clashes))


def _same(one: Any, other: Any) -> bool:
    """Places to the seventh decimal; nothing and an empty text are the same."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        numbers = isinstance(one, int | float) and isinstance(other, int | float)
        return numbers and abs(one - other) < 5e-8
    return (one or None) == (other or None)
