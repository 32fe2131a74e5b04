"""The page of a snapshot, composed by folium with everything in it that it needs."""

import datetime as dt
import html
import json
from typing import Any

import folium
from branca.element import MacroElement
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from jinja2 import Template

from gis_grid.printing.choice import LABELS
from gis_grid.printing.snapshot import bundle
from gis_grid.printing.snapshot.signing import EMPTY, MARK, signed

# Nothing may be fetched, whatever stands in the data.
_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
    " base-uri 'none'; form-action 'none'"
)
# From what lies below to what lies above.
GROUPS = ("water", "roads", "grids", "patrols", "households", "service_points", "cameras",
          "incidents")  # fmt: skip


class _Start(MacroElement):
    """Our own script, after folium has made map and groups."""

    def __init__(self, script: str, groups: str) -> None:
        base: Any = super()
        base.__init__()
        self.script, self.groups = script, groups

    _template = Template(
        "{% macro script(this, kwargs) %}{{ this.script }}\n"
        "module_snapshot_main.start({{ this._parent.get_name() }}, { {{ this.groups }} });"
        "{% endmacro %}"
    )


def _start(groups: dict[str, folium.FeatureGroup]) -> _Start:
    named = ", ".join(f"{name}: {one.get_name()}" for name, one in groups.items())
    return _Start(bundle.script_of("snapshot/main.js"), named)


def page_of(
    data: dict[str, Any],
    *,
    title: str,
    layers: tuple[str, ...],
    by: str,
    at: dt.datetime,
    is_demo: bool,
    purpose: str,
    missing: list[str],
) -> str:
    """The signed page; `data` is what `data_of` gives."""
    west_south, north_east = data["bounds"]
    middle = [(a + b) / 2 for a, b in zip(west_south, north_east, strict=True)]
    made = folium.Map(
        location=middle, zoom_start=14, tiles=None, prefer_canvas=True,
        max_zoom=20, min_zoom=8, attribution_control=False,
    )  # fmt: skip
    # folium would have these fetched from a CDN.
    made.default_js, made.default_css = [], []
    groups: dict[str, folium.FeatureGroup] = {}
    for name in GROUPS:
        if name == "grids" or name in layers:
            label = _("Grids") if name == "grids" else str(LABELS[name])
            groups[name] = folium.FeatureGroup(name=label)
            groups[name].add_to(made)
    folium.LayerControl(collapsed=True).add_to(made)
    made.add_child(_start(groups))
    figure = made.get_root()
    page = str(figure.render())
    until = data["until"]
    lines = _lines(title, by, at, until, is_demo, purpose, missing)
    page = page.replace("<head>", "<head>\n" + _head(title), 1)
    page = page.replace("<html>", f'<html lang="{get_language() or "zh-hans"}">', 1)
    page = page.replace("<body>", f"<body>\n{lines[0]}", 1)
    held = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    foot = f'{lines[1]}\n<script type="application/json" id="snapshot-data">{held}</script>\n'
    page = page.replace("</body>", f"{foot}</body>", 1)
    return signed(page)


def _head(title: str) -> str:
    return "\n".join(
        [
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            MARK.format(EMPTY),
            f"<title>{html.escape(title)}</title>",
            '<link rel="icon" href="data:,">',
            f"<style>{bundle.leaflet_style()}</style>",
            f"<style>{bundle.own_style()}</style>",
            f"<script>{bundle.leaflet_script()}</script>",
        ]
    )


def _lines(
    title: str, by: str, at: dt.datetime, until: str, is_demo: bool, purpose: str,
    missing: list[str],
) -> tuple[str, str]:  # fmt: skip
    """What stands above the map and what below it."""
    demo = '<span class="snapshot-demo">演示数据</span>' if is_demo else ""
    old = _("This picture is old: it held until %(day)s. Ask for a new one.") % {"day": until}
    above = [
        f'<header class="snapshot-head"><h1>{html.escape(title)}</h1>{demo}</header>',
        f'<p class="snapshot-old" id="snapshot-old" role="alert" hidden>{html.escape(old)}</p>',
    ]
    for label in missing:
        words = _("The layer “%(layer)s” could not be drawn and is missing here.")
        said = html.escape(words % {"layer": label})
        above.append(f'<p class="snapshot-missing" role="alert">{said}</p>')
    foot = _("Taken by %(by)s on %(at)s, holds until %(until)s, signed.") % {
        "by": by,
        "at": at.strftime("%Y-%m-%d %H:%M"),
        "until": until,
    }
    if purpose:
        foot += " " + _("For: %(purpose)s") % {"purpose": purpose}
    return "\n".join(above), f'<p class="snapshot-foot">{html.escape(foot)}</p>'
