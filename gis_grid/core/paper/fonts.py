"""The font of all paper: the Chinese sans serif that the machine has, as set-up prepared it."""

import functools
from pathlib import Path

from gis_grid.core.paper.fontconfig import BOLD, REGULAR, add_file, face_of

_folders: list[Path] = []


def look_in(folder: Path) -> None:
    """Take the prepared font from this folder from now on."""
    _folders[:] = [folder]
    family.cache_clear()


@functools.cache
def family() -> str:
    """Name of the family; that of the machine's own font where none is prepared."""
    # fontTools is slow to come, and only paper wants it.
    from gis_grid.core.paper.preparing import FAMILY, WANTED, prepared

    for folder in _folders:
        faces = [prepared(folder, weight) for weight in (REGULAR, BOLD)]
        if all(path is not None and path.exists() and add_file(path) for path in faces):
            return FAMILY
    own = face_of(WANTED)
    return own.family if own else WANTED[0]
