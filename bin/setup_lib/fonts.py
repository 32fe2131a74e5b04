"""The font of prints: made from the machine's own Chinese font, once."""

from setup_lib.layout import Layout
from setup_lib.shell import run_logged
from setup_lib.stamps import fingerprint, is_done, mark_done

MODULE = "gis_grid.core.paper.preparing"


def ensure_fonts(layout: Layout) -> None:
    """Prepare the font, if that was not done yet or is done otherwise now."""
    wanted = fingerprint([layout.root / "gis_grid/core/paper/preparing.py"])
    stamp, folder = layout.stamps / "fonts", layout.var / "fonts"
    if folder.is_dir() and is_done(stamp, wanted):
        return
    run_logged(
        layout,
        "Preparing the font of prints (once, half a minute)",
        [layout.python, "-m", MODULE, folder],
    )
    mark_done(stamp, wanted)
