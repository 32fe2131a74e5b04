"""Files as they come in and as they are kept: pictures drawn anew, all of them by digest."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from gis_grid.core.attachments.kinds import PICTURES, SOUNDS, type_of
from gis_grid.core.errors import BusyError, InputError, MissingError, TooLargeError

TIMEOUT_S = 40
SOUND_BYTES = 5 * 2**20


@dataclass(frozen=True)
class Kept:
    """What lies on the disk now: `digest` of it, `sent` of what came in; `thumb` of a picture."""

    content_type: str
    size: int
    digest: str
    sent: str
    thumb: str = ""


@dataclass(frozen=True)
class Shelf:
    """A folder of MEDIA_ROOT in which files lie by their digest."""

    folder: str

    def keep(self, content: bytes) -> Kept:
        """Check and store; a picture is drawn anew in a process that can be killed."""
        if not content:
            raise InputError(_("The file is empty."), where="file")
        require_size(len(content), settings.ATTACHMENT_BYTES)
        content_type, sent = type_of(content), digest_of(content)
        if content_type in PICTURES:
            drawn_type, picture, thumb = _drawn(content, PICTURES[content_type])
            return Kept(drawn_type, len(picture), self._store(picture), sent, self._store(thumb))
        if content_type in SOUNDS:
            require_size(len(content), SOUND_BYTES)
        return Kept(content_type, len(content), self._store(content), sent)

    def read(self, digest: str) -> bytes:
        """The bytes; MissingError where they are gone from the disk."""
        try:
            return self.path_of(digest).read_bytes()
        except FileNotFoundError as error:
            raise MissingError from error

    def path_of(self, digest: str) -> Path:
        return Path(settings.MEDIA_ROOT) / self.folder / digest[:2] / digest[2:]

    def _store(self, content: bytes) -> str:
        """Write once, by digest, and to the disk before anybody is told that it is there."""
        digest = digest_of(content)
        path = self.path_of(digest)
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


def look_of(content: bytes) -> tuple[str, bytes]:
    """Type and bytes by which a file is shown that was not taken in yet.

    A picture is drawn anew; InputError for what is neither picture nor sound.
    """
    content_type = type_of(content)
    if content_type in PICTURES:
        drawn_type, picture, _thumb = _drawn(content, PICTURES[content_type])
        return drawn_type, picture
    if content_type not in SOUNDS:
        raise InputError(_("Only pictures and sound are shown before they are taken in."))
    return content_type, content


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def require_size(size: int, most: int) -> None:
    """TooLargeError for more than `most` bytes."""
    if size > most:
        message = _("A file may have %(mb)d MB at most.") % {"mb": most // 2**20}
        raise TooLargeError(message, where="file")


def _drawn(content: bytes, form: str) -> tuple[str, bytes, bytes]:
    """Type, picture and small picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sent").write_bytes(content)
        command = [sys.executable, "-m", "gis_grid.core.attachments.picture_child"]
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
        except subprocess.TimeoutExpired as error:
            # A picture that is too much ends by the child's own limit of processor time: where
            # the clock comes first, it is the machine that has too much to do.
            raise BusyError(
                _("The server has too much to do to read this picture. Try again in a moment.")
            ) from error
        except (subprocess.SubprocessError, ValueError, OSError) as error:
            raise InputError(
                _("This picture can't be read: it is damaged, or far too large."), where="file"
            ) from error
    return told["type"], picture, thumb
