"""Our own modules and Leaflet as text to stand in a page: nothing is fetched by it."""

import base64
import mimetypes
import re
from pathlib import Path

from django.conf import settings

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
_URL = re.compile(r"url\(([^)]+)\)")


def _static() -> Path:
    return Path(settings.BASE_DIR) / "static"


def script_of(entry: str) -> str:
    """A module of static/js with all that it imports as one script.

    Each module becomes a function that answers what it exports, under a name of its own; only
    named imports of our own files are known, which is all that our modules use here.
    """
    made: dict[Path, str] = {}
    _add((_static() / "js" / entry).resolve(), made)
    return "\n".join(made.values())


def name_of(path: Path) -> str:
    return f"module_{path.parent.name}_{path.stem}"


def _add(path: Path, made: dict[Path, str]) -> None:
    if path in made:
        return
    source = path.read_text(encoding="utf-8")

    def taken(found: re.Match[str]) -> str:
        other = (path.parent / found[2]).resolve()
        _add(other, made)
        names = found[1].replace(" as ", ": ")
        return f"const {{{names}}} = {name_of(other)};\n"

    body = _IMPORT.sub(taken, source)
    exported = ", ".join(_EXPORT.findall(source))
    body = re.sub(r"^export (?=async|function|const|class)", "", body, flags=re.MULTILINE)
    # After its imports: what uses a name comes behind what gives it.
    made[path] = f"const {name_of(path)} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"


def leaflet_script() -> str:
    text = (_static() / "vendor/leaflet/dist/leaflet.js").read_text(encoding="utf-8")
    return re.sub(r"//# sourceMappingURL=.*", "", text)


def leaflet_style() -> str:
    """The style sheet with its pictures in it."""
    folder = _static() / "vendor/leaflet/dist"

    def inlined(found: re.Match[str]) -> str:
        address = found[1].strip("'\"")
        if not address.startswith("images/"):
            # A relic for a browser that no longer is.
            return "none"
        kind = mimetypes.guess_type(address)[0] or "image/png"
        data = base64.b64encode((folder / address).read_bytes()).decode()
        return f"url(data:{kind};base64,{data})"

    return _URL.sub(inlined, (folder / "leaflet.css").read_text(encoding="utf-8"))


def own_style() -> str:
    return (_static() / "css/snapshot.css").read_text(encoding="utf-8")
