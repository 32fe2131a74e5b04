"""Base maps under the map: a setting (`BASEMAPS`, see docs/basemaps.md), none by default.

The browser never leaves the site: tiles come through `/basemap/…`, so that keys stay on
the server and no address of a household's surroundings goes out with a person's own.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext, gettext_noop

from gis_grid.core.errors import MissingError

Datum = Literal["wgs84", "gcj02"]
_ID = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_TIANDITU = (
    "https://t0.tianditu.gov.cn/{name}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER={name}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_AMAP = "https://{host}.is.autonavi.com/appmaptile?{extra}style={style}&x={{x}}&y={{y}}&z={{z}}"


@dataclass(frozen=True)
class Basemap:
    """One base map. `pictures` and `labels` are templates with `{z} {x} {y}`, kept secret."""

    id: str
    label: str
    attribution: str
    datum: Datum = "wgs84"
    min_zoom: int = 3
    max_zoom: int = 18
    pictures: str = ""
    labels: str = ""
    file: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """What the page may know: never the template, which may hold a key."""
        known: dict[str, Any] = {
            "id": self.id,
            "label": gettext(self.label),
            "kind": "pmtiles" if self.file else "xyz",
            "url": f"/basemap/{self.id}/file"
            if self.file
            else f"/basemap/{self.id}/{{z}}/{{x}}/{{y}}",
            "datum": self.datum,
            "min_zoom": self.min_zoom,
            "max_zoom": self.max_zoom,
            "attribution": self.attribution,
        }
        if self.labels:
            known["labels_url"] = f"/basemap/{self.id}/labels/{{z}}/{{x}}/{{y}}"
        return known


def available() -> list[dict[str, Any]]:
    """The base maps on offer, as the page takes them, in the order of the setting."""
    return [basemap.as_json() for basemap in configured(settings.BASEMAPS)]


def basemap_named(name: str) -> Basemap:
    """MissingError where the setting names no such base map."""
    for basemap in configured(settings.BASEMAPS):
        if basemap.id == name:
            return basemap
    raise MissingError(where="basemap")


@lru_cache(maxsize=8)
def configured(text: str) -> tuple[Basemap, ...]:
    """Read the setting; ImproperlyConfigured says what is wrong in it, without any key."""
    if not text.strip():
        return ()
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured("BASEMAPS is not JSON: a list of objects.") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ImproperlyConfigured("BASEMAPS is a list of objects.")
    made = tuple(_basemap(entry) for entry in entries)
    ids = [basemap.id for basemap in made]
    if len(set(ids)) < len(ids):
        raise ImproperlyConfigured("BASEMAPS: each base map needs an id of its own.")
    return made


def _basemap(entry: Mapping[str, Any]) -> Basemap:
    kind = entry.get("kind")
    maker = _MAKERS.get(str(kind))
    if maker is None:
        raise ImproperlyConfigured(f"BASEMAPS: kind is one of {', '.join(_MAKERS)}, not {kind!r}.")
    made = maker(entry)
    if not _ID.match(made.id):
        raise ImproperlyConfigured("BASEMAPS: an id is small letters, digits and hyphens.")
    if not 0 <= made.min_zoom <= made.max_zoom <= 22:
        raise ImproperlyConfigured(f"BASEMAPS {made.id}: the zooms lie between 0 and 22.")
    for template in filter(None, (made.pictures, made.labels)):
        check_template(made.id, template)
    return made


def check_template(name: str, template: str) -> None:
    """https (plain http only to this machine), a fixed host, and z, x, y after it."""
    parts = urlsplit(template)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ImproperlyConfigured(f"BASEMAPS {name}: the address begins with https://.")
    if not parts.hostname or parts.username or "{" in parts.netloc:
        raise ImproperlyConfigured(f"BASEMAPS {name}: the host is written out, without a login.")
    if sorted(_PLACEHOLDER.findall(template)) != ["x", "y", "z"]:
        raise ImproperlyConfigured(
            f"BASEMAPS {name}: the address holds {{z}}, {{x}} and {{y}} once each, nothing else."
        )


def _text(entry: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = entry.get(name, default)
    if not isinstance(value, str) or not value:
        raise ImproperlyConfigured(f"BASEMAPS {entry.get('id', entry['kind'])}: {name} is missing.")
    return value


def _zoom(entry: Mapping[str, Any], name: str, default: int) -> int:
    value = entry.get(name, default)
    if not isinstance(value, int):
        raise ImproperlyConfigured(f"BASEMAPS: {name} is a whole number.")
    return value


def _tianditu(entry: Mapping[str, Any]) -> Basemap:
    style, key = entry.get("style", "map"), quote(_text(entry, "key"), safe="")
    if style not in ("map", "imagery"):
        raise ImproperlyConfigured("BASEMAPS tianditu: style is map or imagery.")
    pictures, labels = ("vec", "cva") if style == "map" else ("img", "cia")
    label = gettext_noop("Tianditu map") if style == "map" else gettext_noop("Tianditu imagery")
    return Basemap(
        id=_text(entry, "id", f"tianditu-{style}"),
        label=_text(entry, "label", label),
        attribution="天地图 © 国家地理信息公共服务平台",
        pictures=_TIANDITU.format(name=pictures, key=key),
        labels=_TIANDITU.format(name=labels, key=key),
    )


def _amap(entry: Mapping[str, Any]) -> Basemap:
    style = entry.get("style", "map")
    if style not in ("map", "imagery"):
        raise ImproperlyConfigured("BASEMAPS amap: style is map or imagery.")
    extra = "lang=zh_cn&size=1&scale=1&"
    plain = _AMAP.format(host="webrd01", extra=extra, style=8)
    imagery = _AMAP.format(host="webst01", extra="", style=6)
    label = gettext_noop("Amap map") if style == "map" else gettext_noop("Amap imagery")
    return Basemap(
        id=_text(entry, "id", f"amap-{style}"),
        label=_text(entry, "label", label),
        attribution="© 高德软件 AutoNavi",
        datum="gcj02",
        pictures=plain if style == "map" else imagery,
        labels="" if style == "map" else _AMAP.format(host="webst01", extra="", style=8),
    )


def _xyz(entry: Mapping[str, Any]) -> Basemap:
    datum = entry.get("datum", "wgs84")
    if datum not in ("wgs84", "gcj02"):
        raise ImproperlyConfigured("BASEMAPS xyz: datum is wgs84 or gcj02.")
    return Basemap(
        id=_text(entry, "id"),
        label=_text(entry, "label"),
        attribution=str(entry.get("attribution", "")),
        datum=datum,
        min_zoom=_zoom(entry, "min_zoom", 0),
        max_zoom=_zoom(entry, "max_zoom", 18),
        pictures=_text(entry, "url"),
    )


def _pmtiles(entry: Mapping[str, Any]) -> Basemap:
    path = Path(_text(entry, "path"))
    try:
        with path.open("rb") as file:
            header = file.read(127)
    except OSError as error:
        raise ImproperlyConfigured(f"BASEMAPS: {path} can't be read.") from error
    # Specification 3: magic, version, …, least and greatest zoom at the bytes 100 and 101.
    if len(header) < 127 or header[:7] != b"PMTiles" or header[7] != 3:
        raise ImproperlyConfigured(f"BASEMAPS: {path} is no PMTiles file of version 3.")
    return Basemap(
        id=_text(entry, "id"),
        label=_text(entry, "label"),
        attribution=str(entry.get("attribution", "")),
        min_zoom=header[100],
        max_zoom=header[101],
        file=path,
    )


_MAKERS: dict[str, Callable[[Mapping[str, Any]], Basemap]] = {
    "tianditu": _tianditu,
    "amap": _amap,
    "xyz": _xyz,
    "pmtiles": _pmtiles,
}
