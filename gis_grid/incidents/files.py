"""Files as they come in and as they are kept: kinds by content, pictures drawn anew, by digest."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from gis_grid.core.errors import InputError, MissingError, TooLargeError

TIMEOUT_S = 40
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_WORD = _OFFICE + "wordprocessingml.document"
_SHEET = _OFFICE + "spreadsheetml.sheet"
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/pdf": ".pdf",
    _WORD: ".docx",
    _SHEET: ".xlsx",
}


@dataclass(frozen=True)
class Kept:
    """What lies on the disk now; `thumb` is empty where it is no picture."""

    content_type: str
    size: int
    digest: str
    thumb: str = ""


def type_of(content: bytes) -> str:
    """The type by the content alone; InputError for everything else. Names count for nothing."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04") and (found := _office_type(content)):
        return found
    raise InputError(
        _("Photos (JPEG, PNG, WebP), PDF, Word and Excel files are taken, not this one."),
        where="file",
    )


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


def keep(content: bytes) -> Kept:
    """Check and store; a picture is drawn anew in a process that can be killed."""
    if not content:
        raise InputError(_("The file is empty."), where="file")
    if len(content) > settings.ATTACHMENT_BYTES:
        raise TooLargeError(
            _("A file may have %(mb)d MB at most.") % {"mb": settings.ATTACHMENT_BYTES // 2**20},
            where="file",
        )
    content_type = type_of(content)
    if content_type in PICTURES:
        return _picture(content, PICTURES[content_type])
    return Kept(content_type, len(content), _store(content))


def _picture(content: bytes, form: str) -> Kept:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sent").write_bytes(content)
        command = [sys.executable, "-m", "gis_grid.incidents.picture_child"]
        try:
            done = subprocess.run(  # noqa: S603 our own module, and paths that we made
                [*command, form, str(folder / "sent"), name],
                capture_output=True,
                timeout=TIMEOUT_S,
                check=True,
                cwd=settings.BASE_DIR,
                # No key, no database: only what a Python needs to start.
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(settings.BASE_DIR)},
            )
            told = json.loads(done.stdout)
            picture, thumb = ((folder / part).read_bytes() for part in ("picture", "thumb"))
        except (subprocess.SubprocessError, ValueError, OSError) as error:
            raise InputError(
                _("This picture can't be read: it is damaged, or far too large."), where="file"
            ) from error
    return Kept(told["type"], len(picture), _store(picture), _store(thumb))


def path_of(digest: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "incidents" / digest[:2] / digest[2:]


def read(digest: str) -> bytes:
    """The bytes; MissingError where they are gone from the disk."""
    try:
        return path_of(digest).read_bytes()
    except FileNotFoundError as error:
        raise MissingError from error


def _store(content: bytes) -> str:
    """Write once, by digest, and to the disk before anybody is told that it is there."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest
