"""The PostgreSQL programs on this machine."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from setup_lib.shell import output_of

DEBIAN = Path("/usr/lib/postgresql")
LEAST_MAJOR = 15


@dataclass(frozen=True, order=True)
class PostgresTools:
    """One installed PostgreSQL with PostGIS: its major version and the folder of its programs."""

    major: int
    bin: Path


def installed() -> list[PostgresTools]:
    """Every installed PostgreSQL that is new enough and has PostGIS, oldest first."""
    folders = [*DEBIAN.glob("*/bin")]
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return sorted({tools for folder in folders if (tools := look_at(folder)) is not None})


def newest() -> PostgresTools | None:
    """The newest of them."""
    found = installed()
    return found[-1] if found else None


def look_at(folder: Path) -> PostgresTools | None:
    """What is installed in a folder, or None if it is not a complete and recent server with
    PostGIS.
    """
    if not all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres", "psql")):
        return None
    said = output_of(folder / "postgres", "--version").split()
    major = int(said[2].split(".")[0]) if len(said) > 2 and said[2][:2].isdigit() else 0
    if major < LEAST_MAJOR or not any(
        (share / "postgis.control").exists() for share in share_folders(folder, major)
    ):
        return None
    return PostgresTools(major, folder)


def share_folders(folder: Path, major: int) -> list[Path]:
    """Where the extensions of a server may lie: Debian's place and the usual ones beside the
    programs.
    """
    return [
        Path(f"/usr/share/postgresql/{major}/extension"),
        folder.parent / "share/postgresql/extension",
        folder.parent / "share/extension",
    ]
