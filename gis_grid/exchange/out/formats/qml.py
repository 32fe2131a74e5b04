"""The map's ink as a style of QGIS, for the GeoPackage that brings it along."""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from gis_grid.exchange.out.cargo import Cargo
from gis_grid.households.models import Tag
from gis_grid.territory.datasets import Dataset

# Symbols of the legend as QGIS calls them.
_MARKS = {
    "star": "star", "diamond": "diamond", "triangle": "triangle", "hexagon": "hexagon",
    "ring": "circle", "plus": "cross_fill", "square": "square", "cross": "cross2",
}  # fmt: skip
_NAMED = {"households": "address", "incidents": "register_no"}
# Outline, width in mm, dashes in mm.
_LINES = {
    "regions": ("51,51,51,255", "0.8", ""),
    "large_grids": ("51,51,51,255", "0.6", ""),
    "small_grids": ("102,102,102,255", "0.33", "1.6;0.8"),
    "roads": ("201,178,138,255", "0.5", ""),
    "water": ("169,203,224,255", "0.4", ""),
    "patrol_routes": ("68,85,107,255", "0.66", ""),
}
_POINTS = {"cameras": "0,119,187,255", "service_points": "0,153,136,255"}
_INCIDENT = "238,119,51,255"
_NONE = "136,136,136,255"


def qml_of(cargo: Cargo) -> str:
    """The style of the layer; names in the size of the map."""
    dataset = cargo.dataset
    names = {column.name for column in cargo.columns}
    if dataset.name == "households" and "tags" in names:
        body = _by_tag(cargo.legend)
    else:
        body = (
            f'<renderer-v2 type="singleSymbol"><symbols>{_plain(dataset)}</symbols></renderer-v2>'
        )
    wanted = _NAMED.get(dataset.name, "name")
    label = _labels(wanted) if wanted in names else ""
    labelled = 1 if label else 0
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        f'<qgis version="3.28.0" styleCategories="Symbology|Labeling" labelsEnabled="{labelled}">'
        f"{body}{label}</qgis>"
    )


def _by_tag(tags: Sequence[Tag]) -> str:
    """A category a tag, by the first that a household has in the legend's order."""
    categories = [("", "—", _mark("circle", _NONE, "1.2"))]
    for tag in tags:
        colour = ",".join(str(int(tag.colour[n : n + 2], 16)) for n in (1, 3, 5)) + ",255"
        categories.append(
            (tag.slug, tag.label, _mark(_MARKS[tag.symbol], colour, "3.2", tag.symbol))
        )
    listed = "".join(
        f'<category render="true" symbol="{number}" value={quoteattr(value)}'
        f' type="string" label={quoteattr(label)}/>'
        for number, (value, label, _symbol) in enumerate(categories)
    )
    symbols = "".join(
        _symbol(str(number), "marker", layer) for number, (_v, _l, layer) in enumerate(categories)
    )
    # The first of the slugs, which stand in the legend's order.
    first = quoteattr("""coalesce(regexp_substr("tags", '^([^,]+)'), '')""")
    return (
        f'<renderer-v2 type="categorizedSymbol" attr={first}><categories>{listed}</categories>'
        f"<symbols>{symbols}</symbols></renderer-v2>"
    )


def _plain(dataset: Dataset) -> str:
    if dataset.shape == "Point":
        colour = _POINTS.get(dataset.name, _INCIDENT if dataset.name == "incidents" else _NONE)
        return _symbol("0", "marker", _mark("circle", colour, "2.6"))
    colour, width, dashes = _LINES.get(dataset.name, ("102,102,102,255", "0.4", ""))
    dash = (
        _prop("use_custom_dash", "1") + _prop("customdash", dashes)
        if dashes
        else _prop("use_custom_dash", "0")
    )
    if dataset.shape == "LineString" or dataset.name == "roads":
        props = _prop("line_color", colour) + _prop("line_width", width) + dash
        return _symbol("0", "line", f'<layer class="SimpleLine" enabled="1">{props}</layer>')
    if dataset.shape == "MultiPolygon":
        # An outline alone: what lies below stays in sight.
        props = _prop("line_color", colour) + _prop("line_width", width) + dash
        return _symbol("0", "fill", f'<layer class="SimpleLine" enabled="1">{props}</layer>')
    props = _prop("color", colour) + _prop("outline_color", colour)
    return _symbol("0", "fill", f'<layer class="SimpleFill" enabled="1">{props}</layer>')


def _symbol(name: str, kind: str, layer: str) -> str:
    return f'<symbol name="{name}" type="{kind}" alpha="1" clip_to_extent="1">{layer}</symbol>'


def _mark(shape: str, colour: str, size: str, symbol: str = "") -> str:
    fill = "255,255,255,0" if symbol == "ring" else colour
    edge = colour if symbol == "ring" else "255,255,255,255"
    props = (
        _prop("name", shape)
        + _prop("color", fill)
        + _prop("outline_color", edge)
        + _prop("outline_width", "0.6" if symbol == "ring" else "0.2")
        + _prop("size", size)
        + _prop("size_unit", "MM")
    )
    return f'<layer class="SimpleMarker" enabled="1">{props}</layer>'


def _prop(key: str, value: str) -> str:
    return f"<prop k={quoteattr(key)} v={quoteattr(value)}/>"


def _labels(column: str) -> str:
    return (
        f'<labeling type="simple"><settings calloutType="simple"><text-style'
        f' fieldName={quoteattr(column)} isExpression="0" fontFamily="Noto Sans SC" fontSize="9"'
        ' textColor="51,51,51,255"><text-buffer bufferDraw="1" bufferSize="0.8"'
        ' bufferColor="255,255,255,255"/></text-style><placement placement="6"/>'
        '<rendering scaleVisibility="1" scaleMin="10000" scaleMax="1"/></settings></labeling>'
    )
