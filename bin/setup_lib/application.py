"""The Django side of set-up: schema, demo, static files, the table of logins."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from setup_lib import envfile
from setup_lib.layout import Layout
from setup_lib.messages import SetupError, say
from setup_lib.shell import run_logged
from setup_lib.stamps import fingerprint, fingerprint_tree, is_done, mark_done


def manage(layout: Layout, *words: str) -> list[str]:
    """The command line of a management command."""
    return [str(layout.python), "manage.py", *words]


def show(layout: Layout, what: str, command: Sequence[str]) -> None:
    """Run a command whose own words and progress are for the person at the terminal. Raises
    SetupError if it fails.
    """
    status = subprocess.run(command, cwd=layout.root, check=False).returncode
    if status != 0:
        raise SetupError(
            f"{what}: failed, for the reason above.", "Mend the cause and run bin/run again."
        )


def ensure_schema(layout: Layout) -> None:
    """Bring the database to the present schema, if it is not there yet."""
    check = subprocess.run(
        manage(layout, "migrate", "--check", "--database=owner"),
        cwd=layout.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if check.returncode != 0:
        run_logged(
            layout,
            "Bringing the database up to date",
            manage(layout, "migrate", "--database=owner", "--no-input"),
        )


def has_demo(layout: Layout) -> bool:
    """Whether this is a demo: so it begins, and `DEMO=0` ends it."""
    said = os.environ.get("DEMO") or envfile.read(layout.var / "env").get("DEMO", "1")
    return said.lower() in ("1", "true", "yes", "on")


def ensure_demo(layout: Layout, cluster: Path | None) -> None:
    """Load the demo town into an empty database; a database with anything in it stays as it is.

    `cluster`: folder of the private cluster, if it is ours. Once it has been seen filled it is
    not asked again: that would cost a start of Django each time.
    """
    if not has_demo(layout):
        return
    stamp, filled = layout.stamps / "demo", cluster_mark(cluster) if cluster else ""
    if filled and is_done(stamp, filled):
        return
    show(layout, "Loading the demo town", manage(layout, "load_demo", "--if-empty"))
    if filled:
        mark_done(stamp, filled)


def cluster_mark(cluster: Path) -> str:
    """What tells this cluster from one made later in its place; empty if it cannot be seen."""
    try:
        made = (cluster / "PG_VERSION").stat()
    except OSError:
        return ""
    return fingerprint([], str(made.st_ino), str(made.st_mtime_ns))


def ensure_static_files(layout: Layout) -> None:
    """Collect the static files, if any has changed since."""
    sources = [layout.root / "static", *sorted((layout.root / "gis_grid").glob("**/static"))]
    wanted = fingerprint_tree(sources, fingerprint([layout.root / "uv.lock"]))
    stamp = layout.stamps / "static"
    if (layout.var / "static").is_dir() and is_done(stamp, wanted):
        return
    run_logged(layout, "Collecting the static files", manage(layout, "collectstatic", "--no-input"))
    mark_done(stamp, wanted)


def begin_logins(layout: Layout) -> "subprocess.Popen[str] | None":
    """Have the table of the demo's logins made while the services start; None without a demo."""
    if not has_demo(layout):
        return None
    return subprocess.Popen(
        manage(layout, "demo_logins"),
        cwd=layout.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def show_welcome(address: str, logins: "subprocess.Popen[str] | None") -> None:
    """Print where the pages are and who can log in."""
    say(f"\nGis Grid runs at {address}", f"系统已启动，请在浏览器打开 {address}")
    if logins is not None:
        print(logins.communicate()[0], end="", flush=True)
