"""Which files make up the page for the field, and what exactly is in them.

The service worker takes all of them along or none. Scripts are found by following the imports
from where the page begins, so that a new module can't be forgotten.
"""

import base64
import functools
import hashlib
import json
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.templatetags.static import static

from gis_grid.core.sealing import public_point
from gis_grid.navmap.field.texts import catalogue
from gis_grid.navmap.page import leaflet_config

SHELL = "/field/"
WORKER = "js/field/sw/worker.js"
# Where the page's scripts begin; workers are named by address, not imported.
ENTRIES = ("js/pages/field.js", "js/field/photoworker.js")
# Draws a base map of vectors; asked for by address where there is one.
VECTORS = "vendor/protomaps-leaflet/dist/protomaps-leaflet.js"
OTHERS = (
    "css/field.css",
    "css/field-parts.css",
    "vendor/leaflet/dist/leaflet.css",
    "vendor/leaflet/dist/leaflet.js",
    VECTORS,
    "vendor/icons.svg",
    "icons/field-192.png",
    "icons/field-512.png",
    "icons/field-mask-512.png",
    "icons/field-180.png",
)
# What is set up of others' modules: bare name of an `import` → file of `static/vendor/`.
MODULES = "vendor/modules.json"
# Modules that are fetched side by side at the first visit, not one level of imports at a time.
PRELOADED = ("js/field/map/", "js/field/screens/", "js/map/", "js/offline/")
_IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([\w@./-]+)["']""")


@dataclass(frozen=True)
class Frame:
    """The page without any data: the same bytes for everybody."""

    body: str
    # The one inline script, which the content policy opens.
    import_map: str
    version: str


@dataclass(frozen=True)
class Code:
    """The frame, and the SHA-256 (hex) of all that it needs by address."""

    frame: Frame
    files: dict[str, str]


def code() -> Code:
    """Read once a process: a new version comes with a restart. Anew each time under DEBUG."""
    return _read() if settings.DEBUG else _read_once()


@functools.cache
def _read_once() -> Code:
    return _read()


def _read() -> Code:
    names = sorted({*scripts(), *OTHERS})
    files = {static(name): _digest(content(name)) for name in names}
    files[f"{SHELL}manifest.webmanifest"] = _digest(manifest().encode())
    draft = _frame("", names)
    # The worker's own text counts: another way of keeping files is another version.
    parts = [*files.items(), ("shell", draft.body), ("worker", content(WORKER).decode())]
    version = _digest(json.dumps(parts).encode())[:16]
    frame = _frame(version, names)
    return Code(frame, {SHELL: _digest(frame.body.encode()), **files})


def _frame(version: str, names: list[str]) -> Frame:
    import_map = json.dumps(
        {"imports": {name: static(path) for name, path in vendor_modules().items()}}
    )
    body = render_to_string(
        "navmap/field/shell.html",
        {
            "import_map": import_map,
            "config": {
                "version": version,
                "demo": bool(settings.DEMO),
                "leaflet": leaflet_config(),
                "icons": static("vendor/icons.svg"),
                "photoWorker": static("js/field/photoworker.js"),
                "vectors": static(VECTORS),
                # For whom rescue files are sealed.
                "rescueKey": base64.b64encode(public_point()).decode(),
                "texts": {code: catalogue(code) for code, _name in settings.LANGUAGES},
            },
            "modules": [static(name) for name in names if name.startswith(PRELOADED)],
            "name": _name(),
            "manifest": f"{SHELL}manifest.webmanifest",
        },
    )
    return Frame(body, import_map, version)


def manifest() -> str:
    """What a home screen shows of the page. One for both languages: an installed page has one."""
    name = _name()
    icons = [
        {"src": static("icons/field-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("icons/field-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("icons/field-mask-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    return json.dumps(
        {
            "id": SHELL,
            "name": name,
            "short_name": name,
            "start_url": SHELL,
            "scope": SHELL,
            "display": "standalone",
            "background_color": "#f6f5f1",
            "theme_color": "#005a8f",
            "lang": settings.LANGUAGE_CODE,
            "icons": icons,
        },
        ensure_ascii=False,
    )


def _name() -> str:
    return catalogue(settings.LANGUAGE_CODE)["app.name"]


def worker() -> str:
    """The service worker with its list of files in front."""
    made = code()
    told = json.dumps({"version": made.frame.version, "files": made.files}, indent=1)
    return f"self.CODE = {told};\n{content(WORKER).decode()}"


def scripts() -> set[str]:
    """Every module that the page may run, ours and others', by the name of its static file."""
    found: set[str] = set()
    left = list(ENTRIES)
    modules = vendor_modules()
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        for wanted in _IMPORTED.findall(content(name).decode()):
            if wanted.startswith("."):
                left.append(posixpath.normpath(posixpath.join(posixpath.dirname(name), wanted)))
            elif wanted in modules:
                left.append(modules[wanted])
            elif not name.startswith("vendor/"):
                # In others' files such a name may stand in a comment about types.
                raise LookupError(f"{name} imports {wanted}, which static/vendor has not")
    return found


def vendor_modules() -> dict[str, str]:
    """Modules of others by their bare names."""
    found: dict[str, str] = json.loads(content(MODULES))
    return {name: f"vendor/{path}" for name, path in found.items()}


def content(name: str) -> bytes:
    """The bytes of a static file as they are served: collected ones, under DEBUG the sources."""
    if not settings.DEBUG and staticfiles_storage.exists(name):
        return Path(staticfiles_storage.path(name)).read_bytes()
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_bytes()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
