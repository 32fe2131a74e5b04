"""The machine's Chinese font made fit for paper: `python -m gis_grid.core.paper.preparing FOLDER`.

When cairo 1.16 embeds a subset of a font whose letters share subroutines, it can lose some of them,
and a letter stays blank on paper: 如 of Noto Sans CJK SC Regular does. So the font is written anew
with each letter whole, once at set-up; what has no subroutines (TrueType) needs none of this.
"""

import hashlib
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

from gis_grid.core.paper.fontconfig import BOLD, REGULAR, Face, face_of

# The first that is installed; fontconfig's own choice for Chinese where none of them is.
WANTED = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
FAMILY = "Gis Grid Paper"
VERSION = "1"
_STYLES = {REGULAR: "Regular", BOLD: "Bold"}
# Letters of Korean: a fourth of the font, and in no Chinese name.
_HANGUL = range(0xAC00, 0xD7B0)
_USELESS = ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "DSIG"]


def prepared(folder: Path, weight: int) -> Path | None:
    """Where the face of this weight stands when it is prepared; None where it needs not be."""
    face = face_of(WANTED, weight)
    if face is None or not _is_compact(face):
        return None
    status = face.path.stat()
    told = f"{VERSION} {face.path} {face.index} {status.st_size} {status.st_mtime_ns}"
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    return folder / f"{_STYLES[weight]}-{digest}.otf"


def _is_compact(face: Face) -> bool:
    """Whether the outlines are of the kind that shares subroutines (CFF)."""
    with face.path.open("rb") as file:
        head = file.read(4)
        if head != b"ttcf":
            return head == b"OTTO"
        file.seek(12 + 4 * face.index)
        file.seek(int.from_bytes(file.read(4), "big"))
        return file.read(4) == b"OTTO"


def prepare(folder: Path, weight: int) -> None:
    """Write the face of this weight into `folder`, unless it stands there."""
    target, face = prepared(folder, weight), face_of(WANTED, weight)
    if target is None or face is None or target.exists():
        return
    font = _opened(face)
    options = subset.Options(
        desubroutinize=True, hinting=False, notdef_outline=True, layout_features=[]
    )
    options.drop_tables += _USELESS
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=[code for code in font.getBestCmap() if code not in _HANGUL])
    chosen.subset(font)
    _rename(font, weight)
    part = target.with_suffix(f".{os.getpid()}.part")
    font.save(part)
    part.replace(target)


def _opened(face: Face) -> TTFont:
    with face.path.open("rb") as file:
        is_collection = file.read(4) == b"ttcf"
    if is_collection:
        return TTCollection(face.path, lazy=True).fonts[face.index]
    return TTFont(face.path, lazy=True)


def _rename(font: TTFont, weight: int) -> None:
    style = _STYLES[weight]
    names = {1: FAMILY, 2: style, 4: f"{FAMILY} {style}", 6: f"GisGridPaper-{style}"}
    table = font["name"]
    table.names = [one for one in table.names if one.nameID in (0, 13, 14)]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 700 if weight == BOLD else 400
    # What fontconfig tells bold faces by.
    is_bold = weight == BOLD
    font["OS/2"].fsSelection = 0x20 if is_bold else 0x40
    font["head"].macStyle = 1 if is_bold else 0


def main(folder: Path) -> None:
    """Prepare both weights side by side, and take away what was prepared of other fonts."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(2) as beside:
        list(beside.map(prepare, [folder] * 2, [REGULAR, BOLD]))
    held = {prepared(folder, weight) for weight in (REGULAR, BOLD)}
    for path in folder.glob("*.otf"):
        if path not in held:
            path.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
