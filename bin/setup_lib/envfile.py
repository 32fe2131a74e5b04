"""The secrets and addresses of this checkout: `KEY=value` lines, readable by its owner only."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

HEADER = """\
# Made by set-up, once. Keep a copy in a safe place: without FIELD_ENCRYPTION_KEYS nobody can
# read the identity numbers and phones in the database again. Environment variables win over it.
"""


def read(path: Path) -> dict[str, str]:
    """The pairs in the file; empty if there is none. Blank lines and comments do not count."""
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def write(path: Path, values: Mapping[str, str]) -> None:
    """Replace the file in one step, mode 0600 from its first byte."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(HEADER + "".join(f"{key}={value}\n" for key, value in values.items()))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def update(path: Path, changes: Mapping[str, str]) -> dict[str, str]:
    """Set some keys, keep all others; the file is left alone if nothing changes. Returns all
    pairs.
    """
    present = read(path)
    wanted = present | dict(changes)
    if wanted != present:
        write(path, wanted)
    return wanted


def fresh_secrets() -> dict[str, str]:
    """Keys of a new checkout, each from the system's own randomness."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_ENCRYPTION_KEYS": random_key(),
        "LOOKUP_HASH_KEY": random_key(),
        "DEMO": "1",
    }


def random_key() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode("ascii")
