"""The font of all paper: the Chinese sans serif that the machine has, by fontconfig."""

import ctypes
import functools
from ctypes.util import find_library

# The first that is installed; fontconfig's own choice for Chinese where none of them is.
WANTED = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)


@functools.cache
def family() -> str:
    """Name of the family; the first wanted one where fontconfig can't be asked."""
    name = find_library("fontconfig")
    if name is None:
        return WANTED[0]
    library = ctypes.CDLL(name)
    for function in ("FcNameParse", "FcFontMatch"):
        getattr(library, function).restype = ctypes.c_void_p
    asked = ctypes.c_void_p(library.FcNameParse(f"{','.join(WANTED)}:lang=zh-cn".encode()))
    library.FcConfigSubstitute(None, asked, 0)
    library.FcDefaultSubstitute(asked)
    result = ctypes.c_int()
    found = ctypes.c_void_p(library.FcFontMatch(None, asked, ctypes.byref(result)))
    told = ctypes.c_char_p()
    if found and library.FcPatternGetString(found, b"family", 0, ctypes.byref(told)) == 0:
        return (told.value or b"").decode() or WANTED[0]
    return WANTED[0]
