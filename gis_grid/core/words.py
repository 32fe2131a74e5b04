"""What people write into fields: does it say something, may it stand as a name? Pure functions."""

import re
import unicodedata
from collections.abc import Iterable

LEAST_LENGTH = 5
LEAST_DIFFERENT = 3
# Control characters, invisible ones (zero width, turning the direction), separators of lines.
_HIDDEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
# Markup, or what a spreadsheet would take for a formula.
_UNFIT = re.compile(r"[<>]|\A\s*[=+@＝＋＠]")
_SUSPECT = re.compile(r"[<>=+@＝＋＠]")


def visible(text: str) -> str:
    """The text as it is seen: single blanks, nothing invisible."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if unicodedata.category(c) not in _HIDDEN).strip()


def reason_of(text: str) -> str | None:
    """A reason or purpose as it is kept; None where it says nothing.

    At least 5 characters that can be seen, 3 of them different.
    """
    seen = visible(text)
    if len(seen) < LEAST_LENGTH or len(set(seen) - {" "}) < LEAST_DIFFERENT:
        return None
    return seen[:500]


def surely_names(texts: Iterable[str]) -> bool:
    """True where each of many texts fits a name, told at once; False says that one may not."""
    together = "".join(texts)
    return together.isprintable() and not _SUSPECT.search(together)


def fits_a_name(text: str) -> bool:
    """False for markup, the beginning of a formula, and characters that nobody sees."""
    if _UNFIT.search(text):
        return False
    return text.isprintable() or not any(unicodedata.category(c) in _HIDDEN for c in text)
