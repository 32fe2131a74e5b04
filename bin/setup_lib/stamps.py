"""Steps that need not be done again: a step is done while the fingerprint of its inputs is the
stamped one.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(files: Iterable[Path], *facts: str) -> str:
    """A hash over the contents of files (a missing one counts as such) and over further facts."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(fact.encode() + b"\0")
    for path in files:
        content = path.read_bytes() if path.is_file() else b"\0missing"
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def fingerprint_tree(folders: Iterable[Path], *facts: str) -> str:
    """A hash over names, sizes and times of all files below folders: cheap, and enough for what we
    ourselves copy.
    """
    digest = hashlib.sha256("\0".join(facts).encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                status = path.stat()
                digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def is_done(stamp: Path, wanted: str) -> bool:
    """Whether the step behind `stamp` was finished with just these inputs."""
    return stamp.is_file() and stamp.read_text(encoding="ascii") == wanted


def mark_done(stamp: Path, reached: str) -> None:
    """Record a finished step; call it last."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(reached, encoding="ascii")
