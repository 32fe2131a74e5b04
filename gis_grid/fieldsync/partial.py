"""The bytes of uploads under MEDIA_ROOT, one file each until it is attached."""

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

_READ = 1 << 20


def path_of(key: uuid.UUID) -> Path:
    return _folder() / str(key)


def write(key: uuid.UUID, offset: int, pieces: Iterable[bytes]) -> int:
    """Write from `offset` and answer how many bytes; they are on the disk when this returns.

    What a broken request left behind the offset is written over or cut off.
    """
    path = path_of(key)
    _make(path.parent)
    is_new = not path.exists()
    size = 0
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.seek(offset)
        for piece in pieces:
            file.write(piece)
            size += len(piece)
        file.flush()
        file.truncate(offset + size)
        os.fsync(file.fileno())
    if is_new:
        _sync(path.parent)
    return size


def sha256_of(key: uuid.UUID) -> str:
    digest = hashlib.sha256()
    with path_of(key).open("rb") as file:
        while piece := file.read(_READ):
            digest.update(piece)
    return digest.hexdigest()


def read(key: uuid.UUID) -> bytes:
    """All of it; FileNotFoundError where it is gone from the disk."""
    return path_of(key).read_bytes()


def drop(key: uuid.UUID) -> None:
    path_of(key).unlink(missing_ok=True)


def all_files() -> Iterator[tuple[uuid.UUID, float]]:
    """What lies there, with the time of its last change."""
    folder = _folder()
    for entry in os.scandir(folder) if folder.exists() else ():
        yield uuid.UUID(entry.name), entry.stat().st_mtime


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "field"


def _make(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    found = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(found)
    finally:
        os.close(found)
