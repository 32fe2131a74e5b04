"""A Shapefile in a zip: unpacked under names of our own, its encoding found out."""

import codecs
import shutil
from pathlib import Path, PurePosixPath

from gis_grid.exchange.parsers import Refused, dbf, zips

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
NEEDED = (".shp", ".shx", ".dbf")
# Language driver ids of dBase that Chinese programs write.
LDID = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}


def stems(path: Path) -> list[str]:
    """Names, without ending, of the Shapefiles in a zip. Refused where there is none."""
    with zips.opened(path) as archive:
        found = [_checked(n)[:-4] for n in archive.namelist() if _suffix(n) == ".shp"]
    if not found:
        raise Refused("shp_none")
    return found


def unpack(path: Path, folder: Path, wanted: str | None = None) -> tuple[Path, str]:
    """(.shp in `folder`, encoding). Only the parts of one Shapefile leave the zip: of the only
    one, or of that whose name without ending is `wanted`.
    """
    with zips.opened(path) as archive:
        shapes = [_checked(name) for name in archive.namelist() if _suffix(name) == ".shp"]
        if not shapes:
            raise Refused("shp_none")
        if wanted is not None:
            shapes = [name for name in shapes if name[:-4] == wanted]
        if len(shapes) > 1:
            raise Refused("which_layer", layers=", ".join(PurePosixPath(n).stem for n in shapes))
        stem = shapes[0][:-4]
        found = {_suffix(name): name for name in archive.namelist() if name[:-4] == stem}
        missing = [suffix for suffix in NEEDED if suffix not in found]
        if missing:
            raise Refused("shp_parts", missing=", ".join(missing))
        try:
            for suffix in PARTS:
                if suffix not in found:
                    continue
                target = folder / f"boundaries{suffix}"
                with archive.open(found[suffix]) as packed, target.open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
        except zips.BROKEN:
            raise Refused("broken_zip") from None
    return folder / "boundaries.shp", encoding_of(folder)


def _suffix(name: str) -> str:
    return name[-4:].lower()


def _checked(name: str) -> str:
    if name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name:
        raise Refused("zip_path", name=name[:80])
    return name


def encoding_of(folder: Path) -> str:
    """`.cpg`, then the language id of the .dbf, then UTF-8 where the texts are, then GB18030."""
    label = folder / "boundaries.cpg"
    if label.exists():
        name = label.read_text("ascii", errors="ignore").strip()[:20]
        try:
            return codecs.lookup(name if not name.isdigit() else f"cp{name}").name
        except LookupError:
            pass
    table = folder / "boundaries.dbf"
    with table.open("rb") as file:
        head = file.read(32)
    if len(head) > 29 and head[29] in LDID:
        return LDID[head[29]]
    return "utf-8" if dbf.is_all(table, "utf-8") else "gb18030"
