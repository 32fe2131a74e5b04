"""What the pages with a map share: their modules, their import map, the map's settings."""

import functools
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from leaflet import app_settings as leaflet_settings

# Bare names of `import` in our modules → files that `static/vendor/` holds.
IMPORTS = {
    "@mapbox/point-geometry": "vendor/@mapbox/point-geometry/index.js",
    "@mapbox/vector-tile": "vendor/@mapbox/vector-tile/index.js",
    "fflate": "vendor/fflate/esm/browser.js",
    "pbf": "vendor/pbf/index.js",
    "pmtiles": "vendor/pmtiles/dist/esm/index.js",
}
_LEAFLET_KEYS = ("MIN_ZOOM", "MAX_ZOOM", "SPATIAL_EXTENT", "SCALE")


def import_map() -> str:
    """The import map of a page, as JSON."""
    return json.dumps({"imports": {name: static(path) for name, path in IMPORTS.items()}})


@functools.cache
def modules(parts: tuple[str, ...]) -> list[str]:
    """Addresses of our own modules in these folders: fetched side by side, not one level of
    imports at a time.
    """
    scripts = Path(settings.BASE_DIR) / "static" / "js"
    files = [path for part in parts for path in sorted((scripts / part).glob("*.js"))]
    return [static(f"js/{path.relative_to(scripts).as_posix()}") for path in files]


def leaflet_config() -> dict[str, Any]:
    """Zooms and extent as the settings have them."""
    return {key: leaflet_settings[key] for key in _LEAFLET_KEYS}
