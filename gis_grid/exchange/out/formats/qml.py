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
# What a thing is called by, and the scale from which on that is written; what is not named here
# has its name from _NEAR on.
_NAMED = {"households": "address", "incidents": "register_no"}
_WRITTEN_FROM = {
    "regions": 200_000, "large_grids": 150_000, "small_grids": 40_000, "households": 2_500,
    "water": 25_000, "patrol_routes": 25_000,
}  # fmt: skip
_NEAR = 10_000
_LETTERS = {"regions": "12", "large_grids": "11"}
# As Debian, Google, Adobe and Windows call a face with Chinese; QGIS takes the first that is there.
_FACES = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei")
# How QGIS counts its ways of placing a name: around a point, along a line, level inside.
_PLACEMENTS = {"Point": 6, "LineString": 3}
_LEVEL = 4
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
    elif dataset.shape == "Geometry":
        body = _by_shape(dataset)
    else:
        body = (
            f'<renderer-v2 type="singleSymbol"><symbols>{_plain(dataset)}</symbols></renderer-v2>'
        )
    wanted = _NAMED.get(dataset.name, "name")
    label = _labels(dataset, wanted) if wanted in names else ""
    labelled = 1 if label else 0
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        f'<qgis version="3.28.0" styleCategories="Symbology|Labeling|Fields"'
        f' labelsEnabled="{labelled}">{body}{label}{_aliases(cargo)}</qgis>'
    )


def _aliases(cargo: Cargo) -> str:
    """What people call the fields."""
    listed = "".join(
        f"<alias field={quoteattr(column.name)} name={quoteattr(cargo.heading(column))}"
        f' index="{number}"/>'
        # The first field is the key of the GeoPackage.
        for number, column in enumerate(cargo.columns, 1)
    )
    return f"<aliases>{listed}</aliases>"


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


def _by_shape(dataset: Dataset) -> str:
    """A rule a kind of shape: QGIS draws no line with the symbol of an area, nor the reverse."""
    colour, width, _dashes = _lines_of(dataset)
    area = _prop("color", colour) + _prop("outline_color", colour)
    symbols = (
        ("Polygon", "fill", f'<layer class="SimpleFill" enabled="1">{area}</layer>'),
        ("Line", "line", _stroke(colour, width, "")),
        ("Point", "marker", _mark("circle", colour, "2.6")),
    )
    rules = "".join(
        f'<rule key="{kind}" symbol="{number}" label={quoteattr(str(dataset.title))}'
        f" filter=\"geometry_type($geometry)='{kind}'\"/>"
        for number, (kind, _type, _layer) in enumerate(symbols)
    )
    drawn = "".join(_symbol(str(n), kind, layer) for n, (_k, kind, layer) in enumerate(symbols))
    return (
        f'<renderer-v2 type="RuleRenderer"><rules key="all">{rules}</rules>'
        f"<symbols>{drawn}</symbols></renderer-v2>"
    )


def _plain(dataset: Dataset) -> str:
    if dataset.shape == "Point":
        colour = _POINTS.get(dataset.name, _INCIDENT if dataset.name == "incidents" else _NONE)
        return _symbol("0", "marker", _mark("circle", colour, "2.6"))
    # An outline alone for areas: what lies below stays in sight.
    return _symbol(
        "0", "line" if dataset.shape == "LineString" else "fill", _stroke(*_lines_of(dataset))
    )


def _lines_of(dataset: Dataset) -> tuple[str, str, str]:
    return _LINES.get(dataset.name, ("102,102,102,255", "0.4", ""))


def _stroke(colour: str, width: str, dashes: str) -> str:
    dash = _prop("use_custom_dash", "1" if dashes else "0")
    if dashes:
        dash += _prop("customdash", dashes)
    props = _prop("line_color", colour) + _prop("line_width", width) + dash
    return f'<layer class="SimpleLine" enabled="1">{props}</layer>'


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


def _labels(dataset: Dataset, column: str) -> str:
    families = "".join(f"<family name={quoteattr(face)}/>" for face in _FACES)
    # QGIS calls the nearest scale the least, the one that is furthest away the greatest.
    furthest = _WRITTEN_FROM.get(dataset.name, _NEAR)
    # Areas would keep the names of all that lies in them away.
    blocks = 1 if dataset.shape == "Point" else 0
    return (
        f'<labeling type="simple"><settings calloutType="simple"><text-style'
        f' fieldName={quoteattr(column)} isExpression="0" fontFamily={quoteattr(_FACES[0])}'
        f' fontSize="{_LETTERS.get(dataset.name, "9")}" textColor="51,51,51,255">'
        f"<families>{families}</families>"
        '<text-buffer bufferDraw="1" bufferSize="0.8"'
        ' bufferColor="255,255,255,255"/></text-style>'
        f'<placement placement="{_PLACEMENTS.get(dataset.shape, _LEVEL)}" dist="1.2"/>'
        f'<rendering scaleVisibility="1" scaleMin="1" scaleMax="{furthest}" obstacle="{blocks}"'
        ' mergeLines="1"/>'
        "</settings></labeling>"
    )
