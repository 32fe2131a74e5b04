"""Which fonts the machine has, asked of fontconfig; no Django here."""

import ctypes
import functools
from collections.abc import Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REGULAR, BOLD = 80, 200  # FC_WEIGHT_REGULAR, FC_WEIGHT_BOLD


@dataclass(frozen=True)
class Face:
    """A face of a font: its family, the file that holds it, and its number in the file."""

    family: str
    path: Path
    index: int


@functools.cache
def _library() -> Any | None:
    name = find_library("fontconfig")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    for function in ("FcNameParse", "FcFontMatch"):
        getattr(library, function).restype = ctypes.c_void_p
    return library


def face_of(families: Sequence[str], weight: int = REGULAR) -> Face | None:
    """The face that fontconfig takes for the first family that is there; None without either.

    `weight` as fontconfig counts it. Where no family is there, it is fontconfig's own choice for
    Chinese.
    """
    library = _library()
    if library is None:
        return None
    wanted = f"{','.join(families)}:lang=zh-cn:weight={weight}"
    asked = ctypes.c_void_p(library.FcNameParse(wanted.encode()))
    library.FcConfigSubstitute(None, asked, 0)
    library.FcDefaultSubstitute(asked)
    result = ctypes.c_int()
    found = ctypes.c_void_p(library.FcFontMatch(None, asked, ctypes.byref(result)))
    family, path, index = ctypes.c_char_p(), ctypes.c_char_p(), ctypes.c_int()
    if (
        not found
        or library.FcPatternGetString(found, b"family", 0, ctypes.byref(family))
        or library.FcPatternGetString(found, b"file", 0, ctypes.byref(path))
        or library.FcPatternGetInteger(found, b"index", 0, ctypes.byref(index))
    ):
        return None
    # The upper half of the number names an instance of a variable font.
    return Face(
        (family.value or b"").decode(), Path((path.value or b"").decode()), index.value & 0xFFFF
    )


def add_file(path: Path) -> bool:
    """Make the fonts of a file known to this process alone."""
    library = _library()
    return bool(library and library.FcConfigAppFontAddFile(None, str(path).encode()))
