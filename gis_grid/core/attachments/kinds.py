"""What a file is, by its content alone: names and what a sender says count for nothing."""

import re
import zipfile
from io import BytesIO

from django.utils.translation import gettext as _

from gis_grid.core.errors import InputError

PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_WORD = _OFFICE + "wordprocessingml.document"
_SHEET = _OFFICE + "spreadsheetml.sheet"
SOUNDS = {"audio/webm": ".webm", "audio/ogg": ".ogg", "audio/mp4": ".m4a", "audio/wav": ".wav"}
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/pdf": ".pdf",
    _WORD: ".docx",
    _SHEET: ".xlsx",
    **SOUNDS,
}
# Where the first headers of a sound lie.
_HEAD = 4096
# A track of an MP4 file says what it holds in its handler box (ISO/IEC 14496-12, 8.4.3).
_HANDLER = re.compile(rb"hdlr.{8}(soun|vide)", re.DOTALL)


def type_of(content: bytes) -> str:
    """The type; InputError for everything that is not taken."""
    for found in (_picture(content), _document(content), _sound(content)):
        if found:
            return found
    raise InputError(
        _("Photos (JPEG, PNG, WebP), sound, PDF, Word and Excel files are taken, not this one."),
        where="file",
    )


def _picture(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/webp" if _is_riff(content, b"WEBP") else None


def _document(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    return _office_type(content) if content.startswith(b"PK\x03\x04") else None


def _office_type(content: bytes) -> str | None:
    """Word or Excel without macros, by the names inside; nothing is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any(name.endswith("vbaproject.bin") for name in names):
        return None
    if "word/document.xml" in names:
        return _WORD
    return _SHEET if "xl/workbook.xml" in names else None


def _sound(content: bytes) -> str | None:
    """What recorders of browsers and phones write; the same containers with a film are none."""
    head = content[:_HEAD]
    if _is_riff(content, b"WAVE"):
        return "audio/wav"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        has_sound = b"A_OPUS" in head or b"A_VORBIS" in head
        return "audio/webm" if has_sound and b"V_VP" not in head and b"V_AV1" not in head else None
    if head.startswith(b"OggS"):
        has_sound = b"OpusHead" in head or b"\x01vorbis" in head
        return "audio/ogg" if has_sound and b"\x80theora" not in head else None
    if head[4:8] == b"ftyp":
        return "audio/mp4" if set(_HANDLER.findall(content)) == {b"soun"} else None
    return None


def _is_riff(content: bytes, form: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == form
