"""The map's ink as a style of Mapbox's form, as QGIS, MapLibre and others read it.

Names are Chinese: the fonts are those that offices have, and the first that a machine has is
taken. No glyphs are named: QGIS sets its text itself, and no server of others is asked.
"""

from typing import Any

from django.utils.translation import gettext as _

STYLE_TYPE = "application/vnd.mapbox.style+json"
FONTS = [
    "Noto Sans SC Regular",
    "Noto Sans CJK SC Regular",
    "Microsoft YaHei Regular",
    "SimHei Regular",
]
SOURCE = "gis-grid"
Json = dict[str, Any]
_LOOKS = {
    "late": "#cc3311", "open": "#ee7733", "hand": "#0077bb", "waiting": "#bbbbbb",
    "closed": "#009988",
}  # fmt: skip
_NAME = ["get", "name"]


def _layer(name: str, kind: str, inner: str, paint: Json, **more: Any) -> Json:
    said = {"id": name, "type": kind, "source": SOURCE, "source-layer": inner, "paint": paint}
    return said | {key.replace("_", "-"): value for key, value in more.items()}


def _label(
    name: str, inner: str, size: int, text: Any, colour: str = "#333333", **more: Any
) -> Json:
    return _layer(
        name,
        "symbol",
        inner,
        {"text-color": colour, "text-halo-color": "#ffffff", "text-halo-width": 1.5},
        layout={"text-field": text, "text-font": FONTS, "text-size": size, "text-max-width": 8},
        **more,
    )


def _is(name: str, value: str) -> list[Any]:
    return ["==", ["get", name], value]


def style_of(source: Json) -> Json:
    """The whole style over `source`."""
    looks: list[Any] = ["match", ["get", "look"]]
    for look, colour in _LOOKS.items():
        looks += [look, colour]
    layers = [
        _layer("water", "fill", "water", {"fill-color": "#a9cbe0"}),
        _layer("water-line", "line", "water", {"line-color": "#a9cbe0", "line-width": 1.5}),
        _layer("road", "line", "road", {"line-color": "#c9b28a", "line-width": 2}),
        _layer(
            "small-grid",
            "line",
            "grid",
            {"line-color": "#666666", "line-width": 1.25, "line-dasharray": [6, 3]},
            filter=_is("level", "small"),
        ),
        _layer(
            "large-grid",
            "line",
            "grid",
            {"line-color": "#333333", "line-width": 2.25},
            filter=_is("level", "large"),
        ),
        _layer("region", "line", "region", {"line-color": "#333333", "line-width": 3}),
        _layer(
            "sector", "fill", "sector", {"fill-color": "#0077bb", "fill-opacity": 0.1}, minzoom=15
        ),
        _layer(
            "cluster",
            "circle",
            "cluster",
            {"circle-color": "#888888", "circle-opacity": 0.5, "circle-radius": 9},
            maxzoom=16,
        ),
        _label("cluster-count", "cluster", 11, ["to-string", ["get", "n"]], maxzoom=16),
        _layer(
            "household",
            "circle",
            "household",
            {"circle-color": "#888888", "circle-radius": 3},
            minzoom=16,
        ),
        _layer("camera", "circle", "camera", {"circle-color": "#0077bb", "circle-radius": 4}),
        _layer(
            "service-point",
            "circle",
            "service_point",
            {"circle-color": "#009988", "circle-radius": 5},
        ),
        _layer(
            "incident",
            "circle",
            "incident",
            {"circle-color": [*looks, "#ee7733"], "circle-radius": 6},
            minzoom=15,
        ),
        _label("road-name", "road", 11, _NAME, "#7a6a48", minzoom=14),
        _label("service-point-name", "service_point", 11, _NAME, minzoom=15),
        _label("small-grid-name", "grid_label", 12, _NAME, filter=_is("level", "small")),
        _label("large-grid-name", "grid_label", 14, _NAME, filter=_is("level", "large")),
        _label("region-name", "region_label", 15, _NAME),
    ]
    return {"version": 8, "name": _("Gis Grid"), "sources": {SOURCE: source}, "layers": layers}
