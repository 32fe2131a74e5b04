"""`static/vendor/`: the files of others that the browser loads, chosen by the tables below.

Modules are copied as they are and found by bare name through the page's import map (`MODULES`).
"""

import json
import re
import shutil
from pathlib import Path

from setup_lib.layout import Layout
from setup_lib.messages import SetupError, say
from setup_lib.stamps import fingerprint, is_done, mark_done

# Bare name in `import … from "name"` → file in node_modules; lies in static/vendor/ under the same
# path.
MODULES = {
    "@mapbox/point-geometry": "@mapbox/point-geometry/index.js",
    "@mapbox/vector-tile": "@mapbox/vector-tile/index.js",
    "pbf": "pbf/index.js",
    "supercluster": "supercluster/index.js",
    "kdbush": "kdbush/index.js",
    "pmtiles": "pmtiles/dist/esm/index.js",
    "fflate": "fflate/esm/browser.js",
    "dexie": "dexie/dist/modern/dexie.min.mjs",
}
# Scripts and styles that a page names itself. protomaps-leaflet's is whole but for Leaflet's global
# `L`.
FILES = (
    "leaflet/dist/leaflet.js",
    "leaflet/dist/leaflet.css",
    "leaflet/dist/images/layers.png",
    "leaflet/dist/images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png",
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js",
    "protomaps-leaflet/dist/protomaps-leaflet.js",
)
# Names of outline icons of @tabler/icons, one a line, each a <symbol> of static/vendor/icons.svg.
ICON_LIST = Path(__file__).with_name("icons.txt")
SPRITE = "icons.svg"
# MODULES for the page that makes its import map of it.
MODULE_LIST = "modules.json"
# Maps of minified files back to their sources are not shipped: a link to one would be a missing
# file.
SOURCE_MAP = re.compile(rb"\n?(//[#@] sourceMappingURL=\S+|/\*[#@] sourceMappingURL=\S+ \*/)\s*\Z")
SVG = re.compile(r'<svg[^>]*viewBox="(?P<box>[^"]+)"[^>]*>(?P<drawing>.*)</svg>', re.DOTALL)
EMPTY_BOUNDS = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def ensure_vendor(layout: Layout) -> None:
    """Fill `static/vendor/` from `node_modules/`, as a whole or not at all."""
    stamp = layout.stamps / "vendor"
    wanted = fingerprint((layout.root / "package-lock.json", Path(__file__), ICON_LIST))
    if layout.vendor.is_dir() and is_done(stamp, wanted):
        return
    say("· Filling static/vendor …")
    fill(layout.root / "node_modules", layout.vendor)
    mark_done(stamp, wanted)


def fill(modules: Path, vendor: Path) -> None:
    """Copy the chosen files beside `vendor`, then put the new folder in its place."""
    fresh = vendor.with_name(f"{vendor.name}.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    for name in sorted({*FILES, *MODULES.values()}):
        target = fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(SOURCE_MAP.sub(b"\n", read(modules / name)))
    (fresh / SPRITE).write_text(sprite(modules / "@tabler/icons/icons/outline"), encoding="utf-8")
    (fresh / MODULE_LIST).write_text(json.dumps(MODULES, indent=2), encoding="utf-8")
    if vendor.exists():
        shutil.rmtree(vendor)
    fresh.rename(vendor)


def read(path: Path) -> bytes:
    """The content of a file of node_modules. Raises SetupError if the package has no such file."""
    if not path.is_file():
        raise SetupError(
            f"The npm packages hold no {path}.",
            "Delete node_modules and run the command again; if it stays so, the tables in "
            "bin/setup_lib/vendor.py are wrong.",
        )
    return path.read_bytes()


def icon_names() -> list[str]:
    """The icons that we use."""
    return ICON_LIST.read_text(encoding="ascii").split()


def sprite(outline: Path) -> str:
    """One SVG with a symbol for every icon; strokes take the colour of the text around them."""
    symbols = [symbol(name, read(outline / f"{name}.svg").decode("utf-8")) for name in icon_names()]
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'


def symbol(name: str, svg: str) -> str:
    """An icon's drawing as a symbol named after it. Raises SetupError if the file is no such
    icon.
    """
    found = SVG.search(svg)
    if found is None:
        raise SetupError(
            f"The icon {name} is not an SVG as expected.", "See bin/setup_lib/icons.txt."
        )
    drawing = " ".join(EMPTY_BOUNDS.sub("", found["drawing"]).split())
    return (
        f'<symbol id="{name}" viewBox="{found["box"]}" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>\n'
    )
