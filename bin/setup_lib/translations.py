"""Compiled message catalogues: made at set-up from the `.po` files, never committed."""

from pathlib import Path

from setup_lib.layout import Layout
from setup_lib.shell import run_logged

COMPILE = """
import sys, polib
for name in sys.argv[1:]:
    try:
        polib.pofile(name, check_for_duplicates=True).save_as_mofile(name.removesuffix("po") + "mo")
    except (OSError, ValueError) as error:
        sys.exit(f"{name}: {error}")
"""


def ensure_compiled(layout: Layout) -> None:
    """Compile every catalogue that is newer than its compiled form, with the project's Python."""
    catalogues = sorted(layout.root.glob("gis_grid/**/locale/*/LC_MESSAGES/*.po"))
    stale = [path for path in catalogues if is_stale(path)]
    if stale:
        run_logged(layout, "Compiling the translations", [layout.python, "-c", COMPILE, *stale])


def is_stale(catalogue: Path) -> bool:
    """Whether the compiled form of a catalogue is missing or older."""
    compiled = catalogue.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime
