"""Tiles of base maps on disk, bounded in bytes; what is oldest goes first."""

import contextlib
import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from gis_grid.navmap.proxy.fetch import PICTURES, Picture

_KINDS = {suffix: kind for kind, suffix in PICTURES.items()}
# Looking through the folder costs; one write in so many does it.
_TIDY_EVERY = 64
_DAY_S = 86_400


@dataclass(frozen=True)
class Store:
    folder: Path
    most_bytes: int
    days: int

    def get(self, address: str) -> Picture | None:
        """The picture that was kept, unless it is too old."""
        stem = self._stem(address)
        for suffix, kind in _KINDS.items():
            path = stem.with_suffix(suffix)
            try:
                if time.time() - path.stat().st_mtime < self.days * _DAY_S:
                    return Picture(kind, path.read_bytes())
            except OSError:
                continue
        return None

    def put(self, address: str, picture: Picture) -> None:
        """Keep it; a full or read-only disk keeps nothing and stops nobody."""
        path = self._stem(address).with_suffix(PICTURES[picture.kind])
        unfinished = path.with_suffix(f".{secrets.token_hex(8)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(picture.body)
            unfinished.replace(path)
            if secrets.randbelow(_TIDY_EVERY) == 0:
                self.tidy()
        except OSError:
            with contextlib.suppress(OSError):
                unfinished.unlink()

    def tidy(self) -> None:
        """Bring the folder down to nine tenths of its limit, where it is over it."""
        found = []
        for entry in self._entries():
            try:
                state = entry.stat()
            except OSError:
                continue
            found.append((state.st_mtime, state.st_size, entry))
        total = sum(size for _, size, _ in found)
        if total <= self.most_bytes:
            return
        for _, size, entry in sorted(found):
            entry.unlink(missing_ok=True)
            total -= size
            if total <= self.most_bytes * 0.9:
                return

    def _entries(self) -> list[Path]:
        return [Path(root, name) for root, _, names in os.walk(self.folder) for name in names]

    def _stem(self, address: str) -> Path:
        digest = hashlib.sha256(address.encode()).hexdigest()
        return self.folder / digest[:2] / digest[2:]
