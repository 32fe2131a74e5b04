"""A sealed rescue file: what it says in the clear, and its content, read without being unpacked.

`GGSEAL1\\n`, two bytes of length, that many bytes of JSON `{device, key, point}`, then pieces of
256 KiB, each AES-256-GCM with its number and whether it is the last as nonce: a file that was cut
off, or whose pieces were moved, does not open. `static/js/offline/sealing.js` writes it.
"""

import io
import json
import uuid
from typing import Annotated, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _
from pydantic import Base64Bytes, BaseModel, Field, ValidationError

from gis_grid.core.crypto import UnreadableError
from gis_grid.core.errors import InputError
from gis_grid.core.sealing import POINT_BYTES, secret_of

MAGIC = b"GGSEAL1\n"
PIECE_BYTES = 1 << 18
TAG_BYTES = 16
MOST_HEADER_BYTES = 1024


class Header(BaseModel):
    """Which tablet has sealed it, for which of our keys, and with which pair of its own."""

    device: uuid.UUID
    key: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    point: Annotated[Base64Bytes, Field(min_length=POINT_BYTES, max_length=POINT_BYTES)]

    def secret(self) -> bytes:
        """What opens the file; InputError where it was sealed for another server's key."""
        try:
            return secret_of(self.key, self.point, purpose=f"gis-grid rescue 1 {self.device}")
        except UnreadableError as error:
            raise InputError(
                _("It was sealed for another server, or for a key that this one no longer has."),
                where="key",
            ) from error


def header_of(file: BinaryIO) -> Header | None:
    """What stands at the front of a sealed file, of which it is read; None for a plain one.

    InputError where it can't be read.
    """
    if file.read(len(MAGIC)) != MAGIC:
        file.seek(0)
        return None
    length = int.from_bytes(file.read(2))
    try:
        if length > MOST_HEADER_BYTES:
            raise ValueError
        return Header.model_validate(json.loads(file.read(length)))
    except (ValueError, RecursionError, ValidationError) as error:
        raise InputError(_("This is no rescue file, or one of a newer version.")) from error


class SealedReader:
    """The content behind the header as a file that zipfile reads, one piece in memory at a time.

    InputError where it is damaged.
    """

    def __init__(self, file: BinaryIO, secret: bytes) -> None:
        """`file` stands behind its header."""
        self._file, self._start = file, file.tell()
        self._cipher = AESGCM(secret)
        total = file.seek(0, io.SEEK_END) - self._start
        self._pieces = -(-total // (PIECE_BYTES + TAG_BYTES))
        self._size = total - self._pieces * TAG_BYTES
        if self._size < 0 or not self._pieces:
            raise _damaged()
        self._at = 0
        self._open: tuple[int, bytes] = (-1, b"")

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._at = base + offset
        return self._at

    def read(self, count: int = -1) -> bytes:
        end = self._size if count < 0 else min(self._size, self._at + count)
        parts = []
        while self._at < end:
            number, begin = divmod(self._at, PIECE_BYTES)
            part = self._piece(number)[begin : begin + end - self._at]
            parts.append(part)
            self._at += len(part)
        return b"".join(parts)

    def _piece(self, number: int) -> bytes:
        if self._open[0] != number:
            self._file.seek(self._start + number * (PIECE_BYTES + TAG_BYTES))
            sealed = self._file.read(PIECE_BYTES + TAG_BYTES)
            nonce = nonce_of(number, is_last=number == self._pieces - 1)
            try:
                self._open = (number, self._cipher.decrypt(nonce, sealed, None))
            except InvalidTag as error:
                raise _damaged() from error
        return self._open[1]


def nonce_of(number: int, *, is_last: bool) -> bytes:
    """Of the piece with this number: eleven bytes of it, one that says whether it is the last."""
    return number.to_bytes(11) + bytes([is_last])


def _damaged() -> InputError:
    return InputError(_("The rescue file is damaged or cut off."))
