"""Files that come by mistake or by habit, known by how they begin: refused with what to do."""

from pathlib import Path

from gis_grid.exchange.parsers import Refused, zips

_HEAD = 4096
_BEGIN = (
    (b"OviO", "ovital_own"),
    (b"Rar!\x1a\x07", "packed"),
    (b"7z\xbc\xaf\x27\x1c", "packed"),
    (b"\x1f\x8b", "packed"),
    (b"AC10", "drawing"),
    (b"AutoCAD Binary DXF", "drawing"),
    (b"fgb\x03fgb", "other_map"),
    (b"!table", "other_map"),
    (b"%PDF", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG", "picture"),
)
# A member's name that tells what a zip is.
_ENDS = (
    (".qgs", "project"),
    (".aprx", "project"),
    (".gdbtable", "other_map"),
    ("word/document.xml", "other_office"),
    ("ppt/presentation.xml", "other_office"),
    ("meta-inf/manifest.xml", "other_office"),
)
_ZIP = b"PK\x03\x04"


def check(path: Path) -> None:
    """Refused where the file is of a kind that no reader here takes; silent about all others."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    code = next((code for begin, code in _BEGIN if head[:20].lower().startswith(begin.lower())), "")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not code and text[:1] == b"<" and b"<!DOCTYPE qgis" in head:
        code = "project"
    lines = text.split()[:2]
    if not code and lines == [b"0", b"SECTION"]:
        code = "drawing"
    if not code and lines and lines[0] == b"Version" and b"Delimiter" in head:
        code = "other_map"
    if not code and head.startswith(_ZIP):
        code = _of_zip(path)
    if code:
        raise Refused(code)


def _of_zip(path: Path) -> str:
    with zips.opened(path) as archive:
        names = [name.lower() for name in archive.namelist()]
    if any(name.endswith((".shp", ".kml", "xl/workbook.xml")) for name in names):
        return ""
    return next((code for end, code in _ENDS if any(name.endswith(end) for name in names)), "")
