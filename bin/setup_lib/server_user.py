"""Who runs PostgreSQL: we ourselves, or, since it refuses root, an unprivileged user if we are
root.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

CANDIDATES = ("postgres", "nobody")
ELSEWHERE = Path("/var/lib")


@cache
def unprivileged_user() -> str | None:
    """The user to run the server as; None if that is the present one."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in CANDIDATES if name in known)


def run(command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
    """Run a command as the server's user, from a folder that everybody can enter.

    Its output goes through a file, not a pipe: a server that is started would hold a pipe open for
    ever.
    """
    user = unprivileged_user()
    prefix = ["runuser", "-u", user, "--"] if user else []
    with tempfile.TemporaryFile("w+") as out:
        status = subprocess.run(
            [*prefix, *command],
            cwd="/",
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
            check=False,
        ).returncode
        out.seek(0)
        return subprocess.CompletedProcess(list(map(str, command)), status, "", out.read())


def give(path: Path) -> None:
    """Make the server's user the owner of a file or folder."""
    user = unprivileged_user()
    if user:
        shutil.chown(path, user)


def make_folder(path: Path) -> None:
    """Make a folder that only the server's user can enter."""
    path.mkdir(mode=0o700)
    give(path)


def home_for(place: Path) -> Path:
    """The folder to make a cluster in: that of `place` if the server's user can enter it, else a
    new one elsewhere.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if unprivileged_user() is None or run(["test", "-x", place.parent]).returncode == 0:
        return place.parent
    home = Path(tempfile.mkdtemp(prefix="gis-grid-", dir=ELSEWHERE))
    home.chmod(0o711)
    return home
